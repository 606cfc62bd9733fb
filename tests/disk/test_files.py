from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from crmtext import layout
from crmtext.disk import files
from crmtext.problem import CrmError

APPEND = """
import sys
from pathlib import Path
from crmtext.disk import files
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    with files.lock(folder, 60):
        old = files.read(folder / "C1.yaml")
        files.write(folder / "C1.yaml", old + f"- {name}-{number}\\n".encode(), old, within=folder)
"""
HOLD = """
import sys
from pathlib import Path
from crmtext.disk import files
with files.lock(Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.read()
"""


def python(source: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", source, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(files.__file__).parents[2])},
    )


def rule(caught: pytest.ExceptionInfo[CrmError]) -> str:
    return caught.value.problem.rule


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_new_file_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "客户 记录" / "C1.yaml"
    files.write(path, b"id: C1\r\n", None, within=tmp_path)
    assert path.read_bytes() == b"id: C1\r\n"
    assert names(path.parent) == ["C1.yaml"]


def test_a_file_that_holds_what_was_read_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "C1.yaml"
    path.write_bytes(b"old")
    path.chmod(0o640)
    files.write(path, b"new", b"old")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)


@pytest.mark.parametrize(
    ("there", "expected"),
    [(b"theirs", b"old"), (b"theirs", None), (None, b"old")],
    ids=["changed", "made meanwhile", "deleted"],
)
def test_a_file_that_changed_since_it_was_read_is_left_as_it_is(
    tmp_path: Path, there: bytes | None, expected: bytes | None
) -> None:
    path = tmp_path / "C1.yaml"
    if there is not None:
        path.write_bytes(there)
    with pytest.raises(CrmError) as caught:
        files.write(path, b"ours", expected)
    assert rule(caught) == "changed-meanwhile"
    assert files.read(path) == there
    assert names(tmp_path) == (["C1.yaml"] if there else [])


def test_a_change_while_the_new_text_goes_to_the_disk_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "C1.yaml"
    path.write_bytes(b"old")
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (path.write_bytes(b"theirs"), fsync(descriptor)))
    with pytest.raises(CrmError) as caught:
        files.write(path, b"ours", b"old")
    assert rule(caught) == "changed-meanwhile"
    assert (names(tmp_path), path.read_bytes()) == (["C1.yaml"], b"theirs")


def test_links_are_refused_and_never_followed(tmp_path: Path) -> None:
    outside, store = tmp_path / "outside", tmp_path / "store"
    outside.mkdir()
    store.mkdir()
    (outside / "C1.yaml").write_bytes(b"old")
    (store / "C1.yaml").symlink_to(outside / "C1.yaml")
    (store / "records").symlink_to(outside)
    for path, expected in ((store / "C1.yaml", "not-a-file"), (store / "records" / "C1.yaml", "outside-store")):
        with pytest.raises(CrmError) as caught:
            files.write(path, b"ours", b"old", within=store)
        assert rule(caught) == expected
    assert (outside / "C1.yaml").read_bytes() == b"old"


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "C1.yaml").mkdir()
    with pytest.raises(CrmError) as caught:
        files.read(tmp_path / "C1.yaml")
    assert rule(caught) == "not-a-file"


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EROFS, "not-writable"),
        (errno.EACCES, "not-writable"),
        (errno.EIO, "write-failed"),
    ],
)
def test_a_failing_disk_is_told_in_plain_words_and_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, expected: str
) -> None:
    def fail(*_args: object, **_more: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "C1.yaml"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(CrmError) as caught:
        files.write(path, b"new", b"old")
    assert (rule(caught), names(tmp_path), path.read_bytes()) == (expected, ["C1.yaml"], b"old")


def test_an_interruption_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_descriptor: int) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "C1.yaml", b"new", None)
    assert names(tmp_path) == []


