"""The check of a push, commit by commit: each error is reported where it was introduced, even if fixed later."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.clone import cut
from crmtext.git.incoming import Update, follows, incoming_commits, main_ref
from crmtext.git.objects import Objects
from crmtext.i18n import _
from crmtext.layout import RECORDS, SETTINGS
from crmtext.problem import Place, Problem, Severity
from crmtext.store import Store
from crmtext.text.secret_numbers import RULES as NUMBERS
from crmtext.text.secret_numbers import masked
from crmtext.validation.commit_walk import Trees, Walk
from crmtext.validation.pushed_objects import Search, ref_name_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.git.history import Commit
    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry


class CommitErrors(NamedTuple):
    """A commit and the errors that it introduced: those that none of its parents has."""

    commit: Commit
    problems: tuple[Problem, ...]


def branch_problems(repo: Repository, updates: Iterable[Update]) -> Iterator[Problem]:
    """The errors of a push that deletes the main branch or removes commits from it."""
    main = main_ref(repo)
    for update in updates:
        if update.ref != main or update.old is None:
            continue
        place = Place(masked(update.ref.removeprefix("refs/heads/")))
        if update.new is None:
            message = _("a push can't delete the main branch")
            yield Problem("main-branch", message, place, _("to delete it, do so on the server"))
        elif not follows(repo, update.old, update.new):
            message = _("the push removes commits that others have")
            yield Problem(
                "main-branch", message, place, _("run git pull, then push again; to undo a mistake, use git revert")
            )


def ref_problems(update: Update, search: Search) -> Iterator[Problem]:
    """The problems of the ref of an update, of its tags, and of a file or folder that it points to."""
    # A ref with a wrong name may be deleted.
    if update.new is None:
        return
    yield from ref_name_problems(update.ref)
    named = search.named(update.new)
    yield from named.problems
    if named.kind == "tree":
        yield from search.of_tree(named.id)
    elif named.kind == "blob":
        yield from search.of_blob(named.id, update.ref)


def commit_errors(
    repo: Repository, old: str | None, new: str, known: str = "--all", search: Search | None = None
) -> Iterator[CommitErrors]:
    """The commits of a push that introduce errors, oldest first; commits that `known` refs have are left out."""
    # Not by GitPython: most pushes are a few commits.
    trees = Trees(Objects(repo))
    store = Store(repo.top or repo.git_dir)
    search = search or Search(repo)
    walks: dict[str, Walk] = {}
    # The parents of the oldest commits of a shallow clone are unknown; the server has these commits already.
    ends = cut(repo)
    commits = tuple(commit for commit in incoming_commits(repo, old, new, known) if commit.id not in ends)
    for commit, numbers in zip(commits, search.of_commits(commits, trees.of), strict=True):
        introduced: list[Problem] = []
        for home in _homes(trees, commit):
            if home not in walks:
                # `Search` finds these numbers: it knows which of them are new in a file.
                walks[home] = Walk(store, repo._replace(prefix=home), trees, ignore=(*NUMBERS,))
            introduced += _errors(walks[home].introduced_by(commit.id, commit.parents), home)
        if errors := (
            *introduced,
            *(problem for problem in numbers if problem.rule in NUMBERS or problem not in introduced),
        ):
            yield CommitErrors(commit, errors)


def _errors(problems: Iterable[Problem], home: str) -> Iterator[Problem]:
    """The errors among a store's problems, with their paths in the repository."""
    for problem in problems:
        if problem.severity is Severity.ERROR:
            yield problem._replace(place=problem.place._replace(path=home + problem.place.path)) if home else problem


def _homes(trees: Trees, commit: Commit) -> tuple[str, ...]:
    """The folders of a commit's stores. A commit that deletes the settings still has a store if it has records."""
    homes = {home for id_ in (commit.id, *commit.parents) for home in _homes_in(trees.of(id_))}
    outer = (home for home in homes if not any(home != other and home.startswith(other) for other in homes))
    files = trees.of(commit.id)
    return tuple(
        sorted(home for home in outer if any(file.path.startswith((home + SETTINGS, home + RECORDS)) for file in files))
    )


def _homes_in(files: Iterable[Entry]) -> set[str]:
    return {
        file.path.removesuffix(SETTINGS)
        for file in files
        if file.path.endswith(SETTINGS) and file.path.rpartition("/")[2] == SETTINGS
    }
