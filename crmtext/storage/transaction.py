"""Carrying out what stands in the journal: all of it, or nothing where something fails; and after a kill, the rest."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.git.plumbing import Repository, head
from crmtext.git.reading import blob_of
from crmtext.i18n import _
from crmtext.layout import HIDDEN
from crmtext.problem import CrmError, Problem, Severity
from crmtext.storage import journal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from crmtext.storage.journal import Commit, Part, Transaction

#: What another try may bring to a good end.
_PASSING = frozenset({"disk-full", "write-failed", "git-locked"})


class Home(NamedTuple):
    """A store as its writer sees it: its folder, and the repository that it lies in."""

    root: Path
    repo: Repository | None

    @property
    def own(self) -> Path:
        """The folder for what is this clone's own; a received one may be a link, and is opened through no link."""
        return self.repo.own if self.repo else self.root / HIDDEN


def do(home: Home, transaction: Transaction) -> str | None:
    """Carry out a transaction, under the lock: the commit that was made, None if none was asked for."""
    journal.begin(home.own, transaction)
    made = None
    try:
        _put(home, transaction.parts)
        _settle(home, transaction)
        if home.repo and transaction.commit:
            made = _commit(home.repo, transaction.commit)
    except BaseException:
        # Where this fails as well, the next writer does it.
        with suppress(OSError, CrmError):
            _take_back(home, transaction)
        raise
    # It is done, and must not be called a failure; who comes next clears up.
    with suppress(OSError, CrmError):
        journal.end(home.own, made)
    return made


def finish(home: Home) -> tuple[Problem, ...]:
    """Finish, or take back, what a killed writer began, under the lock; what is to be told about it."""
    files.sweep(home.own, within=home.own.parent)
    told = tuple(_told_of_unreadable(kept) for kept in journal.put_unreadable_aside(home.own))
    if transaction := journal.turned(home.own):
        _sweep(home, transaction)
        _take_back(home, transaction)
    if transaction := journal.begun(home.own):
        _sweep(home, transaction)
        return (*told, *_finish(home, transaction))
    return told


def _finish(home: Home, transaction: Transaction) -> tuple[Problem, ...]:
    # One who was killed before the first file has done nothing.
    if not any(_holds(home, part.path, part.after) for part in transaction.parts):
        journal.drop(home.own)
        return ()
    try:
        _put(home, (part for part in transaction.parts if _holds(home, part.path, part.before)))
    except CrmError as error:
        if error.problem.rule in _PASSING:
            raise
    if left := [part.path for part in transaction.parts if not _holds(home, part.path, part.after)]:
        return (_told_of_rest(transaction, left, journal.put_aside(home.own)),)
    made, why = None, ""
    try:
        _settle(home, transaction)
        if home.repo and transaction.commit:
            from crmtext.storage.fsync import sync_objects

            # The names of what the killed one wrote may not be on the disk yet.
            sync_objects(home.repo, everything=True)
            made = _commit(home.repo, transaction.commit)
    except CrmError as error:
        if error.problem.rule in _PASSING:
            raise
        why = _("it is on disk but not committed: {reason}").format(reason=error.problem.message)
    journal.end(home.own, made)
    return (_told(transaction, why),)


def _holds(home: Home, path: str, content: bytes | None) -> bool:
    """Whether a file is as it should be; what is no file any more is not."""
    try:
        return files.read(home.root / path, within=home.root) == content
    except CrmError:
        return False


def _told(transaction: Transaction, hint: str) -> Problem:
    message = _("completed an interrupted command: {what}").format(what=transaction.says)
    return Problem("killed-command", message, hint=hint, severity=Severity.WARNING)


def _told_of_rest(transaction: Transaction, left: Iterable[str], kept: Path) -> Problem:
    message = _("an interrupted command was completed only in part: {what}").format(what=transaction.says)
    hint = _("not changed: {paths}; the intended content is kept in {file}").format(paths=", ".join(left), file=kept)
    return Problem("killed-command", message, hint=hint, severity=Severity.WARNING)


