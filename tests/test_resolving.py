"""Deciding conflicts: all of it or nothing, nothing lost that cannot be read, nothing shown that is sensitive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import clones
import pytest
import stores

from crmtext import journal, transaction
from crmtext.git import merging
from crmtext.journal import Part, Transaction
from crmtext.problem import cannot
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from clones import Colleague


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver that git starts is the one of this tree."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


@pytest.fixture
def two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Colleague, Colleague]:
    return clones.pair(tmp_path, capsys, stores.record())


@pytest.fixture
def same_id(two: tuple[Colleague, Colleague]) -> Colleague:
    """One who has to decide between two customers of one id."""
    li, han = two
    li.write(stores.record("003", "甲公司"), "003")
    han.write(stores.record("003", "乙公司"), "003")
    li("sync")
    assert han("sync").code == 1
    return han


@pytest.fixture
def conflict(two: tuple[Colleague, Colleague]) -> Colleague:
    """One who has to decide about a status."""
    li, han = two
    li.edit("status: lead", "status: prospect")
    han.edit("status: lead", "status: lost")
    li("sync")
    assert han("sync").code == 1
    return han


def test_a_file_that_is_no_utf8_is_refused_and_not_touched(conflict: Colleague) -> None:
    file = conflict.repo.path / stores.path()
    raw = file.read_bytes() + "notes: 老客户\n".encode("gbk")
    file.write_bytes(raw)
    said = conflict("resolve", "001", "--ours")
    assert (said.code, "[not-utf8]" in said.err, file.read_bytes()) == (3, True, raw)
    assert "U" in conflict.repo.git("status", "--short")


def test_a_whole_file_is_kept_byte_by_byte(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    raw = han.read().encode() + "notes: 老客户\n".encode("gbk")
    han.repo.git("commit", "-q", "--allow-empty", "-m", "nothing")
    (han.repo.path / stores.path()).write_bytes(raw)
    han.repo.git("commit", "-qam", "in GBK")
    li.repo.git("rm", "-q", stores.path())
    li.repo.git("commit", "-qm", "remove")
    li.repo.git("push", "-q")
    han.repo.git("fetch", "-q")
    han.repo.git("merge", "-q", "origin/main", check=False)
    assert han("resolve", stores.path(), "--ours").code == 0
    assert (han.repo.path / stores.path()).read_bytes() == raw
    assert han.repo.git("ls-files", "-u") == ""


def test_two_files_are_written_or_none(same_id: Colleague, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stores.files(same_id.repo.path)

    def fail(*_arguments: object) -> None:
        raise cannot("git-failed", "no")

    with monkeypatch.context() as patch:
        patch.setattr(transaction, "settle", fail)
        assert same_id("resolve", "003", "--both").code == 3
    assert stores.files(same_id.repo.path) == before
    assert [each["kind"] for each in same_id("resolve", "--format", "json").data["conflicts"]] == ["customers"]
    assert same_id("resolve", "003", "--both").code == 0


def test_a_choice_that_was_killed_between_files_and_git_is_finished_by_the_next_writer(conflict: Colleague) -> None:
    store = Store(conflict.repo.path)
    text = conflict.read().encode()
    after = stores.record(status="prospect").encode()
    journal.begin(store.home.own, Transaction("decided", (Part(stores.path(), text, after),), settles=(stores.path(),)))
    (conflict.repo.path / stores.path()).write_bytes(after)
    with store.writing():
        assert [each.rule for each in store.notes] == ["killed-command"]
    assert merging.unmerged(store.git()) == {}
    conflict.repo.git("commit", "-q", "--no-edit")
    assert conflict("sync").code == 0


def test_a_choice_is_not_undone_and_git_can_show_the_conflict_again(conflict: Colleague) -> None:
    marked = conflict.read()
    assert conflict("resolve", "001", "--theirs").code == 0
    said = conflict("undo")
    assert (said.code, "[nothing-to-undo]" in said.err) == (3, True)
    conflict.repo.git("checkout", "-q", "-m", "--", stores.path())
    assert conflict.read() == marked
    assert conflict("resolve", "001", "--ours").code == 0
    assert (conflict.read(), conflict.repo.git("ls-files", "-u")) == (stores.record(status="lost"), "")


def test_what_is_sensitive_is_not_shown_by_trying(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    more = "    birthday: {0}\n    title: {1}\nnotes: {1}\n"
    li.write(stores.record(more=more.format("1980-01-02", "经理")))
    han.write(stores.record(more=more.format("1970-03-04", "总监")))
    li("sync")
    assert han("sync").code == 1
    before = han.read()
    for side in ("--ours", "--theirs"):
        said = han("resolve", "001", side, "--dry-run")
        assert (said.code, "1980" in said.out, "1970" in said.out, "    birthday: …\n" in said.out) == (
            0,
            False,
            False,
            True,
        )
        assert "-notes: " in said.out
    assert han.read() == before


def test_nothing_is_locked_by_trying(conflict: Colleague) -> None:
    from crmtext import files

    with files.lock(conflict.repo.path / ".git", 1):
        assert conflict("resolve", "001", "--ours", "--dry-run").code == 0
