"""The reminder of `doctor`, and the note that it reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.protection.backup import dates
from crmtext.setup.doctor import Finding, Patient, State
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
DONE = dates.Done(datetime(2026, 10, 20, 18, tzinfo=UTC), "x.backup.age", "0" * 40)


def findings(folder: Path) -> list[Finding]:
    return [*dates.examine(Patient(folder))]


@pytest.fixture
def store(repo: Repo) -> Store:
    repo.write("crmtext.toml", stores.TEAM + f'[backup]\nto = ["{KEY}"]\n')
    return Store.find(repo.path)


def test_a_store_without_recipients_is_not_reminded(repo: Repo) -> None:
    repo.write("crmtext.toml", stores.TEAM)
    assert findings(repo.path) == [Finding("backup", State.FINE, "not set up: crmtext.toml has no [backup]")]


@pytest.mark.parametrize(
    ("day", "state", "message"),
    [
        # In Shanghai the backup was made on the 21st.
        ("2026-10-22", State.FINE, "the last backup is 1 day old"),
        ("2026-11-21", State.FINE, "the last backup is 31 days old"),
        ("2026-11-22", State.WARNING, "the last backup is 32 days old"),
    ],
)
def test_an_old_backup_is_a_warning(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: str, state: State, message: str
) -> None:
    assert findings(store.root) == [Finding("backup", State.FINE, "no backup was made in this clone")]
    dates.note(store.git(), tmp_path, backup=DONE)
    monkeypatch.setenv("CRMTEXT_TODAY", day)
    fix = "crmtext backup -o DIR" if state is State.WARNING else ""
    assert findings(store.root) == [Finding("backup", state, message, fix)]


def test_both_kinds_are_kept(store: Store, tmp_path: Path) -> None:
    dates.note(store.git(), tmp_path, backup=DONE)
    later = DONE._replace(file="y")
    dates.note(store.git(), tmp_path, verified=later)
    assert dates.last(store) == dates.Last(DONE, later)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"backup": 1}', b'{"backup": {"at": "x"}}', b"[" * 60_000])
def test_a_note_that_cannot_be_read_is_none(store: Store, tmp_path: Path, raw: bytes) -> None:
    dates.note(store.git(), tmp_path, backup=DONE)
    (store.root / ".git/crmtext/backups.json").write_bytes(raw)
    assert dates.last(store) == dates.Last()
    dates.note(store.git(), tmp_path, verified=DONE)
    assert dates.last(store) == dates.Last(verified=DONE)
