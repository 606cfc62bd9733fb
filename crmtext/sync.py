"""Bringing a clone and the others' copy together: fetch, merge, check, push; stopping with everything intact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext import checks, driver_setup, gate, hooks, pushed
from crmtext.conflicts import conflicts, strangers
from crmtext.git import clone, merging, stepping, tracking
from crmtext.git.commit import finish_merge, refuse_unfinished, staged_there
from crmtext.git.commit import merge as merge_commit
from crmtext.git.plumbing import Repository, head, merge_in_progress, resolve
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.git.stepping import Step
from crmtext.i18n import _
from crmtext.problem import CrmError, Place, Problem, Severity, cannot
from crmtext.record.commit_edits import commit_edits, uncommitted
from crmtext.text.numbers import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.conflicts import Conflict
    from crmtext.git.tracking import Tracked
    from crmtext.store import Store

#: What no later commit makes good: the server looks at each commit.
NEVER_SENT = RULES | {"push-too-large"}
#: How often a push is tried again when a colleague was quicker.
_TRIES = 5


class Synced(NamedTuple):
    """What came and went; what a person has to decide, or what is wrong, where it stopped."""

    name: str
    received: int = 0
    sent: int = 0
    conflicts: tuple[Conflict, ...] = ()
    #: Errors that the others do not have; nothing was sent then.
    problems: tuple[Problem, ...] = ()
    #: Whether these came of the merge, which was not made; else they are in what was to be sent.
    undone: bool = False
    #: The user's own changes, which were not committed and so not sent.
    uncommitted: tuple[str, ...] = ()
    #: How many commits were made while the others were sent.
    later: int = 0
    #: The commit of a merge that was left with nothing to decide.
    merge: str | None = None
    #: Whether `problems` are those of such a merge, which was not committed.
    unfinished: bool = False
    #: The commit of what was edited by hand.
    edits: str | None = None

    @property
    def committed(self) -> tuple[str, ...]:
        """A line for each commit that was made before anything was fetched."""
        merge = [_("finished the merge: {commit}").format(commit=self.merge[:8])] if self.merge else []
        edits = [_("committed your edits: {commit}").format(commit=self.edits[:8])] if self.edits else []
        return (*merge, *edits)

    @property
    def stopped(self) -> bool:
        """Whether there is something to do first."""
        return bool(self.conflicts or self.problems)


class _Plan(NamedTuple):
    """What is to be done here, if anything, and what would be wrong then with what is to be sent."""

    step: Step | None
    #: The commit that is to be sent; empty where a person has to decide first.
    commit: str
    #: Errors by the commits that bring them.
    wrong: tuple[tuple[str, Problem], ...] = ()

    @property
    def together(self) -> tuple[Problem, ...]:
        """The errors that are the merge's own."""
        return tuple(problem for commit, problem in self.wrong if self.step and commit == self.step.made)


def run(store: Store, message: str = "") -> Synced:
    """Fetch, merge, check, push. With a message, valid edits made by hand are committed first; else nothing is.

    A merge in progress with nothing left to decide is committed before all else. Others may write here meanwhile, and
    wait only while files are changed.
    """
    repo = store.git()
    with store.writing():
        where = _upstream(repo)
        merge, problems = _merge_in_progress(store)
        if problems:
            return Synced(where.name, problems=problems, unfinished=True, uncommitted=_own(repo))
        _refuse_merging(repo)
        so_far = Synced(where.name, merge=merge, edits=commit_edits(store, message) if message else None)
    try:
        return _exchange(store, where, so_far)
    except CrmError as error:
        if not so_far.committed:
            raise
        # What was committed before stays, and must not be taken for lost or for pushed.
        hint = "\n".join((*so_far.committed, error.problem.hint))
        raise CrmError(error.problem._replace(hint=hint), error.exit_code) from None


def _exchange(store: Store, where: Tracked, so_far: Synced) -> Synced:
    """Fetch, merge, check and push what is committed."""
    repo = store.git()
    for _try in range(_TRIES):
        theirs = tracking.fetch(repo, where)
        mine = resolve(repo, "HEAD")
        plan = _plan(store, where, mine, theirs)
        if plan.together:
            return so_far._replace(problems=plan.together, undone=True, uncommitted=_own(repo))
        if plan.step and not _taken(store, where, plan.step):
            continue
        so_far = so_far._replace(received=so_far.received + (merging.count(repo, mine, theirs) if theirs else 0))
        if not plan.commit:
            return so_far._replace(conflicts=conflicts(store), uncommitted=_own(repo))
        sent = merging.count(repo, theirs, plan.commit)
        problems = tuple(problem for _commit, problem in plan.wrong)
        if problems or not sent or _sent(repo, where, plan.commit, theirs):
            later = 0 if problems else merging.count(repo, plan.commit, "HEAD")
            return so_far._replace(sent=sent, problems=problems, uncommitted=_own(repo), later=later)
    message = _("others push to {name} all the time").format(name=where.name)
    raise cannot("others-quicker", message, _("your work is merged and not sent yet; run the command again"))


def _merge_in_progress(store: Store) -> tuple[str | None, tuple[Problem, ...]]:
    """Commit a merge in progress that has nothing left to decide: the commit, or the errors that it would bring."""
    repo = store.git()
    if merge_in_progress(repo) != "merge" or merging.unmerged(repo):
        return None, ()
    result = gate.before_commit(store)
    if result and result.refused:
        return None, tuple(each for each in result.held.problems if each.severity is Severity.ERROR)
    return finish_merge(repo), ()


