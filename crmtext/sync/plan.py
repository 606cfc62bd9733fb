"""The plan of a sync: its merge, and the errors that it would push, found before any file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext import checks
from crmtext.git import clone, merge, upstream
from crmtext.git.reading import differing
from crmtext.i18n import _
from crmtext.layout import is_disclosure
from crmtext.problem import Place, cannot
from crmtext.setup import hooks, merge_driver
from crmtext.sources import is_record
from crmtext.storage.checkout import CheckoutStep
from crmtext.storage.commit import merge as merge_commit
from crmtext.sync.conflicts import new_customers
from crmtext.text.secret_numbers import RULES
from crmtext.validation import push

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.git.upstream import Upstream
    from crmtext.problem import Problem
    from crmtext.store import Store

#: Errors that a later commit does not fix: the server checks each commit.
NEVER_SENT = RULES | {"push-too-large"}
#: How often a sync tries again if somebody else pushed first.
TRIES = 5
_PLAIN_FILE = "100644"


class Plan(NamedTuple):
    """The step to carry out, if any, the commit to push, and its errors."""

    step: CheckoutStep | None
    #: The commit to push; empty if there are conflicts.
    commit: str
    #: Errors with the commits that introduce them.
    wrong: tuple[tuple[str, Problem], ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All errors."""
        return tuple(problem for _commit, problem in self.wrong)

    @property
    def together(self) -> tuple[Problem, ...]:
        """The errors that the merge itself introduces."""
        return tuple(problem for commit, problem in self.wrong if self.step and commit == self.step.commit)


def plan(store: Store, where: Upstream, mine: str, theirs: str | None, base: str | None) -> Plan:
    """Return the plan that merges `theirs` of the branch `where`, with the errors that are new to `base`."""
    step = merge_step(store, where, mine, theirs)
    commit = step.commit if step else mine
    if not commit or commit == base:
        return Plan(step, commit)
    return Plan(step, commit, tuple(errors(store, where.remote, base, commit, step)))


def merge_step(store: Store, where: Upstream, mine: str, theirs: str | None) -> CheckoutStep | None:
    """Return the step that merges their commits, or fast-forwards to them; None if there are none."""
    repo = store.git()
    if theirs is None or merge.contains(repo, mine, theirs):
        return None
    if merge.contains(repo, theirs, mine):
        return CheckoutStep(mine, theirs, theirs)
    if clone.merge_base_missing(repo, mine, theirs):
        message = _("this clone does not contain the common ancestor of your commits and {name}")
        raise clone.history_missing(message.format(name=where.name))
    merged = merge.merged(repo, mine, theirs, (f"{merge_driver.DRIVER}={merge_driver.driver()}",))
    new = {repo.prefix + path for path in new_customers(store, merged)}
    stages = tuple(entry for entry in merged.stages if entry.path not in new)
    # Not merged by this name, which a tag or a branch may have as well; the message is git's own.
    message = f"Merge remote-tracking branch '{where.name}'"
    if stages:
        return CheckoutStep(mine, merged.tree, "", theirs, message, stages)
    return CheckoutStep(mine, merged.tree, merge_commit(repo, merged.tree, (mine, theirs), message))


def errors(
    store: Store, remote: str, theirs: str | None, commit: str, step: CheckoutStep | None
) -> Iterator[tuple[str, Problem]]:
    """Yield the errors that a push would send: those left in the last commit, and those that no later commit fixes."""
    repo = store.git()
    # Errors of the remote's other branches count on this one too; a new branch has all its commits from them.
    known = "" if theirs else f"--remotes={remote}"
    introduced = [
        (error.commit.id, _here(repo, problem))
        for error in push.commit_errors(repo, theirs, commit, known)
        for problem in error.problems
    ]
    left = {problem.identity for problem in checks.run(store.at(commit))} if introduced else frozenset()
    for by, problem in introduced:
        if problem.identity in left or problem.rule in NEVER_SENT or (step and by == step.commit):
            yield by, problem


def _here(repo: Repository, problem: Problem) -> Problem:
    """The problem with its path in the store."""
    return problem._replace(place=problem.place._replace(path=problem.place.path.removeprefix(repo.prefix)))


def for_a_person(repo: Repository, old: str, new: str) -> tuple[str, ...]:
    """Return the files between two commits that a person must merge.

    These are all except records and added disclosures that are regular files.
    """
    before, after = differing(repo, "", old, new)
    odd = {entry.path for entry in after if entry.mode != _PLAIN_FILE}
    changed = {entry.path for entry in (*before, *after)}
    here = {path: path.removeprefix(repo.prefix) for path in changed if path.startswith(repo.prefix)}
    added = changed - {entry.path for entry in before}
    own = {path for path, name in here.items() if is_record(name) or (path in added and is_disclosure(name))}
    return tuple(sorted((changed - own) | odd))


def send(repo: Repository, where: Upstream, commit: str, theirs: str | None) -> bool:
    """Push what was checked; False if somebody else pushed first.

    Raises CrmError if another tool has a pre-push hook: it may have come with the clone, so we do not run it.
    """
    if hook := hooks.another(repo, "pre-push"):
        message = _("another tool's hook checks pushes, and crmtext does not run it")
        hint = _("the received commits are merged locally; nothing was pushed; to push with the hook: {command}")
        raise cannot("push-hook", message, hint.format(command=where.sending), Place(str(hook)))
    return upstream.push(repo, where, commit, theirs)
