"""The sync of a clone with its remote: fetch, merge, check, push; it stops without changes if anything is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git import merge as git_merge
from crmtext.git import upstream
from crmtext.git.plumbing import Repository, head, merge_in_progress, resolve
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.i18n import _
from crmtext.problem import CrmError, Place, Problem, Severity, cannot
from crmtext.record.commit_edits import commit_edits, uncommitted
from crmtext.storage import checkout
from crmtext.storage.commit import finish_merge, refuse_unfinished, staged_there
from crmtext.sync import plan as sync_plan
from crmtext.sync import waiting_branches
from crmtext.sync.conflicts import conflicts
from crmtext.validation import staged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.git.upstream import Upstream
    from crmtext.storage.checkout import CheckoutStep
    from crmtext.store import Store
    from crmtext.sync.conflicts import Conflict


class Synced(NamedTuple):
    """The result of a sync: what was received and pushed, and the conflicts or problems that stopped it."""

    name: str
    received: int = 0
    sent: int = 0
    conflicts: tuple[Conflict, ...] = ()
    #: Errors that the upstream does not have; nothing was pushed then.
    problems: tuple[Problem, ...] = ()
    #: The branch whose merge would introduce these errors, so that it was not made; empty if they are in own commits.
    undone: str = ""
    #: The user's uncommitted files, which were not pushed.
    uncommitted: tuple[str, ...] = ()
    #: How many commits were made during the push.
    later: int = 0
    #: The commit of a merge that had no conflicts left.
    merge: str | None = None
    #: Whether `problems` are those of such a merge, which was not committed.
    unfinished: bool = False
    #: The commit of edits by hand.
    edits: str | None = None
    #: Whether `problems` are those of such edits, which were not committed.
    wrong_edits: bool = False
    #: The branch that was pushed because the upstream is protected, and how many commits wait in it.
    branch: str = ""
    waiting: int = 0
    #: Files in it that a person must merge.
    for_a_person: tuple[str, ...] = ()

    @property
    def committed(self) -> tuple[str, ...]:
        """A line for each commit that was made before the fetch."""
        merge = [_("Completed the merge: {commit}").format(commit=self.merge[:8])] if self.merge else []
        edits = [_("Committed your edits: {commit}").format(commit=self.edits[:8])] if self.edits else []
        return (*merge, *edits)

    @property
    def stopped(self) -> bool:
        """Whether conflicts or problems stopped the sync."""
        return bool(self.conflicts or self.problems)


def run(store: Store, message: str = "") -> Synced:
    """Fetch, merge, check and push. With a message, valid edits by hand are committed first.

    A merge in progress without conflicts left is committed before. The store is locked only while files change.
    """
    repo = store.git()
    with store.writing():
        where = _upstream(repo)
        merge, problems = _merge_in_progress(store)
        if problems:
            return Synced(where.name, problems=problems, unfinished=True, uncommitted=_own(repo))
        _refuse_merging(repo)
        edits, problems = commit_edits(store, message) if message else (None, ())
        so_far = Synced(where.name, merge=merge, edits=edits)
        if problems:
            return so_far._replace(problems=problems, wrong_edits=True, uncommitted=_own(repo))
    try:
        return _exchange(store, where, so_far)
    except CrmError as error:
        if not so_far.committed:
            raise
        # Say that these commits stay, so that they are not taken for lost or for pushed.
        hint = "\n".join((*so_far.committed, error.problem.hint))
        raise CrmError(error.problem._replace(hint=hint), error.exit_code) from None


def _exchange(store: Store, where: Upstream, so_far: Synced) -> Synced:
    """Fetch, merge, check and push the commits; to a waiting branch if the upstream is protected."""
    repo = store.git()
    protected = waiting_branches.always(store, where)
    for _try in range(sync_plan.TRIES):
        target, there = where, upstream.fetch(repo, where)
        theirs = there
        so_far, commit = _merged(store, where, where, there, theirs, so_far)
        if protected and commit and not so_far.stopped and git_merge.count(repo, theirs, commit):
            target = waiting_branches.of_user(store, where)
            there = upstream.fetch_waiting(repo, target)
            # Another clone of the same user may have pushed more there.
            if there and not git_merge.contains(repo, commit, there):
                so_far, commit = _merged(store, where, target, there, theirs, so_far)
        if commit is None:
            continue
        if so_far.stopped:
            return so_far._replace(uncommitted=_own(repo))
        sent = git_merge.count(repo, theirs, commit, there)
        try:
            done = not sent or sync_plan.send(repo, target, commit, there)
        except upstream.ProtectedError:
            if protected or not waiting_branches.possible(repo, where):
                raise
            protected = True
            continue
        except upstream.DeniedError as error:
            raise waiting_branches.with_branch(store, where, error) from None
        if done:
            so_far = so_far._replace(sent=sent, uncommitted=_own(repo), later=git_merge.count(repo, commit, "HEAD"))
            return so_far if target is where else _waiting(repo, so_far, target, commit, theirs)
    message = _("others keep pushing to {name}").format(name=where.name)
    raise cannot("others-quicker", message, _("your commits are merged but not pushed; run the command again"))


def _waiting(repo: Repository, so_far: Synced, target: Upstream, commit: str, theirs: str | None) -> Synced:
    """The result with the commits that wait in a branch."""
    count, left = git_merge.count(repo, theirs, commit), sync_plan.for_a_person(repo, theirs or repo.empty_tree, commit)
    return so_far._replace(branch=target.there, waiting=count, for_a_person=left)


def _merged(
    store: Store, where: Upstream, source: Upstream, tip: str | None, theirs: str | None, so_far: Synced
) -> tuple[Synced, str | None]:
    """Merge a branch, and check what is new to the upstream; returns the commit to push, or None to try again."""
    repo = store.git()
    mine = resolve(repo, "HEAD")
    plan = sync_plan.plan(store, source, mine, tip, theirs)
    if plan.together:
        return so_far._replace(problems=plan.together, undone=source.name), plan.commit
    if plan.step and not _taken(store, where, source, plan.step):
        return so_far, None
    so_far = so_far._replace(received=so_far.received + (git_merge.count(repo, mine, tip) if tip else 0))
    if not plan.commit:
        return so_far._replace(conflicts=conflicts(store)), ""
    return so_far._replace(problems=plan.problems), plan.commit


def _merge_in_progress(store: Store) -> tuple[str | None, tuple[Problem, ...]]:
    """Commit a merge in progress without conflicts left; returns the commit, or the errors that it would introduce."""
    repo = store.git()
    if merge_in_progress(repo) != "merge" or git_merge.unmerged(repo):
        return None, ()
    result = staged.check(store)
    if result and result.rejected:
        return None, tuple(problem for problem in result.blocking.problems if problem.severity is Severity.ERROR)
    return finish_merge(repo), ()


def _taken(store: Store, where: Upstream, source: Upstream, step: CheckoutStep) -> bool:
    """Carry out the step; False if somebody has committed since it was planned."""
    repo = store.git()
    with store.writing():
        if _ready(repo) != where:
            message = _("another branch was checked out in the meantime")
            raise cannot("branch-changed", message, _("run the command again"))
        if head(repo) != step.old:
            return False
        _refuse_overlap(repo, checkout.differing(repo, step), alone=bool(step.stages))
        checkout.take(repo, step, f"crmtext sync: {source.name}")
        return True


def _ready(repo: Repository) -> Upstream:
    """The upstream. Raises CrmError if a merge or the like is in progress."""
    _refuse_merging(repo)
    return _upstream(repo)


def _upstream(repo: Repository) -> Upstream:
    """The upstream. Raises CrmError if there is none, or git would run a program of the clone's settings."""
    where = upstream.tracked(repo)
    upstream.refuse_received(repo)
    upstream.refuse_inside(repo, where)
    if head(repo) is None:
        raise cannot("nothing-committed", _("no commits yet"), "git add . && git commit")
    return where


def _refuse_merging(repo: Repository) -> None:
    try:
        refuse_unfinished(repo)
    except CrmError as error:
        if not git_merge.unmerged(repo):
            raise
        hint = _("to list the conflicts: crmtext resolve; to undo the merge: git merge --abort")
        raise cannot(error.problem.rule, error.problem.message, hint) from None


def _refuse_overlap(repo: Repository, incoming: Iterable[str], *, alone: bool) -> None:
    """Raise CrmError if the incoming files have uncommitted changes; with `alone`, if any changes are staged."""
    staged = {path for change in changed_staged(repo, renames=False) for path in (change.new, change.old) if path}
    own = {*changed_on_disk(repo), *staged}
    if both := sorted(own & {*incoming}):
        message = _("'{path}' has uncommitted changes, and a colleague changed it as well").format(path=both[0])
        hint = _("commit it first (or run git stash -u), then run the command again")
        raise cannot("uncommitted-changes", message, hint, Place(both[0]))
    # The commit that finishes a merge with conflicts would contain them.
    if alone and staged:
        raise staged_there(min(staged))


def _own(repo: Repository) -> tuple[str, ...]:
    return tuple(sorted(uncommitted(repo)))
