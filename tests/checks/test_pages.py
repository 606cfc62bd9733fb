"""Every rule has its page, and the examples on it are what they say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import rules as named_rules

from crmtext import checks
from crmtext.checks import pages as rules
from crmtext.checks.pages import characters, setup, values, yaml
from crmtext.problem import CrmError
from crmtext.schema import load
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

TEAM = '[team.lilei]\nname = "李雷"\n\n[team.liuyang]\nname = "刘洋"\nactive = false\n'
#: What a record says where an example says nothing about it.
RECORD = {
    "id": "id: C20240501K7QM",
    "name": "name: 上海示例电子有限公司",
    "type": "type: company",
    "status": "status: prospect",
    "owner": "owner: lilei",
    "contacts": "contacts: [{name: 张三}]",
}
#: Another record of the store, which names the first one as its parent.
OTHER = RECORD | {"id": "id: C20240501K7QN", "relations": "relations: [{id: C20240501K7QM, kind: parent}]"}
#: Examples that are a record by themselves.
WHOLE = {"not-a-map", "unclosed-quote"}
OF_RECORDS = {**characters.PAGES, **yaml.PAGES, **values.PAGES}
PAGES = rules.pages()
IN_RECORDS = [
    page for page in PAGES.values() if page.wrong and (page.rule in OF_RECORDS or page.rule not in setup.PAGES)
]


def _record(example: str, given: dict[str, str], *, whole: bool) -> str:
    """The record that an example is a part of."""
    keys = set(re.findall(r"^([a-z_]+)", example, re.MULTILINE))
    rest = [line for key, line in given.items() if key not in keys and not whole]
    before, after = (rest, []) if "id" not in keys else ([], rest)
    if example.startswith("%"):
        before, after = [], rest
    return "\n".join([*before, example, *after]) + "\n"


def _found(folder: Path, example: str, *, whole: bool) -> set[str]:
    (folder / "records").mkdir(exist_ok=True)
    (folder / "crmtext.toml").write_text(TEAM, "utf-8")
    (folder / "records/C20240501K7QM.yaml").write_text(_record(example, RECORD, whole=whole), "utf-8")
    (folder / "records/C20240501K7QN.yaml").write_text(_record("", OTHER, whole=False), "utf-8")
    return {problem.rule for problem in checks.run(Store(folder).worktree())}


@pytest.mark.parametrize("page", IN_RECORDS, ids=lambda page: page.rule)
def test_the_wrong_example_breaks_the_rule_and_the_right_one_breaks_none(page: rules.Page, tmp_path: Path) -> None:
    whole = page.rule in WHOLE
    assert page.rule in _found(tmp_path, page.wrong, whole=whole)
    if page.right:
        assert _found(tmp_path, page.right, whole=False) == set()


def _of_schema(example: str) -> str:
    """The rule that the shipped schema breaks with one more key; empty if none."""
    data = json.loads(load.shipped())
    data["properties"] |= json.loads("{" + example + "}")
    try:
        load.read(json.dumps(data).encode())
    except CrmError as error:
        return error.problem.rule
    return ""


def _of_settings(example: str, folder: Path) -> str:
    (folder / "crmtext.toml").write_text(example, "utf-8")
    try:
        Store(folder).settings  # noqa: B018 - read when asked for
    except CrmError as error:
        return error.problem.rule
    return ""


@pytest.mark.parametrize("name", [name for name in setup.PAGES if PAGES[name].wrong])
def test_examples_of_settings_and_schema_are_what_they_say(name: str, tmp_path: Path) -> None:
    page = PAGES[name]
    if name.startswith("schema-"):
        told = (_of_schema(page.wrong), _of_schema(page.right))
    else:
        told = (_of_settings(page.wrong, tmp_path), _of_settings(page.right, tmp_path))
    assert told == (name, "")


def test_every_rule_of_the_program_has_its_page_and_no_page_is_of_a_rule_that_is_gone() -> None:
    known, pages = named_rules.everywhere(), set(PAGES)
    assert (sorted(known - pages), sorted(pages - known - set(checks.CHECKS))) == ([], [])


def test_a_page_has_all_its_parts() -> None:
    assert rules.parsed(
        "some-rule",
        "A fact,\nin two lines.\n\nWhy: because\nof this.\n\nWrong:\n    a:\n    \t- b\n\n"
        "Right:\n    a:\n      - b\n\nInstead: do that.\n",
    ) == rules.Page("some-rule", "A fact, in two lines.", "because of this.", "a:\n\t- b", "a:\n  - b", "do that.")


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.rule)
def test_a_page_says_a_fact_and_what_to_do_and_fits_a_terminal(page: rules.Page) -> None:
    assert page.fact.endswith(".")
    assert page.instead
    assert max((len(line) for line in f"{page.wrong}\n{page.right}".splitlines()), default=0) <= 106
