"""The check of a range of commits by the access rights at its start, for jobs of a forge that has no hook."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from crmtext.answer import CommitProblems, Problems
from crmtext.git.clone import cut, history_missing
from crmtext.git.history import commits_of, steps
from crmtext.i18n import _
from crmtext.problem import cannot
from crmtext.protection.policy.identity import BY_PUSHER
from crmtext.protection.policy.judge import Verdict, Witness, by_handle, judge
from crmtext.protection.policy.push import left_behind
from crmtext.protection.policy.stores import policies
from crmtext.validation.commit_range import ends

if TYPE_CHECKING:
    from crmtext.git.plumbing import Repository
    from crmtext.problem import Problem
    from crmtext.store import Store


def check_access(store: Store, typed: str, approvers: tuple[str, ...] = ()) -> Problems:
    """Return what the commits of a range change without the right to; the policy is that of the range's start.

    A change is allowed, too, if one of the approvers may make it. Raises CrmError if the policy depends on who pushes.
    """
    old, new = ends(store, typed)
    repo = store.git()
    in_force = policies(repo, old)
    if any(policy.access and policy.access.identity == BY_PUSHER for policy in in_force):
        message = _("[access] identity is 'pusher', and a check of commits doesn't know who pushes")
        hint = _('where CI checks, use identity = "trust" or "signed"; \'pusher\' needs the hook of your own server')
        raise cannot("access-identity", message, hint)
    commits = steps(repo, old, new)
    if cut(repo) & {commit.id for commit in commits}:
        raise history_missing(_("'{range}' includes commits that this clone does not contain").format(range=typed))
    verdicts = tuple(judge(repo, in_force, commits, Witness(approvers=approvers)))
    of_tip = tuple(left_behind(repo, in_force, new))
    if of_tip and new not in {verdict.commit.id for verdict in verdicts}:
        commit = commits_of(repo, (new,))[new]
        verdicts += (Verdict(commit, commit.author),)
    problems = [(verdict.commit.id, problem) for verdict in verdicts for problem in verdict.all_problems]
    problems += [(new, problem) for problem in of_tip]
    return Problems(
        f"{old}..{new}" if old else new,
        len(commits),
        tuple(_in_store(repo, problem)._replace(commit=commit) for commit, problem in problems),
        commits=len(commits),
        culprits=tuple(_culprit(store, verdict) for verdict in verdicts),
    )


def unknown_names(store: Store, typed: str, approvers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the approvers that the team list at the start of a range doesn't have: they approve nothing."""
    in_force = policies(store.git(), ends(store, typed)[0])
    return tuple(name for name in approvers if not any(by_handle(policy.settings, name) for policy in in_force))


def _in_store(repo: Repository, problem: Problem) -> Problem:
    """The problem with its path in the store, which leads out of it for other files of the repository."""
    path = problem.place.path
    if not repo.prefix or not path:
        return problem
    return problem._replace(place=problem.place._replace(path=posixpath.relpath(path, repo.prefix)))


def _culprit(store: Store, verdict: Verdict) -> CommitProblems:
    """The commit with the member whose rights count."""
    commit = verdict.commit
    return CommitProblems(commit.id, verdict.by, commit.day(store.zone), commit.subject)
