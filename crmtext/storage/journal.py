"""The journal of transactions: written before the first change, kept after the last one for undo.

In the clone's own folder: `doing.json` while files are changed, `undoing.json` while a failed transaction is rolled
back, and `done/` with the last transactions.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext import layout, sources
from crmtext.disk import files
from crmtext.disk.nofollow import is_name
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: How many transactions are kept for undo.
KEPT = 20
#: The largest transaction in bytes.
LARGEST = 256 * 1024 * 1024
_DOING, _UNDOING, _DONE, _ASIDE = "doing.json", "undoing.json", "done", "aside"
#: Replaces the commit in a name if there is none.
_DISK = "disk"
_NAME = lazy.pattern(r"[0-9]{6,9}-(?:disk|unfinished|unreadable|[0-9a-f]{40,64})\.json")
_COMMIT = lazy.pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_STRING = lazy.pattern(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"')
#: Enough brackets, commas and blanks for a transaction of a quarter of a million files.
_MOST_MARKS = 2 * 1024 * 1024


class Part(NamedTuple):
    """The change of one file: its path in the store, its bytes before and after; None if missing."""

    path: str
    before: bytes | None
    after: bytes | None


class Commit(NamedTuple):
    """A commit. Its parts change HEAD; they differ from those on the disk if the user has edits."""

    message: str
    author: tuple[str, str]
    parts: tuple[Part, ...]
    #: Staged content of the same files, without and with the change.
    staged: tuple[Part, ...] = ()


class Transaction(NamedTuple):
    """A change of files, carried out as a whole or not at all, and its commit if one is wanted."""

    #: The change in a line, as in a commit's subject.
    says: str
    parts: tuple[Part, ...]
    commit: Commit | None = None
    #: The name of the transaction that this one undoes.
    undoes: str = ""
    #: Files whose conflicts this resolves, which are staged.
    settles: tuple[str, ...] = ()
    #: Whether the journal keeps only the id of its commit once it is done, as of an import: git has the texts.
    brief: bool = False
    #: The commit of a brief transaction, which then has no parts.
    in_commit: str = ""
    #: The message for the user's own commit of it, with trailers for programs; empty if it is committed already.
    message: str = ""
    #: Whether it can't be undone, as a disclosure: the journal keeps nothing of it once it is done.
    final: bool = False


class Done(NamedTuple):
    """A finished transaction: its name in the journal, and its commit."""

    name: str
    transaction: Transaction
    commit: str | None


def begin(folder: Path, transaction: Transaction) -> None:
    """Write a transaction to the journal, before its first change."""
    data = _written(transaction)
    if len(data) > LARGEST:
        message = _("the change is too large: {size} bytes").format(size=len(data))
        raise cannot("file-too-large", message, _("change fewer records at a time"))
    files.make_folder(folder, within=folder.parent)
    with files.plainly(folder), files.opened(folder.parent) as above:
        # It contains records that may be private: readable only for users who may write to the folder.
        shared = above.about(folder.name).st_mode & 0o020
    files.write(folder / _DOING, data, None, within=folder.parent, mode=0o660 if shared else 0o600)


def begun(folder: Path) -> Transaction | None:
    """Return the transaction that was begun and not ended."""
    return _read(folder, _DOING)


def begin_rollback(folder: Path) -> None:
    """Mark the transaction as being rolled back."""
    files.move(folder / _DOING, folder / _UNDOING, within=folder.parent)
    _sync(folder)


def rolling_back(folder: Path) -> Transaction | None:
    """Return the transaction that is being rolled back."""
    return _read(folder, _UNDOING)


def drop(folder: Path) -> None:
    """Delete the transaction that was begun: none of its changes is left."""
    for name in (_DOING, _UNDOING):
        files.delete(folder / name, within=folder.parent)
    _sync(folder)


def end(folder: Path, commit: str | None) -> None:
    """Keep the transaction that was begun as a finished one."""
    transaction = begun(folder)
    if transaction and (transaction.undoes or transaction.final):
        if transaction.undoes:
            forget(folder, transaction.undoes)
        files.delete(folder / _DOING, within=folder.parent)
        return
    if transaction and transaction.brief and commit and not transaction.in_commit:
        whole = files.read(folder / _DOING, within=folder.parent, limit=LARGEST)
        short = _written(Transaction(transaction.says, (), brief=True, in_commit=commit))
        files.write(folder / _DOING, short, whole, within=folder.parent)
    _keep(folder, _DOING, _DONE, commit or _DISK)


def put_aside(folder: Path) -> Path:
    """Move an unfinished transaction aside, and return its new path."""
    return _keep(folder, _DOING, _ASIDE, "unfinished")


def put_unreadable_aside(folder: Path) -> tuple[Path, ...]:
    """Move unreadable transactions aside, and return their new paths."""
    there = files.names(folder, within=folder.parent)
    left = [name for name in (_DOING, _UNDOING) if name in there and _read(folder, name) is None]
    return tuple(_keep(folder, name, _ASIDE, "unreadable") for name in left)


def _keep(folder: Path, file: str, shelf: str, what: str) -> Path:
    files.make_folder(folder / shelf, within=folder.parent)
    names = _names(folder, shelf)
    number = int(names[-1].partition("-")[0]) + 1 if names else 1
    there = files.names(folder / shelf, within=folder.parent)
    while (name := f"{number:06}-{what}.json") in there:
        number += 1
    kept = folder / shelf / name
    files.move(folder / file, kept, within=folder.parent)
    for old in names[: max(len(names) + 1 - KEPT, 0)]:
        files.delete(folder / shelf / old, within=folder.parent)
    return kept


def last(folder: Path) -> Done | None:
    """Return the last finished transaction that is not undone."""
    for name in reversed(_names(folder, _DONE)):
        if transaction := _read(folder, _DONE, name):
            commit = name.removesuffix(".json").partition("-")[2]
            return Done(name, transaction, None if commit == _DISK else commit)
    return None


def forget(folder: Path, name: str) -> None:
    """Delete a finished transaction."""
    files.delete(folder / _DONE / name, within=folder.parent)


def _sync(folder: Path) -> None:
    with files.plainly(folder):
        files.sync_folder(folder, within=folder.parent)


def _names(folder: Path, shelf: str) -> tuple[str, ...]:
    """The names of kept transactions, oldest first."""
    names = (name for name in files.names(folder / shelf, within=folder.parent) if _NAME.fullmatch(name))
    return tuple(sorted(names, key=lambda name: int(name.partition("-")[0])))


def _written(transaction: Transaction) -> bytes:
    commit = transaction.commit and {
        "message": transaction.commit.message,
        "author": transaction.commit.author,
        # Usually HEAD and the disk are the same, and the texts are written once.
        "parts": None if transaction.commit.parts == transaction.parts else _texts(transaction.commit.parts),
        "staged": _texts(transaction.commit.staged),
    }
    data = {
        "says": transaction.says,
        "parts": _texts(transaction.parts),
        "commit": commit,
        "undoes": transaction.undoes,
        "settles": transaction.settles,
        **({"brief": True, "in_commit": transaction.in_commit} if transaction.brief else {}),
        **({"message": transaction.message} if transaction.message else {}),
        **({"final": True} if transaction.final else {}),
    }
    return json.dumps(data).encode()


def _texts(parts: Iterable[Part]) -> list[list[str | None]]:
    return [[part.path, _text(part.before), _text(part.after)] for part in parts]


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", errors="surrogateescape")


def _read(folder: Path, *names: str) -> Transaction | None:
    """The transaction in a file; None if missing or unreadable, such as one of another version.

    A received folder may contain one, so every value is validated.
    """
    file = folder.joinpath(*names)
    try:
        raw = files.read(file, within=folder.parent, limit=LARGEST)
    except CrmError as error:
        if error.problem.rule != "file-too-large":
            raise
        return None
    try:
        text = (raw or b"").decode("ascii")
        return _transaction(json.loads(text)) if _is_modest(text) else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _is_modest(text: str) -> bool:
    """Whether parsing takes no more memory than the text: millions of brackets take sixty times as much."""
    return len(text) <= _MOST_MARKS or len(_STRING.sub("", text)) <= _MOST_MARKS


def _transaction(data: Any) -> Transaction:
    parts, commit = _parts(data["parts"]), data["commit"]
    if commit is not None:
        own = parts if commit["parts"] is None else _parts(commit["parts"])
        name, address = map(_word, commit["author"])
        staged = _parts(commit["staged"])
        commit = Commit(_word(commit["message"]), (name, address), own, staged)
    undoes = _word(data["undoes"])
    if undoes and not _NAME.fullmatch(undoes):
        raise ValueError(undoes)
    in_commit = _text_in(data.get("in_commit", ""))
    if in_commit and not _COMMIT.fullmatch(in_commit):
        raise ValueError(in_commit)
    settles = tuple(map(_path, data.get("settles", ())))
    says, message = _text_in(data["says"]), _word(data.get("message", ""))
    brief, final = (data.get(name) is True for name in ("brief", "final"))
    return Transaction(says, parts, commit, undoes, settles, brief, in_commit, message, final)


def _parts(texts: Iterable[Any]) -> tuple[Part, ...]:
    return tuple(Part(_path(path), _bytes(before), _bytes(after)) for path, before, after in texts)


def _path(value: Any) -> str:
    """The path of a file that crmtext writes. Raises ValueError for any other, such as one outside of the store."""
    path = _text_in(value)
    written = path in (layout.SETTINGS, layout.SCHEMA) or any(
        is_ours(path) for is_ours in (sources.is_record, layout.is_mapping, layout.is_disclosure)
    )
    if not written or not all(is_name(part) and part[0] != "." for part in path.split("/")):
        raise ValueError(path)
    return path


def _text_in(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _word(value: Any) -> str:
    """A text that git accepts as an argument."""
    word = _text_in(value)
    if "\0" in word:
        raise ValueError(word)
    word.encode()
    return word


def _bytes(text: Any) -> bytes | None:
    return None if text is None else _text_in(text).encode("utf-8", errors="surrogateescape")