def test_a_file_system_without_links_gets_its_new_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> NoReturn:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", fail)
    files.write(tmp_path / "C1.yaml", b"new", None)
    assert (names(tmp_path), (tmp_path / "C1.yaml").read_bytes()) == (["C1.yaml"], b"new")


def test_a_write_protected_file_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "C1.yaml"
    path.write_bytes(b"old")
    # Not by chmod: the superuser may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_args, **_more: False)
    with pytest.raises(CrmError) as caught:
        files.write(path, b"new", b"old")
    assert (rule(caught), path.read_bytes()) == ("not-writable", b"old")


def test_only_what_was_read_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "C1.yaml"
    path.write_bytes(b"theirs")
    with pytest.raises(CrmError) as caught:
        files.remove(path, b"old")
    assert (rule(caught), path.read_bytes()) == ("changed-meanwhile", b"theirs")
    files.remove(path, b"theirs")
    assert names(tmp_path) == []


def test_what_killed_writers_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in (".crmtext-0a1b.tmp", ".crmtext.lock", "C1.yaml", "crmtext-0a1b.tmp"):
        (tmp_path / name).touch()
    assert files.sweep(tmp_path) == 1
    assert names(tmp_path) == [".crmtext.lock", "C1.yaml", "crmtext-0a1b.tmp"]


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "C1.yaml").write_bytes(b"")
    writers = [python(APPEND, str(tmp_path), name, "25") for name in "abcd"]
    assert [writer.communicate()[0] for writer in writers] == [""] * 4
    lines = (tmp_path / "C1.yaml").read_text().splitlines()
    assert sorted(lines) == sorted(f"- {name}-{number}" for name in "abcd" for number in range(25))
    assert names(tmp_path) == [".crmtext.lock", "C1.yaml"]


def test_who_waits_in_vain_is_told_who_writes(tmp_path: Path) -> None:
    holder = python(HOLD, str(tmp_path))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(CrmError) as caught, files.lock(tmp_path, 0.05):
        pass
    assert rule(caught) == "locked"
    assert f"(process {holder.pid})" in caught.value.problem.message
    holder.communicate()


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path) -> None:
    holder = python(HOLD, str(tmp_path))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    with files.lock(tmp_path, 5):
        assert (tmp_path / layout.LOCK).read_text() == f"{os.getpid()}\n"


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), files.lock(tmp_path, 0):
        raise ZeroDivisionError
    with files.lock(tmp_path, 0):
        pass


def test_who_gave_up_waiting_does_not_keep_the_lock_from_others(tmp_path: Path) -> None:
    for ours, theirs in ((0, 0.05), (5, 0)):
        with files.lock(tmp_path, ours), pytest.raises(CrmError) as caught, files.lock(tmp_path, theirs):
            pass
        assert caught.value.problem.rule == "locked"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_lock_that_is_a_link_is_refused_and_what_it_leads_to_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("precious")
    store = tmp_path / "store"
    store.mkdir()
    (store / layout.LOCK).symlink_to(tmp_path / "private")
    with pytest.raises(CrmError) as caught, files.lock(store, 0):
        pass
    assert (rule(caught), (tmp_path / "private").read_text()) == ("not-a-file", "precious")


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
def test_a_private_text_is_private_from_its_first_byte_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "C1.yaml"
    path.write_bytes(b"old")
    path.chmod(0o600)
    seen: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(os.fstat(handle).st_mode & 0o777), sync(handle)))
    files.write(path, b"new", b"old")
    assert (seen[0], path.stat().st_mode & 0o777) == (0o600, 0o600)


def test_a_temporary_name_is_one_that_sweep_knows_and_goes_with_its_block(tmp_path: Path) -> None:
    with files.temporary(tmp_path / "index") as kept:
        kept.touch()
        assert files.left(tmp_path) == (kept,)
        kept.replace(tmp_path / "index")
    with files.temporary(tmp_path / "index") as dropped:
        dropped.touch()
    assert [file.name for file in tmp_path.iterdir()] == ["index"]
