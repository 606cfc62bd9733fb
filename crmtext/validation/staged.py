"""The check of the staged files before a commit."""

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
    """The problems that block a commit, and those that do not."""

    blocking: Problems
    #: Errors in other files of the store, which do not block the commit.
    elsewhere: tuple[Problem, ...]

    @property
    def rejected(self) -> bool:
        """Whether the commit is rejected."""
        return any(problem.severity is Severity.ERROR for problem in self.blocking.problems)


def stores(folder: Path) -> tuple[Store, ...]:
    """The stores that a commit in a folder may touch: the one around the folder, else those in the repository."""
    repo = repository(folder)
    if repo is None or repo.top is None:
        return ()
    here = folder.resolve()
    for home in (here, *here.parents):
        if home.is_relative_to(repo.top) and (home / SETTINGS).is_file():
            return (Store.within(home, repo) if home == here else Store(home),)
    named = [path for path, *_about in staged(repo)]
    # A commit that deletes the settings still touches the store.
    named += [change.old for change in changed_staged(repo, renames=False) if change.old and not change.new]
    homes = sorted({path.rpartition("/")[0] for path in named if path.rpartition("/")[2] == SETTINGS})
    return tuple(Store(repo.top / home) for home in homes if not any(_below(home, other) for other in homes))


def _below(home: str, other: str) -> bool:
    return home != other and (not other or home.startswith(other + "/"))


def check(store: Store) -> Result | None:
    """Return the problems of the staged files; None if the commit touches no file of the store."""
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
    """The errors in unchanged files that the commit introduces."""
    if touched & {SETTINGS, SCHEMA}:
        return _unknown(store, others)
    # In a merge a record may be compared with the other parent.
    stepping = rules(Scope.HISTORY)
    new = _unknown(store, [problem for problem in others if problem.rule in stepping])
    comparing = rules(Scope.RELATED, Scope.STORE)
    if not any(problem.rule in comparing for problem in others):
        return new
    from crmtext.index import effect

    repo = store.git()
    here = sources.index(repo)
    settings, schema = store.rules(here)
    committed = sources.commit(repo, "HEAD") if head(repo) else Blobs("HEAD", repo, ())
    before, after = (
        build(
            (record for record in side.part(touched).records() if record[0] in touched),
            read="index",
            schema=schema,
            settings=settings,
            today=store.today,
        )
        for side in (committed, here)
    )
    old, now = effect.of(store, effect.At.STAGED, before, after)
    names = {problem.identity for problem in unknown(now, old)}
    return [*new, *(problem for problem in others if problem.identity in names)]


def _unknown(store: Store, problems: Sequence[Problem]) -> list[Problem]:
    """The problems that the previous commit does not have; empty if that commit cannot be checked."""
    old = _known_before(store) if problems else ()
    return [] if old is None else unknown(problems, old)


def _read(store: Store) -> tuple[int, tuple[Problem, ...]]:
    """The number of staged records, and their problems."""
    snapshot = store.index()
    return snapshot.checked, checks.run(snapshot)


def _touched(store: Store) -> frozenset[str]:
    """The store's own files that the commit adds, changes or removes."""
    repo = store.git()
    changes = changed_staged(repo, repo.prefix)
    paths = {path.removeprefix(repo.prefix) for change in changes for path in (change.old, change.new) if path}
    return frozenset(path for path in paths if path.startswith(RECORDS + "/") or path in (SETTINGS, SCHEMA))


def _known_before(store: Store) -> tuple[Problem, ...] | None:
    """The problems of the previous commit, which this one is not blamed for; None if it cannot be checked."""
    if head(store.git()) is None:
        return ()
    try:
        return checks.run(store.at("HEAD"))
    except ContentMissingError:
        raise
    except CrmError:
        # Its settings or schema are invalid; a commit that fixes them is not blamed for the problems they hid.
        return None
