"""Backups that are damaged, and commands for backups that are killed or meet a full disk: nothing is left behind."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import backups
import preload
import pytest
import stores

from crmtext.problem import CrmError, Exit
from crmtext.protection.backup import restore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repos import Repo

#: Of an age file: a part of the plain text, and the bytes that each part has more in the file.
PART, MORE = 65536, 16
needs_library = pytest.mark.skipif(bool(preload.missing()), reason=f"needs {preload.missing()}")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> backups.KeyFile:
    return backups.key(tmp_path / "own.key", monkeypatch)


@pytest.fixture
def backup(repo: Repo, tmp_path: Path, own: backups.KeyFile) -> bytes:
    """A backup of four parts: a store with a file that can't be compressed."""
    repo.write("noise", "")
    (repo.path / "noise").write_bytes(random.Random(1).randbytes(3 * PART))
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001")})
    repo.git("add", "noise")
    repo.git("commit", "-q", "-m", "noise")
    return backups.backup(repo.path, tmp_path / "out", own.public).read_bytes()


def parts(raw: bytes) -> tuple[int, list[bytes]]:
    """Where the payload of an age file begins, after header and nonce; and its parts."""
    start = raw.index(b"\n", raw.index(b"\n--- ") + 1) + 1 + 16
    return start, [raw[at : at + PART + MORE] for at in range(start, len(raw), PART + MORE)]


def answer(raw: bytes, folder: Path) -> tuple[str, Exit]:
    """Why this file isn't restored; nothing may be left in the folder."""
    folder.mkdir(exist_ok=True)
    file = folder / "file"
    file.write_bytes(raw)
    with pytest.raises(CrmError) as raised:
        restore.restore(file, folder / "new", backups.own)
    assert [path.name for path in folder.iterdir()] == ["file"]
    return raised.value.problem.rule, raised.value.exit_code


