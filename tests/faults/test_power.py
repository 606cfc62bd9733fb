"""The power is cut: what a command has said to be done is there when it comes back, and the next command runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import preload
import pytest
import stores
from power import Disk
from test_faults import IMPORT, SHEET, home, needs_library, template

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["home"]

HERE = Path(__file__).parent
ONE, TWO = "C20240501001", "C20240501002"
THREE = "id == 'C20240501003'"
#: The commands; of each the text that is to be there, and whether in HEAD as well.
COMMANDS = (
    (["log", ONE, "phone", "first"], "first", False),
    (["log", TWO, "phone", "second", "--commit"], "second", True),
    (["log", TWO, "visit", "third", "--commit", "-m", "auf Besuch"], "third", True),
    (["undo"], "", True),
    (["log", ONE, "visit", "fourth"], "fourth", False),
    (["handover", "--from", "lilei", "--to", "hanmei", "--where", THREE, "--branch", "side"], "", True),
    (["log", ONE, "visit", "fifth"], "fifth", False),
    (IMPORT, "", True),
)
#: The customers that are imported.
IMPORTED = [line.partition(",")[0] for line in SHEET.splitlines()[1:]]


def noted(home: Path) -> tuple[Disk, list[str]]:
    """The disk before the commands, and the notes of what they did."""
    store, notes = template(home), home / "notes"
    notes.mkdir()
    disk = Disk.of(store, notes)
    subprocess.run(
        [sys.executable, HERE / "powered.py"],
        cwd=store,
        input=json.dumps([argv for argv, _text, _head in COMMANDS]).encode(),
        env={
            **os.environ,
            "LD_PRELOAD": str(preload.compiled(home)),
            "CRMTEXT_NOTES": str(notes),
            "PYTHONPATH": str(stores.ROOT),
        },
        check=True,
        capture_output=True,
    )
    return disk, (notes / "notes").read_text(encoding="utf-8").splitlines()


def after_a_cut(disk: Disk, target: Path, told: int) -> list[str]:
    """What is missing or does not work when the power comes back after so many commands were done."""
    found = []
    for names_kept in (False, True):
        store = disk.cut(target, names_kept=names_kept)
        found += [f"{what} (names kept: {names_kept})" for what in wrong(store, told)]
    return found


def wrong(store: Path, told: int) -> Iterator[str]:
    damage = stores.git(store, "fsck", "--strict", "--no-dangling", "--no-reflogs")
    if damage:
        yield f"fsck: {damage}"
    yield from missing(store, told)
    done = stores.process(store, "log", "C20240501003", "phone", "the next command", "--commit")
    said = done.communicate()[1].decode()
    if done.returncode:
        yield f"the next command: {said}"
    yield from (f"{what} after the next command" for what in missing(store, told))
    if stores.git(store, "diff", "--cached", "--name-only"):
        yield "the index is another than HEAD"


def missing(store: Path, told: int) -> Iterator[str]:
    disk = "".join((store / stores.path(each[-3:])).read_text(encoding="utf-8") for each in (ONE, TWO))
    head = "".join(stores.git(store, "show", f"HEAD:{stores.path(each[-3:])}") for each in (ONE, TWO))
    undone = any(argv == ["undo"] for argv, _text, _head in COMMANDS[:told])
    # What is just being undone may be there or not.
    undoing = any(argv == ["undo"] for argv, _text, _head in COMMANDS[: told + 1])
    for _argv, text, committed in COMMANDS[:told]:
        if text and not (text == "third" and undoing):
            if disk.count(f"summary: {text}\n") != 1:
                yield f"{text} on the disk"
            if committed and head.count(f"summary: {text}\n") != 1:
                yield f"{text} in HEAD"
    if any(argv == IMPORT for argv, _text, _head in COMMANDS[:told]):
        records = "".join(file.read_text(encoding="utf-8") for file in (store / "records").glob("*.yaml"))
        in_head = stores.git(store, "grep", "-h", "^name: ", "HEAD", "--", "records")
        yield from (f"{name} was imported" for name in IMPORTED if name not in records or name not in in_head)
    if undone and "third" in disk + head:
        yield "what was undone is there again"


@needs_library
def test_what_was_told_outlives_a_power_cut(home: Path) -> None:
    disk, lines = noted(home)
    found: list[str] = []
    told = 0
    for line in lines:
        if not line.startswith("told"):
            disk.play(line)
            continue
        told += 1
        found += [f"after command {told}: {what}" for what in after_a_cut(disk, home / "after", told)]
    assert (told, found) == (len(COMMANDS), [])


@needs_library
def test_the_trap_is_a_real_one_for_git_itself_syncs_nothing(home: Path) -> None:
    store, notes = template(home), home / "notes"
    notes.mkdir()
    disk = Disk.of(store, notes)
    (store / "note").write_text("what was committed\n")
    environment = {**os.environ, "LD_PRELOAD": str(preload.compiled(home)), "CRMTEXT_NOTES": str(notes)}
    for command in (["add", "note"], ["commit", "-q", "-m", "note"]):
        subprocess.run(["git", *command], cwd=store, env=environment, check=True)
    for line in (notes / "notes").read_text(encoding="utf-8").splitlines():
        disk.play(line)
    found = [stores.git(disk.cut(home / "after", names_kept=kept), "show", "HEAD:note") for kept in (False, True)]
    assert "what was committed\n" not in found


@needs_library
@pytest.mark.long
def test_a_power_cut_at_any_call_leaves_all_that_was_told_and_stops_nobody(home: Path) -> None:
    disk, lines = noted(home)
    found: list[str] = []
    told = 0
    for number, line in enumerate(lines):
        if line.startswith("told"):
            told += 1
        else:
            disk.play(line)
        if not line.startswith("write"):
            # A command that was not done yet may be found whole or not at all, so that only what was told counts.
            found += [f"at call {number}, {line}: {what}" for what in after_a_cut(disk, home / "after", told)]
    sys.stdout.write(f"{len(lines)} calls\n")
    assert (told, found) == (len(COMMANDS), [])