def _sent(repo: Repository, where: Tracked, commit: str, theirs: str | None) -> bool:
    """Send what was checked; False where the others were quicker.

    Raises CrmError where another tool is to see it first: whoever made the clone would have its hook run by us.
    """
    if hook := hooks.another(repo, "pre-push"):
        message = _("another tool looks at what is sent, by a hook that crmtext does not run")
        hint = _("what came is merged here and nothing was sent; git runs the hook when you send it: {command}")
        raise cannot("push-hook", message, hint.format(command=where.sending), Place(str(hook)))
    return tracking.push(repo, where, commit, theirs)


def _plan(store: Store, where: Tracked, mine: str, theirs: str | None) -> _Plan:
    """What is to be done; nothing is touched by deciding it."""
    step = _step(store, where, mine, theirs)
    commit = step.made if step else mine
    if not commit or commit == theirs:
        return _Plan(step, commit)
    return _Plan(step, commit, tuple(_wrong(store, where, theirs, commit, step)))


def _step(store: Store, where: Tracked, mine: str, theirs: str | None) -> Step | None:
    """The way to what they have and we have not; None where there is no such thing."""
    repo = store.git()
    if theirs is None or merging.contains(repo, mine, theirs):
        return None
    if merging.contains(repo, theirs, mine):
        return Step(mine, theirs, theirs)
    if clone.is_parted(repo, mine, theirs):
        message = _("this clone does not hold the commit in which your work and {name} parted")
        raise clone.history_missing(message.format(name=where.name))
    found = merging.merged(repo, mine, theirs, (f"{driver_setup.DRIVER}={driver_setup.driver()}",))
    new = {repo.prefix + path for path in strangers(store, found)}
    stages = tuple(each for each in found.stages if each.path not in new)
    # A tag or a branch may have the short name as well; the message is git's own for it.
    message = f"Merge remote-tracking branch '{where.name}'"
    if stages:
        return Step(mine, found.tree, "", theirs, message, stages)
    return Step(mine, found.tree, merge_commit(repo, found.tree, (mine, theirs), message))


def _wrong(
    store: Store, where: Tracked, theirs: str | None, commit: str, step: Step | None
) -> Iterator[tuple[str, Problem]]:
    """The errors that would be sent: those still there in the end, and numbers that must not be in any commit."""
    repo = store.git()
    # What lies on another branch over there is no less wrong on this one; a new branch has all of it from others.
    known = "" if theirs else f"--remotes={where.remote}"
    brought = [
        (each.commit.id, _here(repo, problem))
        for each in pushed.walk(repo, theirs, commit, known)
        for problem in each.problems
    ]
    left = {each.identity for each in checks.run(store.at(commit))} if brought else frozenset()
    for by, problem in brought:
        if problem.identity in left or problem.rule in NEVER_SENT or (step and by == step.made):
            yield by, problem


def _here(repo: Repository, problem: Problem) -> Problem:
    """The problem with its place as it is called in the store."""
    return problem._replace(place=problem.place._replace(path=problem.place.path.removeprefix(repo.prefix)))


def _taken(store: Store, where: Tracked, step: Step) -> bool:
    """Go the step; not where somebody has committed since it was decided."""
    repo = store.git()
    with store.writing():
        if _ready(repo) != where:
            message = _("another branch was checked out meanwhile")
            raise cannot("branch-changed", message, _("run the command again"))
        if head(repo) != step.old:
            return False
        _refuse_overlap(repo, stepping.differing(repo, step), alone=bool(step.stages))
        stepping.take(repo, step, f"crmtext sync: {where.name}")
        return True


def _ready(repo: Repository) -> Tracked:
    """The branch that is followed. Raises CrmError where this is no moment to sync."""
    _refuse_merging(repo)
    return _upstream(repo)


def _upstream(repo: Repository) -> Tracked:
    """The branch that is followed. Raises CrmError if there is none, or git would run a program on the way."""
    where = tracking.tracked(repo)
    tracking.refuse_received(repo)
    tracking.refuse_inside(repo, where)
    if head(repo) is None:
        raise cannot("nothing-committed", _("nothing is committed here yet"), "git add . && git commit")
    return where


def _refuse_merging(repo: Repository) -> None:
    try:
        refuse_unfinished(repo)
    except CrmError as error:
        if not merging.unmerged(repo):
            raise
        hint = _("crmtext resolve shows what is to be decided; git merge --abort goes back to before")
        raise cannot(error.problem.rule, error.problem.message, hint) from None


def _refuse_overlap(repo: Repository, incoming: Iterable[str], *, alone: bool) -> None:
    """Refuse before anything is touched where the user's uncommitted work is in what comes; or any is staged."""
    staged = {path for each in changed_staged(repo, renames=False) for path in (each.new, each.old) if path}
    own = {*changed_on_disk(repo), *staged}
    if both := sorted(own & {*incoming}):
        message = _("'{path}' is changed here and not committed, and a colleague changed it as well").format(
            path=both[0]
        )
        hint = _("git commit it first (or git stash -u), then run the command again")
        raise cannot("uncommitted-changes", message, hint, Place(both[0]))
    # The commit that ends a merge with conflicts would take it along.
    if alone and staged:
        raise staged_there(min(staged))


def _own(repo: Repository) -> tuple[str, ...]:
    return tuple(sorted(uncommitted(repo)))
