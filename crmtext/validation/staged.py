"""What git's hooks decide: whether a commit may be made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crmtext import checks, sources
from crmtext.answer import Problems
from crmtext.checks.scope import Scope, rules
from crmtext.git.failure import ContentMissingError
from crmtext.git.plumbing import ask, head, repository
from crmtext.git.reading import changed_staged, staged
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.layout import RECORDS, SCHEMA, SETTINGS
from crmtext.problem import CrmError, Place, Problem, Severity, unknown
from crmtext.snapshot import take
from crmtext.sources import Blobs
from crmtext.store import Store
from crmtext.text.secret_numbers import in_prose
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmtext.git.plumbing import Repository

#: What git writes behind a person: seconds and zone.
_MOMENT = lazy.pattern(r" -?[0-9]+ [+-][0-9]{4}\Z")
_SCISSORS = lazy.pattern(r"^\S+ -+ >8 -+$", re.MULTILINE)


class Verdict(NamedTuple):
    """What stands against a commit, and what was wrong before it."""

    held: Problems
    #: Errors elsewhere in the store, which are named and not held against the author.
    elsewhere: tuple[Problem, ...]

    @property
    def refused(self) -> bool:
        """Whether the commit may not be made."""
        return any(problem.severity is Severity.ERROR for problem in self.held.problems)


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


def before_commit(store: Store) -> Verdict | None:
    """The verdict on what is staged; None where the commit touches nothing of the store."""
    touched = _touched(store)
    if not touched:
        return None
    known = lookup.judged(store, staged=True, about=touched)
    checked, problems = (known.checked, known.problems) if known else _read(store)
    ours = [problem for problem in problems if problem.place.path in touched]
    others = [
        problem for problem in problems if problem.place.path not in touched and problem.severity is Severity.ERROR
    ]
    new = _brought(store, touched, others) if others else ()
    held = tuple(sorted([*ours, *new], key=lambda problem: (problem.place, problem.rule)))
    return Verdict(Problems("index", checked, held), tuple(problem for problem in others if problem not in new))


def _brought(store: Store, touched: frozenset[str], others: Sequence[Problem]) -> list[Problem]:
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
        take(
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


def typed(text: str) -> tuple[Problem, ...]:
    """The errors of a commit message as an editor leaves it.

    What `git commit -v` shows below its line of scissors is no part of it. Comments are: `git commit -m` keeps them.
    """
    return message(_SCISSORS.split(text, maxsplit=1)[0])


def message(text: str) -> tuple[Problem, ...]:
    """The errors of the message of a commit that is made: numbers that must not enter the history."""
    return tuple(
        Problem(rule, said, Place(_("the commit message")), _("describe it in other words: git never forgets"))
        for rule, said in in_prose(text)
    )


def people(repo: Repository) -> tuple[Problem, ...]:
    """The errors of the names and addresses that git would write into a commit now."""
    author, committer = (ask(repo, "var", f"GIT_{role}_IDENT") or "" for role in ("AUTHOR", "COMMITTER"))
    return (*person(_("the author of the commit"), author), *person(_("the committer of the commit"), committer))


def person(place: str, written: str) -> tuple[Problem, ...]:
    """The errors of somebody's name and address, as git writes them."""
    hint = _("use another name or address: git config user.name, git config user.email")
    return tuple(Problem(rule, said, Place(place), hint) for rule, said in in_prose(_MOMENT.sub("", written)))


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
