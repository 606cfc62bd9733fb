"""The check of one commit after the other: which of them brought a problem, and who made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from crmtext import checking
from crmtext.answer import Culprit, Problems
from crmtext.git.log import between
from crmtext.git.plumbing import resolve
from crmtext.i18n import _
from crmtext.problem import CrmError, usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.git.log import Commit
    from crmtext.problem import Problem
    from crmtext.snapshot import Kept
    from crmtext.store import Store

#: A merge does again what its commits did, and those are looked at one by one.
_OF_ONE_COMMIT = frozenset({"status-transition", "interaction-changed"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the problems was asked about."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def blamed(store: Store, typed: str, asked: Asked = Asked()) -> Problems:
    """The problems that the commits of a range brought, oldest commit first, also those that are mended by now."""
    old, new = _ends(store, typed)
    commits = between(store.git(), old, new)
    found = _found(store, commits, asked)
    last = frozenset(each.identity for each in found[new]) if new in found else frozenset()
    problems: list[Problem] = []
    culprits: list[Culprit] = []
    for commit in commits:
        before = {each.identity for parent in commit.parents for each in found[parent]}
        if brought := [each for each in found[commit.id] if each.identity not in before]:
            culprits.append(_culprit(store, commit))
            problems += (_signed(each, commit.id, mended=each.identity not in last) for each in brought)
    read = f"{old}..{new}" if old else new
    return Problems(read, len(commits), tuple(problems), commits=len(commits), culprits=tuple(culprits))


def _ends(store: Store, typed: str) -> tuple[str | None, str]:
    """The commits that a range begins behind and ends with; zeros, as forges write them, stand for no first one."""
    old, dots, new = typed.partition("..")
    if not dots or new.startswith("."):
        raise usage(
            "range",
            _("'{range}' is not a range of commits").format(range=typed),
            _("write two commits with two dots between them: --range origin/main..HEAD"),
        )
    repo = store.git()
    first = None if old and not old.strip("0") else resolve(repo, old or "HEAD")
    return first, resolve(repo, new or "HEAD")


def _found(store: Store, commits: Iterable[Commit], asked: Asked) -> Mapping[str, tuple[Problem, ...]]:
    """What is wrong in each commit, and in those before them; a record that stays is read once."""
    kept: Kept = {}
    found: dict[str, tuple[Problem, ...]] = {}
    for commit in commits:
        for each in (*commit.parents, commit.id):
            if each not in found:
                merge = each == commit.id and len(commit.parents) > 1
                found[each] = tuple(_wrong(store, each, asked, kept, _before(commit, each, found), merge=merge))
    return found


def _before(commit: Commit, each: str, found: Mapping[str, tuple[Problem, ...]]) -> tuple[Problem, ...]:
    return found[commit.parents[0]] if commit.parents and each == commit.id else ()


def _wrong(
    store: Store, commit: str, asked: Asked, kept: Kept, before: tuple[Problem, ...], *, merge: bool
) -> Iterator[Problem]:
    try:
        snapshot = store.at(commit, kept)
    except CrmError as error:
        # Settings or a schema that cannot be read hide the rest: whoever mends them has not brought it.
        yield from (*before, error.problem)
        return
    told = checking.check(snapshot, asked.paths, select=asked.select, ignore=asked.ignore, lenient=True)
    yield from (each for each in told.problems if not (merge and each.rule in _OF_ONE_COMMIT))


def _signed(problem: Problem, commit: str, *, mended: bool) -> Problem:
    hint = problem.hint
    if mended:
        later = _("a later commit has mended it; this one stays in the history")
        hint = f"{hint}\n{later}" if hint else later
    return replace(problem, commit=commit, hint=hint)


def _culprit(store: Store, commit: Commit) -> Culprit:
    day = datetime.fromtimestamp(commit.when, store.zone).astimezone(store.zone).date()
    return Culprit(commit.id, commit.author, day, commit.message.strip().partition("\n")[0])