def changed(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


DAMAGED, OTHER_KEY = ("backup-damaged", Exit.CANNOT), ("backup-key", Exit.NOT_ALLOWED)


def flips(raw: bytes, step: int) -> Iterator[int]:
    """Places for a flipped bit: all of the header, and more after it, the ends of parts among them."""
    start, pieces = parts(raw)
    yield from range(0, start, step)
    yield from range(start, len(raw), len(raw) // (200 // step))
    yield from (start + number * (PART + MORE) - 1 for number in range(1, len(pieces)))
    yield len(raw) - 1


def check_flips(raw: bytes, folder: Path, step: int) -> int:
    recipient = range(raw.index(b"\n-> "), raw.index(b"\n--- "))
    tried = 0
    for at in flips(raw, step):
        found = answer(changed(raw, at), folder)
        # Damage in the lines about recipients looks like another key.
        assert found == DAMAGED or (found == OTHER_KEY and at in recipient), (at, found)
        tried += 1
    return tried


def test_a_flipped_bit_is_noticed(backup: bytes, tmp_path: Path) -> None:
    assert check_flips(backup, tmp_path / "here", 8) > 40


@pytest.mark.long
def test_any_flipped_bit_is_noticed(backup: bytes, tmp_path: Path) -> None:
    assert check_flips(backup, tmp_path / "here", 1) > 400


def test_a_cut_is_noticed_at_every_border(backup: bytes, tmp_path: Path) -> None:
    start, pieces = parts(backup)
    borders = [start + number * (PART + MORE) for number in range(len(pieces))]
    cuts = {0, 1, 22, start - 16, len(backup) - 1, *borders, *(border + 1 for border in borders)}
    assert {answer(backup[:cut], tmp_path / "here") for cut in sorted(cuts)} == {DAMAGED}


@pytest.mark.parametrize("more", [b"\0", b"\n", bytes(PART + MORE), b"age-encryption.org/v1\n"])
def test_bytes_added_are_noticed(backup: bytes, tmp_path: Path, more: bytes) -> None:
    assert answer(backup + more, tmp_path / "here") == DAMAGED
    assert answer(backup + backup[-len(more) :], tmp_path / "here") == DAMAGED


def test_parts_that_are_swapped_doubled_or_missing_are_noticed(backup: bytes, tmp_path: Path) -> None:
    start, pieces = parts(backup)
    head = backup[:start]
    assert len(pieces) > 3
    for order in ([1, 0, 2], [0, 2, 1], [0, 0, 1, 2], [0, 2], [1, 2]):
        raw = head + b"".join(pieces[number] for number in order) + b"".join(pieces[3:])
        assert answer(raw, tmp_path / "here") == DAMAGED


def test_parts_of_two_backups_do_not_mix(backup: bytes, repo: Repo, own: backups.KeyFile, tmp_path: Path) -> None:
    other = backups.backup(repo.path, tmp_path / "out", own.public).read_bytes()
    start, pieces = parts(backup)
    _start, others = parts(other)
    assert answer(backup[:start] + others[0] + b"".join(pieces[1:]), tmp_path / "here") == DAMAGED


# Commands that are killed, or meet a full disk, at a call that changes a disk


class Bench:
    """A command tried on fresh copies, in a process with the library that makes calls go wrong."""

    def __init__(self, home: Path, store: Path, key: backups.KeyFile) -> None:
        self.home, self.key = home, key
        self.work = home / "work"
        shutil.copytree(store, home / "store")
        self.file = backups.backup(store, home / "backups", key.public)
        self.page = preload.Page(preload.Page.new(home / "page"))
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(stores.ROOT),
            "TMPDIR": str(home / "tmp"),
            "CRMTEXT_FAULT": str(home / "page"),
        }
        self.library = {"LD_PRELOAD": str(preload.compiled(home))}

    def commands(self) -> dict[str, list[str]]:
        store, public = str(self.work / "store"), self.key.public
        return {
            "backup": ["-C", store, "backup", "-o", str(self.work / "out"), "-r", public],
            "verify": ["backup", "--verify", str(self.file)],
            "restore": ["restore", str(self.file), str(self.work / "new")],
            "restore into a folder": ["restore", str(self.file), str(self.work / "empty")],
            "export": ["-C", store, "export", "-o", str(self.work / "m.xlsx.age"), "--encrypt", public],
        }

    def fresh(self) -> None:
        for folder in (self.work, self.home / "tmp"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        (self.work / "empty").mkdir()
        shutil.copytree(self.home / "store", self.work / "store")

    def run(self, argv: list[str], number: int = 0, fault: str = "kill") -> subprocess.CompletedProcess[str]:
        if number:
            self.page.arm(number, fault)
        return subprocess.run(
            [sys.executable, "-m", "crmtext", *argv],
            env=self.environment | (self.library if number else {}),
            cwd=self.home,
            # A fault kills the whole group, git among them.
            process_group=0,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, argv: list[str]) -> int:
        self.fresh()
        done = self.run(argv, preload.NEVER)
        assert done.returncode == 0, done.stderr
        return len(self.page.disarm())

    def private(self) -> list[str]:
        """Plain text that was left anywhere, and files that aren't complete."""
        found = [*self.work.rglob(".crmtext-*.tmp"), *(self.home / "tmp").iterdir()]
        return [str(path.relative_to(self.home)) for path in found]

    def outcome(self, argv: list[str], number: int, fault: str) -> list[str]:
        """What is not as it should be after a fault, and after the command was run again."""
        self.fresh()
        done = self.run(argv, number, fault)
        self.page.disarm()
        wrong = [] if done.returncode in (0, 3, -9, 137) else [f"ended with {done.returncode}: {done.stderr}"]
        left = self.private() if fault != "kill" else []
        wrong += [f"left behind: {left}"] * bool(left)
        wrong += self._results(complete=done.returncode == 0)
        shutil.rmtree(self.work / "new", ignore_errors=True)
        again = self.run(argv)
        full = "folder-not-empty" in again.stderr and (self.work / "empty/.git").exists()
        wrong += [f"again: {again.stderr}"] * bool(again.returncode and not full)
        wrong += [f"left after the next command: {left}"] * bool(left := self.private())
        return wrong + self._results(complete=True)

    def _results(self, *, complete: bool) -> list[str]:
        """What is there of backups and stores, unless it is whole."""
        wrong = []
        out = self.work / "out"
        for file in out.glob("*.age") if out.is_dir() else ():
            checked = self.run(["backup", "--verify", str(file)])
            wrong += [f"{file.name}: {checked.stderr}"] * bool(checked.returncode)
        for folder in (self.work / "new", self.work / "empty"):
            # A store in an empty folder is there when its `.git` is; a kill may leave the private folder beside it.
            if not (folder / ".git").exists():
                continue
            if state := stores.git(folder, "status", "--porcelain", "--", ":!.crmtext-private-*"):
                wrong.append(f"{folder.name}: {state}")
        if complete and out.is_dir() and not [*out.iterdir()]:
            wrong.append("no backup, and it said that it was done")
        return wrong


@pytest.fixture
def bench(tmp_path: Path, repo: Repo, own: backups.KeyFile) -> Bench:
    repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): stores.record("001")})
    (tmp_path / "bench").mkdir()
    return Bench(tmp_path / "bench", repo.path, own)


NAMES = ("backup", "verify", "restore", "restore into a folder", "export")


def check_faults(bench: Bench, name: str, faults: list[str], most: int) -> int:
    argv = bench.commands()[name]
    count = bench.calls(argv)
    plan = [(number, fault) for fault in faults for number in range(1, count + 1)]
    some = min(most or len(plan), len(plan))
    plan = [plan[at * len(plan) // some] for at in range(some)]
    wrong = {f"{fault} {number} of {count}": bench.outcome(argv, number, fault) for number, fault in plan}
    assert {place: found for place, found in wrong.items() if found} == {}
    return len(plan)


@needs_library
@pytest.mark.parametrize("name", NAMES)
def test_a_command_that_is_killed_or_without_room_leaves_nothing(bench: Bench, name: str) -> None:
    assert check_faults(bench, name, ["kill", "full"], 4) == 4


@needs_library
@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_command_with_any_fault_at_any_call_leaves_nothing(bench: Bench, name: str) -> None:
    tried = check_faults(bench, name, [*preload.FAULTS], 0)
    sys.stdout.write(f"{name}: {tried} faults\n")
    assert tried > 50
