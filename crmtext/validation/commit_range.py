"""The check of a range of commits: which commit introduced a problem, and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import CommitProblems, Problems
from crmtext.checks.scope import Scope, rules
from crmtext.git.clone import cut, history_missing
from crmtext.git.history import steps
from crmtext.git.objects import opened
from crmtext.git.plumbing import resolve
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.validation.check import covers, rules_named
from crmtext.validation.commit_walk import Trees, Walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.git.history import Commit
    from crmtext.problem import Problem
    from crmtext.store import Store

#: Fewer commits than these are read before GitPython is loaded.
_FEW = 10


class Asked(NamedTuple):
    """The paths and rules that the result is limited to."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def check(store: Store, typed: str, asked: Asked = Asked()) -> Problems:
    """Return the problems that the commits of a range introduced, oldest first, even if fixed by a later commit."""
    old, new = ends(store, typed)
    repo = store.git()
    commits = steps(repo, old, new)
    if cut(repo) & {commit.id for commit in commits}:
        raise history_missing(_("'{range}' includes commits that this clone does not contain").format(range=typed))
    select, ignore = (rules_named(names, store.schema) for names in (asked.select, asked.ignore))
    with opened(repo, few=len(commits) < _FEW) as objects:
        walk = Walk(store, repo, Trees(objects, repo.prefix), select, ignore)
        introduced = [
            (commit.id, _of(walk.introduced_by(commit.id, commit.parents), asked.paths)) for commit in commits
        ]
        wrong = [commit for commit, problems in introduced if problems]
        last = frozenset(problem.identity for problem in walk.problems_at(new)) if wrong else frozenset()
        written = objects.commits(wrong)
    culprits = [_culprit(store, written[commit]) for commit in wrong]
    problems = [_signed(problem, commit, last) for commit, group in introduced for problem in group]
    read = f"{old}..{new}" if old else new
    return Problems(read, len(commits), tuple(problems), commits=len(commits), culprits=tuple(culprits))


def ends(store: Store, typed: str) -> tuple[str | None, str]:
    """Return the commits between the dots of a range; zeros, as forges write them, mean the start of the history."""
    old, dots, new = typed.partition("..")
    if not dots or new.startswith("."):
        raise usage(
            "range",
            _("'{range}' is not a range of commits").format(range=typed),
            _("use two commits with two dots between them: --range origin/main..HEAD"),
        )
    repo = store.git()
    first = None if old and not old.strip("0") else resolve(repo, old or "HEAD")
    return first, resolve(repo, new or "HEAD")


def _of(problems: Iterable[Problem], paths: tuple[str, ...]) -> tuple[Problem, ...]:
    """The problems of these records, or of records below these folders. A path need not exist in every commit."""
    return tuple(problem for problem in problems if not paths or any(covers(one, problem.place.path) for one in paths))


def _signed(problem: Problem, commit: str, last: frozenset[tuple[str, str, str]]) -> Problem:
    """The problem with its commit, and whether it was fixed later; wrong steps never show in later commits."""
    hint = problem.hint
    if problem.rule not in rules(Scope.HISTORY) and problem.identity not in last:
        later = _("fixed by a later commit; this one stays in the history")
        hint = f"{hint}\n{later}" if hint else later
    return problem._replace(commit=commit, hint=hint)


def _culprit(store: Store, commit: Commit) -> CommitProblems:
    return CommitProblems(commit.id, commit.author, commit.day(store.zone), commit.subject)
