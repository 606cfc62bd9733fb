"""What a push brings, commit by commit: the first cause of each error is named, also where a later commit mends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmtext import checks, gate
from crmtext.git.arriving import Arrival, Update, arrivals, follows, main_ref
from crmtext.git.reading import tree
from crmtext.i18n import _
from crmtext.problem import CrmError, Place, Problem, Severity
from crmtext.settings import FILE
from crmtext.sources import RECORDS, Blobs
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry
    from crmtext.snapshot import Kept


@dataclass(frozen=True, slots=True)
class Pushed:
    """A commit and the errors that it brought: those that none of its parents has."""

    commit: Arrival
    problems: tuple[Problem, ...]


def forbidden(repo: Repository, updates: Iterable[Update]) -> Iterator[Problem]:
    """What a push may not do to the main branch, whatever its records say: delete it, or take back its commits."""
    main = main_ref(repo)
    for update in updates:
        if update.ref != main or update.old is None:
            continue
        place = Place(update.ref.removeprefix("refs/heads/"))
        if update.new is None:
            message = _("the main branch is not deleted by a push")
            yield Problem("main-branch", message, place, _("delete it on the server, if you mean it"))
        elif not follows(repo, update.old, update.new):
            message = _("the push takes back commits that others have")
            yield Problem(
                "main-branch", message, place, _("git pull, then push again; a mistake is undone by git revert")
            )


def walk(repo: Repository, old: str | None, new: str, *, fresh: bool = True) -> Iterator[Pushed]:
    """The commits from one to another that bring errors, oldest first; `fresh` leaves out what a ref holds already."""
    kept: Kept = {}
    found: dict[str, tuple[Problem, ...]] = {}
    for commit in arrivals(repo, old, new, fresh=fresh):
        for each in (*commit.parents, commit.id):
            if each not in found:
                found[each] = tuple(_errors(repo, each, commit.parents if each == commit.id else (), kept))
        before = {each.identity for parent in commit.parents for each in found[parent]}
        brought = tuple(each for each in found[commit.id] if each.identity not in before)
        if said := (*brought, *gate.message(commit.message)):
            yield Pushed(commit, said)


def _errors(repo: Repository, commit: str, parents: tuple[str, ...], kept: Kept) -> Iterator[Problem]:
    entries = tuple(tree(repo, commit))
    # Who takes the settings away has not taken the store away as long as there are records.
    homes = _homes(entries) | {home for parent in parents for home in _homes(tree(repo, parent, FILE))}
    for home in sorted(homes):
        if not any(home != other and home.startswith(other) for other in homes):
            yield from _of_store(replace(repo, prefix=home), commit, entries, kept)


def _homes(entries: Iterable[Entry]) -> set[str]:
    return {entry.path.removesuffix(FILE) for entry in entries if entry.path.rpartition("/")[2] == FILE}


def _of_store(repo: Repository, commit: str, entries: tuple[Entry, ...], kept: Kept) -> Iterator[Problem]:
    home = repo.prefix
    held = tuple(entry for entry in entries if entry.path.startswith(home))
    if not any(entry.path.startswith((home + FILE, home + RECORDS)) for entry in held):
        return
    try:
        snapshot = Store(repo.top or repo.git_dir).take(Blobs(commit, repo, held), kept=kept)
        problems = checks.run(snapshot)
    except CrmError as error:
        problems = (error.problem,)
    for problem in problems:
        if problem.severity is Severity.ERROR:
            yield replace(problem, place=replace(problem.place, path=home + problem.place.path)) if home else problem
