"""Carrying out transactions of the journal: as a whole, or rolled back on an error, or finished after a crash."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from crmtext.disk import files
from crmtext.git.merge import contains
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

#: Errors that another try may not have.
_PASSING = frozenset({"disk-full", "write-failed", "git-locked"})


#: A brief transaction of more files is committed first, and then checked out.
MANY = 500


class Home(NamedTuple):
    """A store's folder and repository."""

    root: Path
    repo: Repository | None

    @property
    def own(self) -> Path:
        """The clone's own folder. A received one may be a link; open it without following links."""
        return self.repo.own if self.repo else self.root / HIDDEN


def do(home: Home, transaction: Transaction) -> str | None:
    """Carry out a transaction, under the lock, and return its commit, None if none was requested."""
    is_large = transaction.brief and len(transaction.parts) > MANY
    if home.repo and is_large and (parent := _plain_parent(home, transaction)):
        return _commit_first(home.repo, transaction, parent)
    journal.begin(home.own, transaction)
    commit = None
    try:
        _put(home, transaction.parts)
        _settle(home, transaction)
        if home.repo and transaction.commit:
            commit = _commit(home.repo, transaction.commit)
    except BaseException:
        # If this fails as well, the next writer rolls back.
        with suppress(OSError, CrmError):
            _take_back(home, transaction)
        raise
    # The transaction is done: an error here must not fail it. The next writer cleans up.
    with suppress(OSError, CrmError):
        journal.end(home.own, commit)
    return commit


def _plain_parent(home: Home, transaction: Transaction) -> str | None:
    """HEAD if the transaction changes the same in HEAD, in the user's index and on the disk; else None."""
    commit = transaction.commit
    if home.repo is None or commit is None or commit.staged or commit.parts != transaction.parts:
        return None
    return head(home.repo)


def _commit_first(repo: Repository, transaction: Transaction, parent: str) -> str:
    """Make the commit, note its id, and check it out: git writes many files at once, and the journal holds no texts."""
    from crmtext.storage import checkout
    from crmtext.storage import commit as storage_commit
    from crmtext.storage.move_head import moved

    wanted = transaction.commit
    if wanted is None or not _in_commit(repo, parent, wanted.parts, before=True):
        raise moved()
    content = {repo.prefix + part.path: part.after for part in wanted.parts}
    id_ = storage_commit.commit_object(repo, parent, content, wanted.message, wanted.author)
    journal.begin(repo.own, transaction._replace(parts=(), commit=None, in_commit=id_))
    try:
        checkout.take(repo, checkout.CheckoutStep(parent, id_, id_), "commit: crmtext")
    except BaseException:
        # If the step could not be rolled back, the next writer does both.
        with suppress(OSError, CrmError):
            if head(repo) == parent and not repo.index_lock.exists():
                journal.drop(repo.own)
        raise
    with suppress(OSError, CrmError):
        journal.end(repo.own, id_)
    return id_


def finish(home: Home) -> tuple[Problem, ...]:
    """Finish or roll back the transaction of a killed writer, under the lock; returns warnings about it."""
    files.sweep(home.own, within=home.own.parent)
    warnings = tuple(_unreadable(kept) for kept in journal.put_unreadable_aside(home.own))
    if transaction := journal.rolling_back(home.own):
        _sweep(home, transaction)
        _take_back(home, transaction)
    if transaction := journal.begun(home.own):
        _sweep(home, transaction)
        return (*warnings, *_finish(home, transaction))
    return warnings


