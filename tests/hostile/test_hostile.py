"""Hostile stores: each is told right, in little time and memory, and hides nothing of what is beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest
from hostile import output, own_files, places, records, repositories, setups, templates
from hostile.case import MIB, Case, found, store
from repos import TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="limits are set in children of a fork")

ROOT = Path(__file__).parents[2]
#: Room for the program itself; what a case may take is measured.
ADDRESSES = 2048 * MIB
FAMILIES = (records, places, setups, templates, output, repositories, own_files)
CASES = [case for family in FAMILIES for case in family.CASES]


@dataclass
class Program:
    """The program, warmed up, which takes a job at a time."""

    process: subprocess.Popen[str]

    def __call__(self, case: Case, folder: Path, *arguments: str) -> tuple[dict[str, Any], str, str]:
        files = {name: str(folder.parent / name) for name in ("out", "err")}
        given = {"folder": str(folder), "arguments": arguments, "environment": dict(case.environment)}
        job = {**files, **given, "memory": ADDRESSES, "cpu": case.cpu}
        stream(self.process.stdin).write(json.dumps(job) + "\n")
        stream(self.process.stdin).flush()
        took = json.loads(stream(self.process.stdout).readline())
        out, err = (Path(file).read_bytes().decode("utf-8", "surrogateescape") for file in files.values())
        return took, out, err


def stream(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    right = tmp_path_factory.mktemp("hostile") / "store"
    store(right)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CRMTEXT_TODAY": "2026-11-20", "CRMTEXT_LANG": "en"}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    command = [sys.executable, str(TESTS / "support/hostile/driver.py"), str(right)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env) as process:
        yield Program(process)
        stream(process.stdin).close()


def test_the_corpus_is_large_and_its_names_are_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 150


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_store_gets_the_right_answer(case: Case, program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    store(folder)
    case.lay(folder)
    took, out, err = program(case, folder, *case.arguments)
    assert took["code"] == case.code, err[-600:]
    told = found(out) if case.arguments[:1] == ("check",) and out.startswith("{") else []
    if case.expected and told:
        assert told == list(case.expected)
    said = out + err + "".join(page.read_text("utf-8") for page in folder.glob(case.reads or "nothing"))
    for each in case.says if told else (*case.expected, *case.says):
        assert each in said
    assert [each for each in (*case.never, "\x1b", "Traceback") if each in said] == []
    assert took["memory"] < case.memory
    assert not (folder / "../elsewhere/bookmarks").exists() or own_files.harm(folder) == []
    assert not case.absent or not (folder / case.absent).exists()
    if case.neighbour:
        took, out, err = program(case, folder, "list", "--format", "ids")
        assert (took["code"], "C20240501BBBB" in out.split()) == (0, True), err
