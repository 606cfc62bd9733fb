"""Every writing command works on a record that has an error, whatever it is, and adds none."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import stores
from cases import CASES

from crmtext import checks
from crmtext.problem import Severity
from crmtext.store import Store
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

ID = "C20240501K7QM"
OTHER = stores.record("001", "乙有限公司", owner="hanmei")
#: Every command that writes, on a customer by its id.
WRITERS = {
    "set": ("set", ID, "tags+=新", "priority=key"),
    "append": ("append", ID, "feedback", "kind=praise", "text=好"),
    "status": ("status", ID, "paused", "--reason", "年检"),
    "log": ("log", ID, "phone", "谈了样品", "--next", "寄样品", "--due", "+3d"),
    "done": ("done", ID),
    "rename": ("rename", ID, "--slug", "x"),
    "archive": ("archive", ID),
    "rm": ("rm", ID, "--force"),
    "fmt": ("fmt", "--write"),
    "edit": ("edit", ID),
    "add": ("add", "丁有限公司", "--type", "company"),
    "handover": ("handover", "--from", "hanmei", "--to", "lilei"),
}
#: What a command says where the record leaves it nothing to do; where an id is wrong, no customer has it; where the
#: value to change is itself the wrong one, such as a status that stands twice, an editor has to fix it.
NOTHING = {"no-step", "no-customer", "same-status", "edit-refused"}
#: Beside other records, in the record's own data, its text, an interaction, and what only a check finds.
SAMPLE = (
    "file-name/C20240501K7QM-other-file.yaml",
    "unknown-key/C20240501K7QM-near.yaml",
    "person-block-of-non-person/C20240501K7QM-company.yaml",
    "duplicate-key/C20240501K7QM-in-an-item.yaml",
    "date-format/C20240501K7QM-slashes.yaml",
    "currency/C20240501K7QM-in-every-place.yaml",
    "vague-date/C20240501K7QM-no-due.yaml",
)


def _cases() -> list[str]:
    """The records of all cases that parse and break a rule."""
    paths = sorted(path for path in CASES.glob("*/*.yaml") if "right" not in path.stem.split("-"))
    return [f"{path.parent.name}/{path.name}" for path in paths if isinstance(parse(path.read_bytes(), "").data, dict)]


@pytest.fixture
def tried(repo: Repo, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Tried:
    monkeypatch.setenv("GIT_EDITOR", "f() { printf 'notes: 备注\\n' >> \"$1\"; }; f")
    return _Tried(repo, capsys, tmp_path / "copy")


class _Tried:
    """A store with the record of a case, and what every command does to a copy of it."""

    def __init__(self, repo: Repo, capsys: pytest.CaptureFixture[str], copy: Path) -> None:
        self._repo, self._capsys, self._copy = repo, capsys, copy

    def __call__(self, case: str, *flags: str) -> list[object]:
        name = case.rpartition("/")[2]
        self._repo.commit({"crmtext.toml": stores.TEAM, stores.path("001"): OTHER}, "store")
        shutil.copy(CASES / case, self._repo.path / "records" / name)
        self._repo.git("add", "-A")
        self._repo.git("commit", "-qm", "all", "--no-verify")
        before = _errors(self._repo.path)
        return [wrong for command in WRITERS if (wrong := self._wrong(command, flags, before))]

    def _wrong(self, command: str, flags: tuple[str, ...], before: Counter[str]) -> object:
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self._repo.path, self._copy)
        result = stores.Program(self._capsys, self._copy)(*WRITERS[command], *flags)
        added = _errors(self._copy) - before
        refused = result.code != 0 and not any(f"[{rule}]" in result.err for rule in NOTHING)
        return (command, result.code, result.err, added) if added or refused else None


def _errors(folder: Path) -> Counter[str]:
    problems = checks.run(Store(folder).worktree())
    return Counter(problem.rule for problem in problems if problem.severity is Severity.ERROR)


@pytest.mark.parametrize("case", [case for case in SAMPLE if (CASES / case).exists()])
@pytest.mark.parametrize("flag", ["--no-commit", "--commit"])
def test_a_writer_works_beside_an_old_error(tried: _Tried, case: str, flag: str) -> None:
    assert tried(case, flag) == []


@pytest.mark.long
@pytest.mark.parametrize("case", _cases())
def test_every_writer_works_beside_every_old_error(tried: _Tried, case: str) -> None:
    assert tried(case, "--no-commit") == []