def _finish(home: Home, transaction: Transaction) -> tuple[Problem, ...]:
    if transaction.in_commit:
        # Its checkout is finished or rolled back already, by the note in the lock of the index.
        if not (home.repo and contains(home.repo, "HEAD", transaction.in_commit)):
            journal.drop(home.own)
            return ()
        journal.end(home.own, transaction.in_commit)
        return (_completed(transaction, ""),)
    # Killed before the first change.
    if not any(_holds(home, part.path, part.after) for part in transaction.parts):
        journal.drop(home.own)
        return ()
    try:
        _put(home, (part for part in transaction.parts if _holds(home, part.path, part.before)))
    except CrmError as error:
        if error.problem.rule in _PASSING:
            raise
    if left := [part.path for part in transaction.parts if not _holds(home, part.path, part.after)]:
        return (_partly_completed(transaction, left, journal.put_aside(home.own)),)
    commit, why = None, ""
    try:
        _settle(home, transaction)
        if home.repo and transaction.commit:
            from crmtext.storage.fsync import sync_objects

            # The files of the killed writer may not be synced yet.
            sync_objects(home.repo, everything=True)
            commit = _commit(home.repo, transaction.commit)
    except CrmError as error:
        if error.problem.rule in _PASSING:
            raise
        why = _("it is on disk but not committed: {reason}").format(reason=error.problem.message)
    journal.end(home.own, commit)
    return (_completed(transaction, why),)


def _holds(home: Home, path: str, content: bytes | None) -> bool:
    """Whether a file has this content; False for anything but a regular file."""
    try:
        return files.read(home.root / path, within=home.root) == content
    except CrmError:
        return False


def _completed(transaction: Transaction, hint: str) -> Problem:
    message = _("completed an interrupted command: {what}").format(what=transaction.says)
    return Problem("killed-command", message, hint=hint, severity=Severity.WARNING)


def _partly_completed(transaction: Transaction, left: Iterable[str], kept: Path) -> Problem:
    message = _("an interrupted command was completed only in part: {what}").format(what=transaction.says)
    hint = _("not changed: {paths}; the intended content is kept in {file}").format(paths=", ".join(left), file=kept)
    return Problem("killed-command", message, hint=hint, severity=Severity.WARNING)


def _unreadable(kept: Path) -> Problem:
    message = _("an interrupted command left an unreadable journal")
    hint = _("it was neither completed nor undone; see its changes with git status; the journal is kept in {file}")
    return Problem("killed-command", message, hint=hint.format(file=kept), severity=Severity.WARNING)


def _put(home: Home, parts: Iterable[Part]) -> None:
    """Write parts: first all new contents beside their files, where a full disk shows, then all renames."""
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
    """Stage the files whose conflicts the transaction resolves."""
    if home.repo and transaction.settles:
        from crmtext.storage.user_index import settle

        settle(home.repo, [home.repo.prefix + path for path in transaction.settles])


def _take_back(home: Home, transaction: Transaction) -> None:
    """Roll back a failed transaction, except for later changes by others."""
    if journal.begun(home.own):
        journal.begin_rollback(home.own)
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
        # A folder that was replaced by a link contains none of our files.
        with suppress(CrmError):
            files.sweep(folder, within=home.root)


def _commit(repo: Repository, wanted: Commit) -> str:
    """Commit the parts if HEAD still has the content before, and return the commit that has them."""
    # Imported here: commands without a commit start faster.
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
        # After HEAD has moved only cleanup is left, which the next writer does.
        now = head(repo)
        if now and now != at and _in_commit(repo, now, wanted.parts):
            return now
        raise


def staged(repo: Repository, parts: Iterable[Part]) -> dict[str, tuple[bytes, bytes]]:
    """The staged contents, by path from the top of the work tree."""
    return {repo.prefix + part.path: (part.before, part.after) for part in parts if part.before and part.after}


def _in_commit(repo: Repository, commit: str | None, parts: Iterable[Part], *, before: bool = False) -> bool:
    """Whether a commit has each part as it is after the transaction; with `before`, or before it."""
    from crmtext.storage.commit import entries

    wanted = {repo.prefix + part.path: part for part in parts}
    held = entries(repo, commit, wanted)
    for path, part in wanted.items():
        blob = held[path].blob if path in held else None
        if blob != blob_of(repo, part.after) and not (before and blob == blob_of(repo, part.before)):
            return False
    return True
