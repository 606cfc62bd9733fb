"""The pages of docs/ say what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pages
import pytest

from crmtext.checks.table import CHECKS
from crmtext.cli.commands import COMMANDS
from crmtext.reports import REPORTS
from crmtext.schema import Schema

ROOT = Path(__file__).parents[1]
WRITTEN = tuple(path for path in sorted(pages.DOCS.glob("*.md")) if pages.PART.search(path.read_text("utf-8")))
#: Pages for those who work here or look something up: what they name is there.
TELLING = (ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CONTRIBUTING.md", *sorted(pages.DOCS.rglob("*.md")))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_what_is_written_from_the_code_is_up_to_date(path: Path, golden_update: bool) -> None:
    now = pages.written(path)
    if golden_update:
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text("utf-8")


def test_every_part_that_can_be_written_stands_on_a_page() -> None:
    found = {part for path in WRITTEN for _head, part in pages.PART.findall(path.read_text("utf-8"))}
    assert found == set(pages.PARTS)


@pytest.mark.parametrize("name", ["commands.md", "commands.zh-CN.md"])
def test_every_command_has_its_place(name: str) -> None:
    text = (pages.DOCS / name).read_text("utf-8")
    shown = [command for command, member in COMMANDS.items() if member.subject]
    assert [command for command in shown if f"\n### crmtext {command}\n" not in text] == []


@pytest.mark.parametrize("name", ["fields.md", "fields.zh-CN.md"])
def test_every_key_of_a_record_has_its_line(name: str) -> None:
    text = (pages.DOCS / name).read_text("utf-8")
    keys = [path for path in Schema.shipped().by_path if path and not path.endswith("[]")]
    assert [path for path in keys if f"\n| `{path}` |" not in text and f"\n## `{path}` " not in text] == []


@pytest.mark.parametrize("name", ["schema.md", "schema.zh-CN.md"])
def test_every_keyword_and_mark_that_a_schema_may_use_is_named(name: str) -> None:
    text = (pages.DOCS / name).read_text("utf-8")
    meta = json.loads((ROOT / "crmtext/schema/meta.schema.json").read_text("utf-8"))
    known = {*meta["properties"], *meta["definitions"]["value"]["properties"]} - {"$schema", "definitions"}
    assert sorted(name for name in known if f"`{name}`" not in text) == []


@pytest.mark.parametrize("path", TELLING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_that_is_named_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    named = re.findall(r"`((?:crmtext|schema|tests|docs|hooks)/[\w./-]+[\w])/?`", text)
    linked = [each for each in re.findall(r'(?:\]\(|src="|srcset=")([^)#"]+)', text) if "://" not in each]
    # NAME and N stand for a name of one's own.
    named = [each for each in named if not re.search(r"\bNAME\b|\bN\b", each)]
    assert [each for each in named if not (ROOT / each).exists()] == []
    assert [each for each in linked if not (path.parent / each).exists()] == []


def test_the_files_for_a_change_are_those_that_hold_its_family() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    tables = ("crmtext/checks/table.py", "crmtext/reports/__init__.py", "crmtext/cli/commands.py")
    assert [table for table in tables if f"`{table}`" not in text] == []
    assert [name for name, table in (("CHECKS", CHECKS), ("REPORTS", REPORTS), ("COMMANDS", COMMANDS))
            if f"`{name}`" not in text or not table] == []  # fmt: skip
