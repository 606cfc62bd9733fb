"""`crmtext demo`: a store of made-up customers, the same for the same seed and day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> stores.Program:
    return stores.Program(capsys, tmp_path)


def test_a_demo_is_a_committed_store_that_passes_the_check(program: stores.Program) -> None:
    result = program("demo", "made", "--customers", "12")
    assert result.out.splitlines()[1:] == [
        "  12 customers, 2 commits",
        "next: cd made && crmtext list --limit 20",
    ]
    checked = stores.Program(program.capsys, program.folder / "made")("check", "--format", "json").data
    assert (checked["checked"], checked["errors"], checked["warnings"]) == (12, 0, 0)
    assert not (program.folder / "made/.git/index.lock").exists()
    assert stores.Program(program.capsys, program.folder / "made")("classify", "--check").code == 0


def test_the_same_seed_makes_the_same_files_and_another_one_others(program: stores.Program) -> None:
    stores_by_seed = {}
    for name, seed in (("one", "7"), ("two", "7"), ("three", "8")):
        assert program("demo", name, "--customers", "5", "--seed", seed).code == 0
        stores_by_seed[name] = stores.files(program.folder / name)
    assert stores_by_seed["one"] == stores_by_seed["two"]
    assert stores_by_seed["one"].keys() != stores_by_seed["three"].keys()


@pytest.mark.parametrize(
    ("there", "rule"),
    [({"notes.txt": "mine"}, "folder-not-empty"), ({"crmtext.toml": ""}, "store-exists")],
    ids=["a file", "a store"],
)
def test_what_is_there_is_left_alone(program: stores.Program, there: dict[str, str], rule: str) -> None:
    folder = program.folder / "taken"
    folder.mkdir()
    for name, text in there.items():
        (folder / name).write_text(text)
    result = program("demo", "taken", "--customers", "1")
    assert (result.code, f"[{rule}]" in result.err) == (3, True), result.err
    assert {path.name for path in folder.iterdir()} == set(there)


def test_no_two_customers_have_one_name_but_for_the_few_that_stand_there_twice(program: stores.Program) -> None:
    assert program("demo", "made", "--customers", "450").code == 0
    problems = stores.Program(program.capsys, program.folder / "made")("check", "--format", "json").data["problems"]
    assert [problem["severity"] for problem in problems if problem["rule"] == "likely-duplicate"] == ["warning"]


def test_a_demo_with_months_has_a_commit_for_each_change_and_ends_as_the_one_without(program: stores.Program) -> None:
    one, other = ("demo", "made", "--customers", "9"), ("demo", "grown", "--customers", "9", "--months", "3")
    assert (program(*one).code, program(*other).code) == (0, 0)
    grown = stores.Program(program.capsys, program.folder / "grown")
    assert stores.files(grown.folder) == stores.files(program.folder / "made")
    first, *rest = stores.git(grown.folder, "log", "--reverse", "--format=%H %s").splitlines()
    assert first.partition(" ")[2] == "store: settings and team"
    assert len(rest) > 20
    assert stores.git(grown.folder, "status", "--porcelain") == ""
    checked = grown("check", "--range", f"{first.split()[0]}..HEAD")
    assert checked.code == 0, checked.out
