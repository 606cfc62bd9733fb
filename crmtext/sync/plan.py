"""The merge that a sync would make and the errors that it would push, decided before anything is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext import checks
from crmtext.git import clone, merge, upstream
from crmtext.git.reading import differing
from crmtext.i18n import _
from crmtext.problem import Place, cannot
from crmtext.setup import hooks, merge_driver
from crmtext.sources import is_record
from crmtext.storage.checkout import CheckoutStep
from crmtext.storage.commit import merge as merge_commit
from crmtext.sync.conflicts import strangers
from crmtext.text.secret_numbers import RULES
from crmtext.validation import push

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.git.upstream import Upstream
    from crmtext.problem import Problem
    from crmtext.store import Store

#: What no later commit makes good: the server looks at each commit.
NEVER_SENT = RULES | {"push-too-large"}
#: How often a push is tried again when a colleague was quicker.
TRIES = 5
_PLAIN_FILE = "100644"


class Plan(NamedTuple):
    """What is to be done here, if anything, and what would be wrong then with what is to be sent."""

    step: CheckoutStep | None
    #: The commit that is to be sent; empty where a person has to decide first.
    commit: str
    #: Errors by the commits that bring them.
    wrong: tuple[tuple[str, Problem], ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All errors."""
        return tuple(problem for _commit, problem in self.wrong)

    @property
    def together(self) -> tuple[Problem, ...]:
        """The errors that are the merge's own."""
        return tuple(problem for commit, problem in self.wrong if self.step and commit == self.step.made)


def plan(store: Store, where: Upstream, mine: str, theirs: str | None, base: str | None) -> Plan:
    """What there is to do to have what `where` has at `theirs` as well, and the errors that are new to `base`."""
    step = merge_step(store, where, mine, theirs)
    commit = step.made if step else mine
    if not commit or commit == base:
        return Plan(step, commit)
    return Plan(step, commit, tuple(errors(store, where.remote, base, commit, step)))


def merge_step(store: Store, where: Upstream, mine: str, theirs: str | None) -> CheckoutStep | None:
    """The way to what they have and we have not; None where there is no such thing."""
    repo = store.git()
    if theirs is None or merge.contains(repo, mine, theirs):
        return None
    if merge.contains(repo, theirs, mine):
        return CheckoutStep(mine, theirs, theirs)
    if clone.is_parted(repo, mine, theirs):
        message = _("this clone does not contain the common ancestor of your commits and {name}")
        raise clone.history_missing(message.format(name=where.name))
    found = merge.merged(repo, mine, theirs, (f"{merge_driver.DRIVER}={merge_driver.driver()}",))
    new = {repo.prefix + path for path in strangers(store, found)}
    stages = tuple(each for each in found.stages if each.path not in new)
    # A tag or a branch may have the short name as well; the message is git's own for it.
    message = f"Merge remote-tracking branch '{where.name}'"
    if stages:
        return CheckoutStep(mine, found.tree, "", theirs, message, stages)
    return CheckoutStep(mine, found.tree, merge_commit(repo, found.tree, (mine, theirs), message))


def errors(
    store: Store, remote: str, theirs: str | None, commit: str, step: CheckoutStep | None
) -> Iterator[tuple[str, Problem]]:
    """The errors that would be sent: those still there in the end, and numbers that must not be in any commit."""
    repo = store.git()
    # What lies on another branch over there is no less wrong on this one; a new branch has all of it from others.
    known = "" if theirs else f"--remotes={remote}"
    brought = [
        (each.commit.id, _here(repo, problem))
        for each in push.commit_errors(repo, theirs, commit, known)
        for problem in each.problems
    ]
    left = {each.identity for each in checks.run(store.at(commit))} if brought else frozenset()
    for by, problem in brought:
        if problem.identity in left or problem.rule in NEVER_SENT or (step and by == step.made):
            yield by, problem


def _here(repo: Repository, problem: Problem) -> Problem:
    """The problem with its place as it is called in the store."""
    return problem._replace(place=problem.place._replace(path=problem.place.path.removeprefix(repo.prefix)))


def for_a_person(repo: Repository, old: str, new: str) -> tuple[str, ...]:
    """The files between two commits that only a person merges: all but records, which are plain files."""
    before, after = differing(repo, "", old, new)
    odd = {each.path for each in after if each.mode != _PLAIN_FILE}
    changed = {each.path for each in (*before, *after)}
    own = {path for path in changed if path.startswith(repo.prefix) and is_record(path.removeprefix(repo.prefix))}
    return tuple(sorted((changed - own) | odd))


def send(repo: Repository, where: Upstream, commit: str, theirs: str | None) -> bool:
    """Send what was checked; False where the others were quicker.

    Raises CrmError where another tool is to see it first: whoever made the clone would have its hook run by us.
    """
    if hook := hooks.another(repo, "pre-push"):
        message = _("another tool's hook checks pushes, and crmtext does not run it")
        hint = _("the received commits are merged locally; nothing was pushed; to push with the hook: {command}")
        raise cannot("push-hook", message, hint.format(command=where.sending), Place(str(hook)))
    return upstream.push(repo, where, commit, theirs)
