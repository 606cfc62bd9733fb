"""Keys and backups to try things on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.protection import keys
from crmtext.protection.backup import make
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class KeyFile(NamedTuple):
    """A private key in a file, and its public half."""

    path: Path
    public: str


def key(path: Path, monkeypatch: pytest.MonkeyPatch | None = None, passphrase: str = "") -> KeyFile:
    """A new key in a file; with `monkeypatch` it is the user's own."""
    public = keys.make(path, passphrase)
    if monkeypatch:
        monkeypatch.setenv("CRMTEXT_KEY", str(path))
    return KeyFile(path, public)


def own() -> tuple[keys.Key, ...]:
    """The user's keys, which need no passphrase."""

    def never(path: Path) -> str:
        raise AssertionError(path)

    return keys.own(never)


def backup(store: Path, folder: Path, *public: str) -> Path:
    """A backup of a store."""
    return make.backup(Store.find(store), folder, public).file


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, and every folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"/"
        for path in sorted(folder.rglob("*"))
    }