def _told_of_unreadable(kept: Path) -> Problem:
    message = _("an interrupted command left an unreadable journal")
    hint = _("it was neither completed nor undone; see its changes with git status; the journal is kept in {file}")
    return Problem("killed-command", message, hint=hint.format(file=kept), severity=Severity.WARNING)


def _put(home: Home, parts: Iterable[Part]) -> None:
    """Write parts: first every new text beside its file, as a full disk shows there, then all the names."""
    wanted = tuple(parts)
    filled: dict[str, Path] = {}
    try:
        for part in wanted:
            if part.after is not None:
                filled[part.path] = _fill(home, part, part.after)
        for part in wanted:
            _name(home, part, filled.get(part.path))
    finally:
        for temporary in filled.values():
            files.discard(temporary, within=home.root)
    for folder in dict.fromkeys((home.root / part.path).parent for part in wanted):
        with files.plainly(folder):
            files.sync_folder(folder, within=home.root)


def _fill(home: Home, part: Part, data: bytes) -> Path:
    path = home.root / part.path
    files.guard(path, part.before, within=home.root)
    files.make_folder(path.parent, within=home.root)
    return files.fill(path, data, within=home.root)


def _name(home: Home, part: Part, temporary: Path | None) -> None:
    path = home.root / part.path
    if temporary:
        files.put(temporary, path, part.before, within=home.root)
    elif part.before is not None:
        files.remove(path, part.before, within=home.root)


def _settle(home: Home, transaction: Transaction) -> None:
    """Have git know that nothing is in conflict any more in files of the transaction."""
    if home.repo and transaction.settles:
        from crmtext.storage.user_index import settle

        settle(home.repo, [home.repo.prefix + path for path in transaction.settles])


def _take_back(home: Home, transaction: Transaction) -> None:
    """Leave no part of a transaction that failed, but what somebody else has changed since."""
    if journal.begun(home.own):
        journal.turn(home.own)
    try:
        written = (part for part in transaction.parts if _holds(home, part.path, part.after))
        _put(home, [part._replace(before=part.after, after=part.before) for part in written])
    except CrmError as error:
        if error.problem.rule in _PASSING:
            raise
    _sweep(home, transaction)
    journal.drop(home.own)


def _sweep(home: Home, transaction: Transaction) -> None:
    for folder in {(home.root / part.path).parent for part in transaction.parts}:
        # One that is a link by now has nothing of ours in it.
        with suppress(CrmError):
            files.sweep(folder, within=home.root)


def _commit(repo: Repository, wanted: Commit) -> str:
    """Commit, if HEAD still holds what it held; give the commit that holds the parts."""
    # Who only writes files does not wait for this.
    from crmtext.storage import commit as storage_commit
    from crmtext.storage.move_head import moved

    at = head(repo)
    if not _in_commit(repo, at, wanted.parts, before=True):
        raise moved()
    content = {repo.prefix + part.path: part.after for part in wanted.parts}
    try:
        return storage_commit.commit(
            repo,
            content,
            wanted.message,
            author=wanted.author,
            staged=staged(repo, wanted.staged),
        )
    except BaseException:
        # What comes after HEAD has moved is clearing up, which the next writer does.
        now = head(repo)
        if now and now != at and _in_commit(repo, now, wanted.parts):
            return now
        raise


def staged(repo: Repository, parts: Iterable[Part]) -> dict[str, tuple[bytes, bytes]]:
    """What is staged, by path from the top of the work tree."""
    return {repo.prefix + each.path: (each.before, each.after) for each in parts if each.before and each.after}


def _in_commit(repo: Repository, commit: str | None, parts: Iterable[Part], *, before: bool = False) -> bool:
    """Whether a commit holds each part as it is after the transaction; with `before`, or as it was before."""
    from crmtext.storage.commit import entries

    wanted = {repo.prefix + part.path: part for part in parts}
    found = entries(repo, commit, wanted)
    for path, part in wanted.items():
        blob = found[path].blob if path in found else None
        if blob != blob_of(repo, part.after) and not (before and blob == blob_of(repo, part.before)):
            return False
    return True
