"""Bringing a clone and the others' copy together: fetch, merge, check, push; stopping with everything intact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext import checks, wiring
from crmtext.git import merging
from crmtext.git.commit import refuse_unfinished, staged_there
from crmtext.git.config import identity, stranger
from crmtext.git.plumbing import Repository, head, resolve
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.i18n import _
from crmtext.problem import CrmError, Place, Problem, Severity, cannot
from crmtext.unsettled import Conflict, Kind, conflicts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.git.merging import Tracked
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: How often a push is tried again when a colleague was quicker.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Synced:
    """What came and went; what a person has to decide, or what is wrong, where it stopped."""

    name: str
    received: int = 0
    sent: int = 0
    conflicts: tuple[Conflict, ...] = ()
    #: Errors that neither side had before; nothing was sent then.
    problems: tuple[Problem, ...] = ()
    #: Whether these came of the merge, which was undone; else they are in what was to be sent.
    undone: bool = False
    #: The user's own changes, which were not committed and so not sent.
    uncommitted: tuple[str, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether there is something to do first."""
        return bool(self.conflicts or self.problems)


def run(store: Store) -> Synced:
    """Fetch, merge, check, push. Nothing of the user's is committed that was not."""
    repo = store.git()
    with store.writing():
        _refuse_merging(repo)
        where = merging.tracked(repo)
        merging.refuse_received(repo)
        _refuse_empty(repo)
        received = 0
        for _try in range(_TRIES):
            merging.fetch(repo, where)
            done = _together(store, repo, where)
            received += done.received
            if done.stopped or not done.sent or merging.push(repo, where):
                return Synced(where.name, received, done.sent, done.conflicts, done.problems, done.undone, _own(repo))
    message = _("others push to {name} all the time").format(name=where.name)
    raise cannot("others-quicker", message, _("your work is merged and not sent yet; run the command again"))


def _together(store: Store, repo: Repository, where: Tracked) -> Synced:
    """Our branch with all that theirs has, checked; nothing sent yet."""
    mine, theirs = resolve(repo, "HEAD"), _theirs(repo, where)
    if theirs is None:
        return _outgoing(store, repo, where, 0)
    received = merging.count(repo, mine, theirs)
    if not received:
        return _outgoing(store, repo, where, 0)
    if merging.contains(repo, theirs, mine):
        _refuse_overlap(repo, merging.paths(repo, mine, theirs), staged_too=False)
        merging.forward(repo, theirs)
        return Synced(where.name, received)
    _refuse_overlap(repo, merging.paths(repo, mine, theirs), staged_too=True)
    return _merged(store, repo, where, received)


def _merged(store: Store, repo: Repository, where: Tracked, received: int) -> Synced:
    if identity(repo) is None:
        raise stranger()
    config = (f"{wiring.DRIVER}={wiring.driver()}",)
    if not merging.begin(repo, where, config) and not _only_new(store, repo):
        return Synced(where.name, received, conflicts=conflicts(store) or _elsewhere(repo))
    try:
        found = _new_errors(store.index(), (store.at("HEAD"), store.at(where.ref)))
        if not found:
            merging.conclude(repo)
    except BaseException:
        merging.abort(repo)
        raise
    if found:
        merging.abort(repo)
        return Synced(where.name, problems=found, undone=True)
    return Synced(where.name, received, merging.count(repo, where.ref, "HEAD"))


def _only_new(store: Store, repo: Repository) -> bool:
    """Take in new customers whom git took for renamed ones; whether that was all."""
    merging.settle(repo, (repo.prefix + each.path for each in conflicts(store) if each.kind is Kind.NEW))
    return not merging.unmerged(repo)


def _outgoing(store: Store, repo: Repository, where: Tracked, received: int) -> Synced:
    """What is to be sent, if it brings no error along."""
    theirs = _theirs(repo, where)
    sent = merging.count(repo, theirs, "HEAD") if theirs else merging.count(repo, repo.empty_tree, "HEAD")
    found = _new_errors(store.at("HEAD"), (store.at(theirs),) if theirs else ()) if sent else ()
    return Synced(where.name, received, sent, problems=found)


def _new_errors(now: Snapshot, before: Iterable[Snapshot]) -> tuple[Problem, ...]:
    """The errors that were on neither side."""
    errors = [each for each in checks.run(now) if each.severity is Severity.ERROR]
    known = {each.identity for side in before for each in checks.run(side)} if errors else set()
    return tuple(each for each in errors if each.identity not in known)


def _theirs(repo: Repository, where: Tracked) -> str | None:
    try:
        return resolve(repo, where.ref)
    except CrmError:
        return None


def _refuse_merging(repo: Repository) -> None:
    try:
        refuse_unfinished(repo)
    except CrmError as error:
        if not merging.unmerged(repo):
            raise
        hint = _("crmtext resolve shows what is to be decided; git merge --abort goes back to before")
        raise cannot(error.problem.rule, error.problem.message, hint) from None


def _refuse_empty(repo: Repository) -> None:
    if head(repo) is None:
        raise cannot("nothing-committed", _("nothing is committed here yet"), "git add . && git commit")


def _refuse_overlap(repo: Repository, incoming: Iterable[str], *, staged_too: bool) -> None:
    """Refuse before anything is touched where the user's uncommitted work is in what comes."""
    staged = {path for each in changed_staged(repo, renames=False) for path in (each.new, each.old) if path}
    own = {*changed_on_disk(repo), *staged}
    if both := sorted(own & {*incoming}):
        message = _("'{path}' is changed here and not committed, and a colleague changed it as well").format(
            path=both[0]
        )
        hint = _("git commit it first (or git stash), then run the command again")
        raise cannot("uncommitted-changes", message, hint, Place(both[0]))
    if staged_too and staged:
        raise staged_there(min(staged))


def _elsewhere(repo: Repository) -> tuple[Conflict, ...]:
    """Conflicts in files that are no records."""
    return tuple(Conflict(path, path, "", Kind.OTHER) for path in merging.unmerged(repo))


def _own(repo: Repository) -> tuple[str, ...]:
    return tuple(path for path in changed_on_disk(repo, repo.prefix + "records"))
