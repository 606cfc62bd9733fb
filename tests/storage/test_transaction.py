"""What is done to files is done to all of them or to none, whatever goes wrong on the way, and whoever is killed."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NoReturn

import pytest

from crmtext.disk import files
from crmtext.problem import CrmError, Severity
from crmtext.storage import journal, transaction
from crmtext.storage.journal import Part, Transaction
from crmtext.storage.transaction import Home

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = "records/a.yaml", "records/东/b.yaml", "records/c.yaml"
#: One record changes, one comes, one goes.
DEED = Transaction("three", (Part(A, b"a\n", b"A\n"), Part(B, None, b"B\n"), Part(C, b"c\n", None)))
OLD: dict[str, bytes] = {A: b"a\n", C: b"c\n"}
NEW: dict[str, bytes] = {A: b"A\n", B: b"B\n"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "records").mkdir()
    for path, content in OLD.items():
        (tmp_path / path).write_bytes(content)
    return Home(tmp_path, None)


def found(home: Home) -> dict[str, bytes]:
    """Every file of the store but what is the tool's own and finished."""
    return {
        file.relative_to(home.root).as_posix(): file.read_bytes()
        for file in sorted(home.root.rglob("*"))
        if file.is_file() and "done" not in file.parts
    }


def killed_after(home: Home, count: int) -> None:
    """A writer that wrote so many of the files."""
    journal.begin(home.own, DEED)
    (home.root / "records/.crmtext-0a1b.tmp").write_bytes(b"half of")
    for part in DEED.parts[:count]:
        path = home.root / part.path
        path.parent.mkdir(exist_ok=True)
        if part.after is None:
            path.unlink()
        else:
            path.write_bytes(part.after)


def test_a_deed_is_done_and_kept(home: Home) -> None:
    assert transaction.do(home, DEED) is None
    last = journal.last(home.own)
    assert last is not None
    assert (found(home), last.transaction) == (NEW, DEED)
    assert transaction.finish(home) == ()


@pytest.mark.parametrize(("count", "after", "told"), [(0, OLD, 0), (1, NEW, 1), (2, NEW, 1), (3, NEW, 1)])
def test_what_a_killed_writer_began_is_finished_and_told(
    home: Home, count: int, after: dict[str, bytes], told: int
) -> None:
    killed_after(home, count)
    problems = transaction.finish(home)
    assert [(problem.rule, problem.severity) for problem in problems] == [("killed-command", Severity.WARNING)] * told
    assert found(home) == after
    assert transaction.finish(home) == ()


def test_notes_that_cannot_be_read_are_kept_and_told_of_once(home: Home) -> None:
    files.make_folder(home.own)
    (home.own / "doing.json").write_bytes(b'{"says": "of a newer version", "parts": 1}')
    (problem,) = transaction.finish(home)
    kept = home.own / "aside" / "000001-unreadable.json"
    assert (problem.rule, str(kept) in problem.hint, b"newer" in kept.read_bytes()) == ("killed-command", True, True)
    assert (transaction.finish(home), transaction.do(home, DEED)) == ((), None)
    assert {path: text for path, text in found(home).items() if path.startswith("records")} == NEW


def test_what_somebody_changed_after_the_kill_stays_and_the_rest_of_the_deed_is_kept_aside(home: Home) -> None:
    killed_after(home, 1)
    (home.root / C).write_bytes(b"by hand\n")
    problems = transaction.finish(home)
    kept = home.own / "aside" / "000001-unfinished.json"
    assert (C in problems[0].hint, str(kept) in problems[0].hint, kept.exists()) == (True, True, True)
    assert found(home) == NEW | {C: b"by hand\n", ".crmtext/aside/000001-unfinished.json": kept.read_bytes()}
    assert transaction.finish(home) == ()


def test_who_wrote_all_over_a_killed_writers_files_hears_nothing_of_it(home: Home) -> None:
    killed_after(home, 1)
    (home.root / A).write_bytes(b"by hand\n")
    assert (transaction.finish(home), found(home)) == ((), OLD | {A: b"by hand\n"})


def fail(_old: object, *_more: object, **_named: object) -> NoReturn:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("error", [OSError(errno.EIO, ""), KeyboardInterrupt()], ids=["failing", "interrupted"])
def test_what_ends_on_the_way_is_taken_back(home: Home, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    remove = files.remove

    def once(*_args: object, **_named: object) -> NoReturn:
        monkeypatch.setattr(files, "remove", remove)
        raise error

    monkeypatch.setattr(files, "remove", once)
    with pytest.raises(type(error)):
        transaction.do(home, DEED)
    assert (found(home), journal.last(home.own)) == (OLD, None)


def test_a_disk_that_is_full_is_seen_before_the_first_record_is_touched(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = files.fill

    def full(path: Path, data: bytes, mode: int | None = None, *, within: Path | None = None) -> Path:
        if path.name == "b.yaml":
            assert (home.root / A).read_bytes() == b"a\n"
            raise files._explained(path, OSError(errno.ENOSPC, ""))
        return fill(path, data, mode, within=within)

    monkeypatch.setattr(files, "fill", full)
    with pytest.raises(CrmError) as caught:
        transaction.do(home, DEED)
    assert (caught.value.problem.rule, found(home)) == ("disk-full", OLD)


def test_what_cannot_be_taken_back_now_is_by_the_next_writer(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    remove, fill = files.remove, files.fill

    def broken(path: Path, expected: bytes, *, within: Path | None = None) -> None:
        monkeypatch.setattr(files, "fill", fail)
        raise files._explained(path, OSError(errno.EIO, ""))

    monkeypatch.setattr(files, "remove", broken)
    with pytest.raises(CrmError) as caught:
        transaction.do(home, DEED)
    assert caught.value.problem.rule == "write-failed"
    monkeypatch.setattr(files, "remove", remove)
    monkeypatch.setattr(files, "fill", fill)
    assert found(home)[A] == b"A\n"
    assert (transaction.finish(home), found(home)) == ((), OLD)


def test_a_record_that_changed_since_it_was_read_leaves_all_others_as_they_are(home: Home) -> None:
    (home.root / C).write_bytes(b"by hand\n")
    with pytest.raises(CrmError) as caught:
        transaction.do(home, DEED)
    assert (caught.value.problem.rule, found(home)) == ("changed-meanwhile", OLD | {C: b"by hand\n"})
