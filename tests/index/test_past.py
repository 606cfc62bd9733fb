"""Values of earlier commits in a file that may be missing, damaged or somebody else's."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest

from crmtext import layout
from crmtext.index import lookup, past
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo


@pytest.fixture
def store(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with an index, and so with a place for values."""
    monkeypatch.delenv("CRMTEXT_QUICK", raising=False)
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    repo.commit({"crmtext.toml": ""})
    store = Store(repo.path)
    lookup.snapshot(store)
    return store


def file(store: Store) -> Path:
    return store.git().own / layout.PAST


def link(path: Path) -> None:
    path.symlink_to(path.parent / "victim")


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIEW past AS SELECT 'k' AS kind, 'a' AS name, x'31' AS value")


def test_values_are_kept_by_kind_and_name(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past.keep(store, "k", {"a": b"1", "b": b""})
    past.keep(store, "other", {"a": b"2"})
    assert past.kept(store, "k", ["a", "b", "c"]) == {"a": b"1", "b": b""}
    monkeypatch.setenv("CRMTEXT_QUICK", "off")
    assert past.kept(store, "k", ["a"]) == {}


@pytest.mark.parametrize(
    "spoil",
    [link, os.mkfifo, lambda path: path.write_bytes(b"x" * 5000), foreign],
    ids=["a link", "a pipe", "no database", "other tables"],
)
def test_a_file_that_is_not_ours_is_not_read(store: Store, spoil: object) -> None:
    assert callable(spoil)
    spoil(file(store))
    assert past.kept(store, "k", ["a"]) == {}
    past.keep(store, "k", {"b": b"1"})
    assert not file(store).with_name("victim").exists()
    assert past.kept(store, "k", ["a"]) == {}


def test_a_small_store_keeps_nothing(repo: Repo) -> None:
    repo.commit({"crmtext.toml": ""})
    store = Store(repo.path)
    past.keep(store, "k", {"a": b"1"})
    assert (past.kept(store, "k", ["a"]), file(store).exists()) == ({}, False)
