"""What a push brings, commit by commit: the first cause of each error is named, also where a later commit mends it."""

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
from crmtext.validation.pushed_objects import Search, of_ref

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
    """What a push may not do to the main branch, whatever its records say: delete it, or take back its commits."""
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
    """What is wrong with the ref of an update, with its tags, and with a file or folder that it names."""
    # One that has such a name may be deleted.
    if update.new is None:
        return
    yield from of_ref(update.ref)
    named = search.named(update.new)
    yield from named.problems
    if named.kind == "tree":
        yield from search.of_tree(named.id)
    elif named.kind == "blob":
        yield from search.of_blob(named.id, update.ref)


def commit_errors(
    repo: Repository, old: str | None, new: str, known: str = "--all", search: Search | None = None
) -> Iterator[CommitErrors]:
    """The commits from one to another that bring errors, oldest first; those that refs of a kind hold are left out."""
    # A hook reads by git itself: most pushes are a few commits.
    trees = Trees(Objects(repo))
    store = Store(repo.top or repo.git_dir)
    search = search or Search(repo)
    walks: dict[str, Walk] = {}
    # Where a shallow clone ends nobody can tell what a commit introduced; the other side has it already.
    ends = cut(repo)
    commits = tuple(each for each in incoming_commits(repo, old, new, known) if each.id not in ends)
    for commit, found in zip(commits, search.of_commits(commits, trees.of), strict=True):
        introduced: list[Problem] = []
        for home in _homes(trees, commit):
            if home not in walks:
                # The search knows which of these numbers are new in a file that has others already.
                walks[home] = Walk(store, repo._replace(prefix=home), trees, ignore=(*NUMBERS,))
            introduced += _errors(walks[home].introduced_by(commit.id, commit.parents), home)
        if said := (*introduced, *(each for each in found if each.rule in NUMBERS or each not in introduced)):
            yield CommitErrors(commit, said)


def _errors(problems: Iterable[Problem], home: str) -> Iterator[Problem]:
    """The errors among problems of a store, with their places in the repository."""
    for problem in problems:
        if problem.severity is Severity.ERROR:
            yield problem._replace(place=problem.place._replace(path=home + problem.place.path)) if home else problem


def _homes(trees: Trees, commit: Commit) -> tuple[str, ...]:
    """The folders of a commit's stores. Who takes the settings away has not taken the store away if it has records."""
    homes = {home for each in (commit.id, *commit.parents) for home in _settled(trees.of(each))}
    outer = (home for home in homes if not any(home != other and home.startswith(other) for other in homes))
    files = trees.of(commit.id)
    return tuple(
        sorted(home for home in outer if any(each.path.startswith((home + SETTINGS, home + RECORDS)) for each in files))
    )


def _settled(files: Iterable[Entry]) -> set[str]:
    return {
        each.path.removesuffix(SETTINGS)
        for each in files
        if each.path.endswith(SETTINGS) and each.path.rpartition("/")[2] == SETTINGS
    }
