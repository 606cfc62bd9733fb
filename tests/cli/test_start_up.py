"""What a fresh process loads: every command pays for it each time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.index import lookup

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "jsonschema",
    "git",
    "jinja2",
    "rich",
    "pypinyin",
    "phonenumbers",
    "rapidfuzz",
    "stdnum",
    "wcwidth",
    "hypothesis",
}
#: What reads the pages of rules.
PAGES = "crmtext.checks.pages"
PROGRAM = """
import sys
from crmtext.__main__ import main
code = main(sys.argv[1:])
print("\\n" + " ".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that are loaded when the program has run."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(stores.ROOT)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stderr.decode().splitlines()[-1].split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return stores.made(tmp_path, stores.record())


def test_help_loads_no_command_and_nothing_heavy(folder: Path) -> None:
    modules = loaded(folder, "--help")
    unused = {"yaml", "jsonschema_rs", "subprocess", "shutil", "sqlite3", "crmtext.store", "crmtext.text", PAGES}
    assert modules & (HEAVY | unused) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["log", "C20240501001", "phone", "报价", "--by", "lilei", "--next", "回访", "--due", "+3d"],
        ["check"],
        ["list", "--owner", "李雷"],
        ["--lang", "zh", "list"],
        ["list", "--format", "json"],
    ],
)
def test_everyday_commands_load_nothing_heavy(folder: Path, arguments: list[str]) -> None:
    assert loaded(folder, *arguments) & {*HEAVY, PAGES} == set()


@pytest.mark.parametrize(
    ("arguments", "reads"),
    [
        ("history C20240501001", True),
        ("changes --since HEAD~9", True),
        ("check --range HEAD~9..HEAD", False),
        ("check --range HEAD~10..HEAD", True),
        ("check --at HEAD~1", False),
        ("list --at HEAD~1", False),
    ],
)
def test_git_python_is_loaded_where_many_objects_are_read(folder: Path, arguments: str, *, reads: bool) -> None:
    for words in (("init", "-q"), ("add", "."), *[("commit", "-q", "--allow-empty", "-m", "x")] * 11):
        subprocess.run(["git", *words], cwd=folder, check=True)
    assert ("git" in loaded(folder, *arguments.split())) is reads


def test_logging_by_id_loads_no_search_no_report_and_no_difference(folder: Path) -> None:
    modules = loaded(folder, "log", "C20240501001", "phone", "报价", "--by", "lilei")
    unused = {
        "crmtext.query.find",
        "crmtext.values.phones",
        "crmtext.values.dates",
        "crmtext.reports",
        "crmtext.checks",
    }
    assert modules & (unused | {"crmtext.storage.commit", "secrets", "sqlite3", "shutil"}) == set()


def test_merging_a_record_loads_no_click_and_no_catalogue(folder: Path) -> None:
    for name in "OAB":
        (folder / name).write_text(stores.record(status={"O": "lead"}.get(name, "prospect")), "utf-8")
    modules = loaded(folder, "merge-driver", "O", "A", "B", "7", stores.path())
    assert modules & (HEAVY | {"click", "gettext", "subprocess", "datetime"}) == set()


def test_the_hook_before_a_commit_loads_nothing_that_tells_changes(folder: Path) -> None:
    for words in (("init", "--quiet"), ("add", ".")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    modules = loaded(folder, "hook", "pre-commit")
    unused = {
        "crmtext.diff",
        "crmtext.merge",
        "crmtext.reports",
        "crmtext.text.edit.rewrite",
        "yaml",
        "difflib",
        "statistics",
    }
    assert modules & (HEAVY | unused) == set()


def test_each_command_loads_its_own_module_only(folder: Path) -> None:
    others = {f"crmtext.cli.{name}" for name in ("init", "list", "show", "log", "report", "hook", "hooks")}
    assert loaded(folder, "check") & others == set()


def test_a_second_check_of_many_records_opens_no_yaml_and_no_schema(tmp_path: Path) -> None:
    texts = [stores.record(f"{number:03}", f"示例{number:03}号有限公司") for number in range(lookup.WORTHWHILE)]
    # Text over lines is not of the everyday kind.
    texts[0] += "notes: |\n  一\n"
    folder = stores.made(tmp_path, *texts)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    # What was written just now is looked at once more.
    time.sleep(2.1)
    first = loaded(folder, "check")
    second = loaded(folder, "check")
    unused = {
        "yaml",
        "jsonschema_rs",
        "hashlib",
        "difflib",
        "multiprocessing",
        "crmtext.text.read.load",
        "crmtext.schema",
    }
    assert ("yaml" in first, second & unused) == (True, set())
