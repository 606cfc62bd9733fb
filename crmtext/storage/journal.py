"""What the tool is about to do to a store, written down before it begins, and kept when done so that it can be undone.

In a folder of the clone's own: `doing.json` from before the first file is touched until all is done, `undoing.json`
while something that failed is taken back, and `done/` with the last few.
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

#: How many transactions are kept to be undone.
KEPT = 20
#: More bytes than these no transaction may have that is to be read again.
LARGEST = 256 * 1024 * 1024
_DOING, _UNDOING, _DONE, _ASIDE = "doing.json", "undoing.json", "done", "aside"
#: What stands in a name for the commit where none was made.
_DISK = "disk"
_NAME = lazy.pattern(r"[0-9]{6,9}-(?:disk|unfinished|unreadable|[0-9a-f]{40,64})\.json")
_STRING = lazy.pattern(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"')
#: How many brackets, commas and blanks a transaction of a quarter of a million files has.
_MOST_MARKS = 2 * 1024 * 1024


class Part(NamedTuple):
    """What is done to one file: its path in the store, its bytes before and after; None where there is none."""

    path: str
    before: bytes | None
    after: bytes | None


class Commit(NamedTuple):
    """What is committed: its parts are those of HEAD, which differ from the disk's where the user has edits."""

    message: str
    author: tuple[str, str]
    parts: tuple[Part, ...]
    #: What the user has staged of the same files, and what it is with the change in it.
    staged: tuple[Part, ...] = ()


class Transaction(NamedTuple):
    """A change of files, all of it or nothing, and the commit of it where one is wanted."""

    #: The change in a line, as in a commit's subject.
    says: str
    parts: tuple[Part, ...]
    commit: Commit | None = None
    #: The name of the transaction that this one undoes.
    undoes: str = ""
    #: Files that git is told of then: what was in conflict in them is decided.
    settles: tuple[str, ...] = ()


class Done(NamedTuple):
    """A transaction that was carried out: the name it is kept by, and the commit that was made."""

    name: str
    transaction: Transaction
    commit: str | None


def begin(folder: Path, transaction: Transaction) -> None:
    """Write down what is about to be done, before it is."""
    data = _written(transaction)
    if len(data) > LARGEST:
        message = _("the change is too large: {size} bytes").format(size=len(data))
        raise cannot("file-too-large", message, _("change fewer records at a time"))
    files.make_folder(folder, within=folder.parent)
    with files.plainly(folder), files.opened(folder.parent) as above:
        # Its texts are those of records that may be private: for those alone who may write in the folder.
        shared = above.about(folder.name).st_mode & 0o020
    files.write(folder / _DOING, data, None, within=folder.parent, mode=0o660 if shared else 0o600)


def begun(folder: Path) -> Transaction | None:
    """The transaction that somebody began and did not end."""
    return _read(folder, _DOING)


def turn(folder: Path) -> None:
    """Have the transaction that was begun be taken back from now on, instead of finished."""
    files.move(folder / _DOING, folder / _UNDOING, within=folder.parent)
    _sync(folder)


def turned(folder: Path) -> Transaction | None:
    """The transaction that was to be taken back."""
    return _read(folder, _UNDOING)


def drop(folder: Path) -> None:
    """Forget the transaction that was begun: nothing of it is left."""
    for name in (_DOING, _UNDOING):
        files.delete(folder / name, within=folder.parent)
    _sync(folder)


def end(folder: Path, commit: str | None) -> None:
    """Keep the transaction that was begun as one that is done."""
    transaction = begun(folder)
    if transaction and transaction.undoes:
        forget(folder, transaction.undoes)
        files.delete(folder / _DOING, within=folder.parent)
        return
    _keep(folder, _DOING, _DONE, commit or _DISK)


def put_aside(folder: Path) -> Path:
    """Where the transaction that could not be finished is kept from now on."""
    return _keep(folder, _DOING, _ASIDE, "unfinished")


def put_unreadable_aside(folder: Path) -> tuple[Path, ...]:
    """Where that is kept from now on which stands for a transaction and cannot be read."""
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
    """The newest transaction that is done and not undone."""
    for name in reversed(_names(folder, _DONE)):
        if transaction := _read(folder, _DONE, name):
            made = name.removesuffix(".json").partition("-")[2]
            return Done(name, transaction, None if made == _DISK else made)
    return None


def forget(folder: Path, name: str) -> None:
    """Keep a transaction no longer."""
    files.delete(folder / _DONE / name, within=folder.parent)


def _sync(folder: Path) -> None:
    with files.plainly(folder):
        files.sync_folder(folder, within=folder.parent)


def _names(folder: Path, shelf: str) -> tuple[str, ...]:
    """The names of transactions that are kept, oldest first."""
    found = (name for name in files.names(folder / shelf, within=folder.parent) if _NAME.fullmatch(name))
    return tuple(sorted(found, key=lambda name: int(name.partition("-")[0])))


def _written(transaction: Transaction) -> bytes:
    commit = transaction.commit and {
        "message": transaction.commit.message,
        "author": transaction.commit.author,
        # Mostly HEAD and the disk are the same, and the texts are kept once.
        "parts": None if transaction.commit.parts == transaction.parts else _texts(transaction.commit.parts),
        "staged": _texts(transaction.commit.staged),
    }
    data = {
        "says": transaction.says,
        "parts": _texts(transaction.parts),
        "commit": commit,
        "undoes": transaction.undoes,
        "settles": transaction.settles,
    }
    return json.dumps(data).encode()


def _texts(parts: Iterable[Part]) -> list[list[str | None]]:
    return [[part.path, _text(part.before), _text(part.after)] for part in parts]


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", errors="surrogateescape")


def _read(folder: Path, *names: str) -> Transaction | None:
    """What a file holds; None where there is none, or it cannot be read, as that of another version of ours.

    A folder that was received may bring one: whatever is in it is looked at before anything is done by it.
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
    """Whether what comes of a text takes no more room than the text: millions of brackets take sixty times as much."""
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
    return Transaction(_text_in(data["says"]), parts, commit, undoes, tuple(map(_path, data.get("settles", ()))))


def _parts(texts: Iterable[Any]) -> tuple[Part, ...]:
    return tuple(Part(_path(path), _bytes(before), _bytes(after)) for path, before, after in texts)


def _path(value: Any) -> str:
    """The path of a file that crmtext writes. Raises ValueError of any other, as of one that leads out of the store."""
    path = _text_in(value)
    written = sources.is_record(path) or path in (layout.SETTINGS, layout.SCHEMA)
    if not written or not all(is_name(part) and part[0] != "." for part in path.split("/")):
        raise ValueError(path)
    return path


def _text_in(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _word(value: Any) -> str:
    """A text that git can be given."""
    word = _text_in(value)
    if "\0" in word:
        raise ValueError(word)
    word.encode()
    return word


def _bytes(text: Any) -> bytes | None:
    return None if text is None else _text_in(text).encode("utf-8", errors="surrogateescape")
