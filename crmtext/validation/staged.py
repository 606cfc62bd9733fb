"""Whether what is staged may be committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext import checks, sources
from crmtext.answer import Problems
from crmtext.checks.scope import Scope, rules
from crmtext.git.failure import ContentMissingError
from crmtext.git.plumbing import head, repository
from crmtext.git.reading import changed_staged, staged
from crmtext.index import lookup
from crmtext.layout import RECORDS, SCHEMA, SETTINGS
from crmtext.problem import CrmError, Problem, Severity, unknown
from crmtext.snapshot import build
from crmtext.sources import Blobs
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Result(NamedTuple):
    """What is wrong with a commit, and what was wrong before it."""

    blocking: Problems
    #: Errors elsewhere in the store, which are named and do not block the commit.
    elsewhere: tuple[Problem, ...]

    @property
    def rejected(self) -> bool:
        """Whether the commit is rejected."""
        return any(problem.severity is Severity.ERROR for problem in self.blocking.problems)


def stores(folder: Path) -> tuple[Store, ...]:
    """The stores that a commit made in a folder may touch: the one around it, else those below in the repository."""
    repo = repository(folder)
    if repo is None or repo.top is None:
        return ()
    here = folder.resolve()
    for each in (here, *here.parents):
        if each.is_relative_to(repo.top) and (each / SETTINGS).is_file():
            return (Store.within(each, repo) if each == here else Store(each),)
    named = [path for path, *_about in staged(repo)]
    # Who takes the settings away has not taken the store away.
    named += [change.old for change in changed_staged(repo, renames=False) if change.old and not change.new]
    homes = sorted({path.rpartition("/")[0] for path in named if path.rpartition("/")[2] == SETTINGS})
    return tuple(Store(repo.top / home) for home in homes if not any(_below(home, other) for other in homes))


def _below(home: str, other: str) -> bool:
    return home != other and (not other or home.startswith(other + "/"))


def check(store: Store) -> Result | None:
    """What is wrong with what is staged; None where the commit touches nothing of the store."""
    touched = _touched(store)
    if not touched:
        return None
    known = lookup.problems(store, staged=True, about=touched)
    checked, problems = (known.checked, known.problems) if known else _read(store)
    ours = [problem for problem in problems if problem.place.path in touched]
    others = [
        problem for problem in problems if problem.place.path not in touched and problem.severity is Severity.ERROR
    ]
    new = _new_elsewhere(store, touched, others) if others else ()
    blocking = tuple(sorted([*ours, *new], key=lambda problem: (problem.place, problem.rule)))
    return Result(Problems("index", checked, blocking), tuple(problem for problem in others if problem not in new))


def _new_elsewhere(store: Store, touched: frozenset[str], others: Sequence[Problem]) -> list[Problem]:
    """Those of the errors in files that stay as they are which the commit brings about nevertheless."""
    if touched & {SETTINGS, SCHEMA}:
        return _unknown(store, others)
    # In a merge it may be the other side that a record is compared with.
    stepping = rules(Scope.HISTORY)
    new = _unknown(store, [each for each in others if each.rule in stepping])
    comparing = rules(Scope.RELATED, Scope.STORE)
    if not any(each.rule in comparing for each in others):
        return new
    from crmtext.index import effect

    repo = store.git()
    here = sources.index(repo)
    settings, schema = store.rules(here)
    committed = sources.commit(repo, "HEAD") if head(repo) else Blobs("HEAD", repo, ())
    before, after = (
        build(
            (each for each in side.part(touched).records() if each[0] in touched),
            read="index",
            schema=schema,
            settings=settings,
            today=store.today,
        )
        for side in (committed, here)
    )
    old, now = effect.of(store, effect.At.STAGED, before, after)
    names = {each.identity for each in unknown(now, old)}
    return [*new, *(each for each in others if each.identity in names)]


def _unknown(store: Store, problems: Sequence[Problem]) -> list[Problem]:
    """Those of the problems that the commit before has not; none where that cannot be told."""
    old = _known_before(store) if problems else ()
    return [] if old is None else unknown(problems, old)


def _read(store: Store) -> tuple[int, tuple[Problem, ...]]:
    """How many records are staged, and what is wrong with them."""
    snapshot = store.index()
    return snapshot.checked, checks.run(snapshot)


def _touched(store: Store) -> frozenset[str]:
    """The store's own files that the commit adds, changes or removes."""
    repo = store.git()
    changes = changed_staged(repo, repo.prefix)
    paths = {path.removeprefix(repo.prefix) for change in changes for path in (change.old, change.new) if path}
    return frozenset(path for path in paths if path.startswith(RECORDS + "/") or path in (SETTINGS, SCHEMA))


def _known_before(store: Store) -> tuple[Problem, ...] | None:
    """What was wrong in the commit before, so that it is not blamed on this one; None if that cannot be told."""
    if head(store.git()) is None:
        return ()
    try:
        return checks.run(store.at("HEAD"))
    except ContentMissingError:
        raise
    except CrmError:
        # Its settings or schema are broken; who mends them is not to blame for what they hid.
        return None
