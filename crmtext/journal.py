"""What the tool is about to do to a store, written down before it begins, and kept when done so that it can be undone.

In a folder of the clone's own: `doing.json` from before the first file is touched until all is done, `undoing.json`
while something that failed is taken back, and `done/` with the last few.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: How many transactions are kept to be undone.
KEPT = 20
_DOING, _UNDOING, _DONE, _ASIDE = "doing.json", "undoing.json", "done", "aside"


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
    #: The new branch to commit on; empty for the one that is checked out.
    branch: str = ""
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
    files.make_folder(folder)
    # Its texts are those of records that may be private: for those alone who may write in the folder.
    shared = folder.stat().st_mode & 0o020
    files.write(folder / _DOING, _written(transaction), None, mode=0o660 if shared else 0o600)


def begun(folder: Path) -> Transaction | None:
    """The transaction that somebody began and did not end."""
    return _read(folder / _DOING)


def turn(folder: Path) -> None:
    """Have the transaction that was begun be taken back from now on, instead of finished."""
    (folder / _DOING).replace(folder / _UNDOING)
    files.sync_folder(folder)


def turned(folder: Path) -> Transaction | None:
    """The transaction that was to be taken back."""
    return _read(folder / _UNDOING)


def drop(folder: Path) -> None:
    """Forget the transaction that was begun: nothing of it is left."""
    for name in (_DOING, _UNDOING):
        (folder / name).unlink(missing_ok=True)
    files.sync_folder(folder)


def end(folder: Path, commit: str | None) -> None:
    """Keep the transaction that was begun as one that is done."""
    transaction = begun(folder)
    if transaction and transaction.undoes:
        forget(folder, transaction.undoes)
        (folder / _DOING).unlink()
        return
    _keep(folder / _DOING, folder / _DONE, commit or "disk")


def put_aside(folder: Path) -> Path:
    """Where the transaction that could not be finished is kept from now on."""
    return _keep(folder / _DOING, folder / _ASIDE, "unfinished")


def put_unreadable_aside(folder: Path) -> tuple[Path, ...]:
    """Where that is kept from now on which stands for a transaction and cannot be read."""
    left = (folder / name for name in (_DOING, _UNDOING))
    return tuple(_keep(file, folder / _ASIDE, "unreadable") for file in left if file.is_file() and _read(file) is None)


def _keep(file: Path, folder: Path, what: str) -> Path:
    files.make_folder(folder)
    names = _names(folder)
    number = int(names[-1].partition("-")[0]) + 1 if names else 1
    kept = folder / f"{number:06}-{what}.json"
    file.replace(kept)
    for name in names[: max(len(names) + 1 - KEPT, 0)]:
        (folder / name).unlink(missing_ok=True)
    return kept


def last(folder: Path) -> Done | None:
    """The newest transaction that is done and not undone."""
    for name in reversed(_names(folder / _DONE)):
        if transaction := _read(folder / _DONE / name):
            made = name.removesuffix(".json").partition("-")[2]
            return Done(name, transaction, None if made == "disk" else made)
    return None


def forget(folder: Path, name: str) -> None:
    """Keep a transaction no longer."""
    (folder / _DONE / name).unlink(missing_ok=True)


def _names(folder: Path) -> tuple[str, ...]:
    """The names of transactions that are kept, oldest first."""
    found = (each.name for each in folder.glob("*.json")) if folder.is_dir() else ()
    return tuple(sorted(name for name in found if name.partition("-")[0].isdecimal()))


def _written(transaction: Transaction) -> bytes:
    commit = transaction.commit and {
        "message": transaction.commit.message,
        "author": transaction.commit.author,
        # Mostly HEAD and the disk are the same, and the texts are kept once.
        "parts": None if transaction.commit.parts == transaction.parts else _texts(transaction.commit.parts),
        "branch": transaction.commit.branch,
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


def _read(file: Path) -> Transaction | None:
    """What a file holds; None where there is none, or it cannot be read, as that of another version of ours."""
    try:
        data = json.loads(file.read_bytes())
        parts, commit = _parts(data["parts"]), data["commit"]
        if commit:
            own = parts if commit["parts"] is None else _parts(commit["parts"])
            commit = Commit(commit["message"], tuple(commit["author"]), own, commit["branch"], _parts(commit["staged"]))
        return Transaction(data["says"], parts, commit, data["undoes"], tuple(data.get("settles", ())))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _parts(texts: Iterable[Any]) -> tuple[Part, ...]:
    return tuple(Part(path, _bytes(before), _bytes(after)) for path, before, after in texts)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", errors="surrogateescape")
