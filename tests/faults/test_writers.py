"""Several processes that write at once, to the same customer and to different ones: every entry they were told of."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stores
from writer import IDS

from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
ONE = IDS[0]


#: What is tried is whether all is there, and not how busy the machine is.
PATIENT = stores.TEAM + "\n[check]\nlock_seconds = 120\n"


def store(folder: Path) -> Path:
    records = (stores.record(each.removeprefix("C20240501")) for each in IDS)
    made = stores.made(folder / "store", *records, team=PATIENT)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "store"]):
        subprocess.run(["git", *command], cwd=made, check=True)
    return made


def writer(folder: Path, name: str, count: int, *options: str) -> subprocess.Popen[bytes]:
    """A process group of its own that logs entries and notes each one that it was told is there."""
    return subprocess.Popen(
        [sys.executable, HERE / "writer.py", folder, name, str(count), *options],
        env={**os.environ, "PYTHONPATH": str(stores.ROOT)},
        start_new_session=True,
    )


def told(folder: Path) -> list[tuple[str, str]]:
    """The entries that writers were told are there: customer and text."""
    lines = [line for each in sorted(folder.glob("told-*")) for line in each.read_text("utf-8").splitlines()]
    return [(line.split()[0], line.split()[1]) for line in lines]


def entries(texts: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    return [(path[8:-5], each["summary"]) for path, raw in texts for each in parse(raw).data.get("interactions", ())]


def on_disk(folder: Path) -> list[tuple[str, str]]:
    return entries((stores.path(each[-3:]), (folder / stores.path(each[-3:])).read_bytes()) for each in IDS)


def in_head(folder: Path) -> list[tuple[str, str]]:
    def shown(path: str) -> bytes:
        return subprocess.run(["git", "show", f"HEAD:{path}"], cwd=folder, check=True, capture_output=True).stdout

    return entries((stores.path(each[-3:]), shown(stores.path(each[-3:]))) for each in IDS)


def all_there(folder: Path, count: int, *, committed: bool) -> None:
    """Every entry that was told is there once, and no other."""
    wanted = sorted(told(folder))
    assert len(wanted) == count
    assert sorted(on_disk(folder)) == wanted
    if committed:
        assert sorted(in_head(folder)) == wanted
        assert stores.git(folder, "rev-list", "--count", "HEAD") == f"{count + 1}\n"
        assert stores.git(folder, "status", "--porcelain", "--untracked-files=no") == ""
    assert stores.git(folder, "fsck", "--strict") == ""


def together(folder: Path, writers: int, each: int, *options: str) -> None:
    begun = time.monotonic()
    processes = [writer(folder, f"w{number}", each, *options) for number in range(writers)]
    assert [process.wait() for process in processes] == [0] * writers
    sys.stdout.write(f"{writers} x {each}: {writers * each / (time.monotonic() - begun):.1f} entries a second\n")
    all_there(folder, writers * each, committed="--commit" in options)


@pytest.mark.parametrize(
    ("each", "options"), [(10, ("--to", ONE)), (5, ("--commit",))], ids=["one customer", "committed"]
)
def test_writers_at_once_lose_nothing(tmp_path: Path, each: int, options: tuple[str, ...]) -> None:
    together(store(tmp_path), 4, each, *options)


@pytest.mark.long
@pytest.mark.parametrize(
    ("each", "options"),
    # A record holds some 3,000 entries at most: it may have 256 KiB.
    [(1000, ()), (250, ("--to", ONE)), (250, ("--commit",)), (100, ("--commit", "--to", ONE))],
    ids=["on the disk", "one customer", "committed", "one customer committed"],
)
def test_eight_writers_at_once_lose_nothing(tmp_path: Path, each: int, options: tuple[str, ...]) -> None:
    together(store(tmp_path), 8, each, *options)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a writer and the git that works for it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def killed_at_random(folder: Path, kills: int, seed: int) -> None:
    """Writers that die at any moment and are followed by others; what they were told of must be there."""
    chance = random.Random(seed)
    running = [writer(folder, f"w{number}", 10_000, "--commit") for number in range(3)]
    for number in range(kills):
        # Long enough for an import, short enough that most are in the middle of something.
        time.sleep(chance.uniform(0.05, 0.6))
        place = chance.randrange(len(running))
        kill(running[place])
        running[place] = writer(folder, f"k{number}", 10_000, "--commit")
    for process in running:
        kill(process)
    together_after = writer(folder, "last", 1, "--commit")
    assert together_after.wait() == 0
    known, head = told(folder), in_head(folder)
    assert known
    assert [each for each in known if head.count(each) != 1] == []
    assert len(set(head)) == len(head)
    assert sorted(on_disk(folder)) == sorted(head)
    assert stores.git(folder, "status", "--porcelain", "--untracked-files=no") == ""
    assert stores.git(folder, "fsck", "--strict", "--no-dangling") == ""


def test_writers_that_are_killed_lose_nothing_that_they_told(tmp_path: Path) -> None:
    killed_at_random(store(tmp_path), 10, 1)


@pytest.mark.long
def test_thousands_of_kills_lose_nothing_that_was_told(tmp_path: Path) -> None:
    for seed in range(10):
        (tmp_path / str(seed)).mkdir()
        killed_at_random(store(tmp_path / str(seed)), 300, seed)
