"""Where `crmtext export --to` writes, and what doesn't go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

ONE = stores.record("001", more="cases:\n  - {opened: 2024-06-01, kind: question, summary: 询问, status: open}\n")
TWO = stores.record("002", "Larch Pumps Ltd", owner="hanmei")


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path / "store", ONE, TWO))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--columns", "name"), "--columns can't be used with --to: the system decides what its files hold"),
        (("--format", "csv", "--headers", "labels"), "--headers, --format can't be used with --to"),
        (("--with-sensitive", "--recipient", "a", "--purpose", "b"), "--with-sensitive can't be used with --to"),
    ],
)
def test_what_the_system_decides_can_not_be_chosen(
    program: stores.Program, words: tuple[str, ...], message: str
) -> None:
    said = program("export", "--to", "hubspot", "-o", "../out/", *words)
    assert said.code == 2
    assert message in said.err


def test_it_needs_a_folder(program: stores.Program) -> None:
    said = program("export", "--to", "hubspot")
    assert said.code == 2
    assert "--to writes several files; name a folder: -o FOLDER/" in said.err


def test_a_folder_with_other_files_stays_as_it_is(program: stores.Program) -> None:
    folder = program.folder.parent / "out"
    folder.mkdir()
    (folder / "mine.csv").write_text("id\n1\n", "utf-8")
    said = program("export", "--to", "hubspot", "-o", str(folder))
    assert said.code == 2
    assert "holds other files: mine.csv" in said.err
    assert [path.name for path in folder.iterdir()] == ["mine.csv"]


def test_an_earlier_export_is_replaced_and_its_further_files_are_deleted(program: stores.Program) -> None:
    folder = program.folder.parent / "out"
    assert program("export", "--to", "hubspot", "-o", f"{folder}/").code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.txt", "companies.csv", "contacts.csv", "tickets.csv",
    ]  # fmt: skip
    assert program("export", "--owner", "hanmei", "--to", "hubspot", "-o", f"{folder}/").code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["README.txt", "companies.csv", "contacts.csv"]
    assert "  1. companies.csv: 1 row\r\n" in (folder / "README.txt").read_bytes().decode("utf-8-sig")
    (folder / "notes.txt").write_text("mine", "utf-8")
    assert program("export", "--to", "hubspot", "-o", f"{folder}/").code == 2


def test_a_part_of_the_store_is_no_place(program: stores.Program) -> None:
    said = program("export", "--to", "hubspot", "-o", str(program.folder / "records"))
    assert said.code == 2
    assert "is part of the store" in said.err


def test_the_readme_is_in_the_language_in_use(program: stores.Program) -> None:
    folder = program.folder.parent / "out"
    assert program("--lang", "zh", "export", "--to", "hubspot", "-o", f"{folder}/").code == 0
    assert "请按此顺序导入：" in (folder / "README.txt").read_bytes().decode("utf-8-sig")
