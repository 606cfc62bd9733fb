"""The option -o never overwrites a part of the store, in any command that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from import_runs import git, new_store, run

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

SHEET = "公司,类型,状态,负责人\n明远机械,企业,潜在客户,李雷\n"
COMMANDS = {
    "import": ("import", "../sheet.csv"),
    "import-dry-run": ("import", "../sheet.csv", "--dry-run"),
    "dedupe": ("dedupe",),
    "handover": ("handover", "--from", "lilei", "--to", "hanmei", "--dry-run"),
}
FOLDERS = {"report": ("report",), "export": ("export",)}
PLACES = (
    "crmtext.toml",
    "records/C20240101AAAA.yaml",
    "Records/new.md",
    "schema/customer.schema.json",
    ".git/hooks/pre-commit",
    "reports/../crmtext.toml",
    "link.md/crmtext.toml",
)
INSIDE = ("records/", "Records/new/", "./", ".git/hooks/", "reports/../schema/", "link.md/records/")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new_store(tmp_path / "store")
    (folder / "records" / "C20240101AAAA.yaml").write_text(
        "id: C20240101AAAA\nname: 云帆信息\ntype: company\nstatus: lead\nowner: lilei\n", "utf-8"
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "record")
    (tmp_path / "sheet.csv").write_text(SHEET, "utf-8")
    (folder / "link.md").symlink_to(folder, target_is_directory=True)
    monkeypatch.chdir(folder)
    return folder


def state(store: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("command", [*COMMANDS, *FOLDERS])
def test_no_command_writes_into_the_store(store: Path, command: str) -> None:
    before = state(store)
    for place in PLACES if command in COMMANDS else INSIDE:
        code, output = run(*{**COMMANDS, **FOLDERS}[command], "-o", place)
        assert (code, "is part of the store [output-place]" in output) == (2, True), (place, output)
    assert state(store) == before


def test_other_files_are_replaced(store: Path) -> None:
    target = store.parent / "plan.md"
    target.write_text("old", "utf-8")
    assert run("import", "../sheet.csv", "--dry-run", "-o", "../plan.md")[0] == 0
    assert "明远机械" in target.read_text("utf-8")
    assert run("report", "-o", "reports")[0] == 0


def test_the_plan_does_not_replace_what_is_imported(store: Path) -> None:
    source = store.parent / "customers.json"
    source.write_text('[{"name": "明远机械", "type": "company", "status": "lead", "owner": "lilei"}]', "utf-8")
    before = source.read_bytes()
    assert run("import", "../customers.json", "-o", "../store/../customers.json") == (
        2,
        (
            "error: '../store/../customers.json' is one of the files to import [output-place]\n"
            "  = write to another file\n"
        ),
    )
    assert source.read_bytes() == before


def test_links_in_a_circle_are_an_error(store: Path) -> None:
    (store.parent / "a").symlink_to(store.parent / "b")
    (store.parent / "b").symlink_to(store.parent / "a")
    code, output = run("export", "-o", "../a/c.csv")
    first = output.splitlines()[0]
    assert (code, first) == (2, "error: the links at '" + first.split("'")[1] + "' lead in a circle [output-place]")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (("backup", "--verify", ""), "--verify"),
        (("backup", "-o", ""), "-o' / '--output"),
        (("restore", "", "folder"), "FILE"),
        (("restore", "file", ""), "DIR"),
        (("subject-access", "x", "-o", ""), "-o' / '--output"),
        (("role-view", "--role", "sales", "-o", ""), "-o' / '--output"),
        (("export", "-o", ""), "-o' / '--output"),
    ],
)
@pytest.mark.parametrize(("language", "reason"), [("en", "the path is empty"), ("zh", "路径为空")])
def test_an_empty_name_is_a_usage_error(
    repo: Repo, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], name: str, language: str, reason: str
) -> None:
    said = stores.Program(capsys, repo.path)("--lang", language, *typed)
    first = said.err.splitlines()[0]
    assert (said.code, f"'{name}'" in first, first.endswith(reason)) == (2, True, True), said.err
