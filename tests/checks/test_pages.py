"""Every rule has its page, and the examples on it are what they say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import rules as named_rules

from crmtext import checks
from crmtext.checks import pages as checks_pages
from crmtext.checks.scope import declared
from crmtext.explain import rule as rule_page
from crmtext.i18n import LANGUAGES
from crmtext.problem import CrmError
from crmtext.schema import load
from crmtext.store import Store
from crmtext.terminal.width import display_width

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
CHECKS = Path(checks_pages.__file__).parents[1]
PAGES = checks_pages.pages()
OF_SETUP = checks_pages.pages_of("setup")
#: Every page in both languages.
TEXTS = {f"{spoken} {page.rule}": page for spoken in LANGUAGES for page in checks_pages.in_language(spoken).values()}
#: Pages with examples that are parts of a record; of both languages where these differ.
IN_RECORDS = {
    name: page
    for name, page in TEXTS.items()
    if page.wrong and page.rule not in OF_SETUP and (name.startswith("en") or page.wrong != PAGES[page.rule].wrong)
}


def _record(example: str, given: dict[str, str], *, whole: bool) -> str:
    """The record that an example is a part of."""
    keys = set(re.findall(r"^([a-z_]+)", example, re.MULTILINE))
    rest = [line for key, line in given.items() if key not in keys and not whole]
    before, after = (rest, []) if "id" not in keys else ([], rest)
    if example.startswith("%"):
        before, after = [], rest
    return "\n".join([*before, example, *after]) + "\n"


def _reported_rules(folder: Path, example: str, *, whole: bool) -> set[str]:
    (folder / "records").mkdir(exist_ok=True)
    (folder / "crmtext.toml").write_text(TEAM, "utf-8")
    (folder / "records/C20240501K7QM.yaml").write_text(_record(example, RECORD, whole=whole), "utf-8")
    (folder / "records/C20240501K7QN.yaml").write_text(_record("", OTHER, whole=False), "utf-8")
    return {problem.rule for problem in checks.run(Store(folder).worktree())}


@pytest.mark.parametrize("page", IN_RECORDS.values(), ids=list(IN_RECORDS))
def test_the_wrong_example_breaks_the_rule_and_the_right_one_breaks_none(
    page: checks_pages.Page, tmp_path: Path
) -> None:
    whole = page.rule in WHOLE
    assert page.rule in _reported_rules(tmp_path, page.wrong, whole=whole)
    if page.right:
        assert _reported_rules(tmp_path, page.right, whole=False) == set()


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


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in OF_SETUP if PAGES[name].wrong])
def test_examples_of_settings_and_schema_are_what_they_say(name: str, spoken: str, tmp_path: Path) -> None:
    page = checks_pages.in_language(spoken)[name]
    if name.startswith("schema-"):
        rules = (_of_schema(page.wrong), _of_schema(page.right))
    else:
        rules = (_of_settings(page.wrong, tmp_path), _of_settings(page.right, tmp_path))
    assert rules == (name, "")


def test_every_rule_of_the_program_has_one_page_and_no_page_is_of_a_rule_that_is_gone() -> None:
    pages = [rule for family in checks_pages.FAMILIES for rule in checks_pages.pages_of(family)]
    assert sorted(pages) == sorted(named_rules.everywhere())


@pytest.mark.parametrize("name", checks.CHECKS)
def test_the_pages_beside_a_check_are_those_of_its_rules(name: str) -> None:
    file = CHECKS / f"{name.replace('-', '_')}.md"
    assert set(checks_pages.parsed(file.read_text("utf-8"))) == declared(name).rules


def test_every_file_of_pages_belongs_to_a_check_or_a_family() -> None:
    beside = {path.stem.replace("_", "-") for path in CHECKS.glob("*.md")}
    families = {path.stem for path in (CHECKS / "pages").glob("*.md")}
    assert (beside, families) == (set(checks.CHECKS), set(checks_pages.FAMILIES) - {"checks"})


def test_a_page_has_all_its_parts_in_both_languages() -> None:
    text = """\
# some-rule

A fact,
in two lines.

**Why:** because
of this.

**Wrong:**

```yaml
# crmtext: a comment
a:
\t- b
```

**Right:**

```yaml
a:

  - b
```

**Fix:** do that.

## 中文

事实。

**原因：** 因为这样。

**修正：** 那样做。

# other-rule

Another fact.

**Fix:** nothing.

## 中文

另一事实。

**错误：**

```yaml
b: 1
```

**正确：**

```yaml
b: 2
```

**修正：** 不用改。
"""
    wrong, right = "# crmtext: a comment\na:\n\t- b", "a:\n\n  - b"
    assert checks_pages.parsed(text) == {
        "some-rule": {
            "en": checks_pages.Page("some-rule", "A fact, in two lines.", "because of this.", wrong, right, "do that."),
            "zh": checks_pages.Page("some-rule", "事实。", "因为这样。", wrong, right, "那样做。"),
        },
        "other-rule": {
            "en": checks_pages.Page("other-rule", "Another fact.", fix="nothing."),
            "zh": checks_pages.Page("other-rule", "另一事实。", "", "b: 1", "b: 2", "不用改。"),
        },
    }


@pytest.mark.parametrize("page", TEXTS.values(), ids=list(TEXTS))
def test_a_page_is_complete_and_fits_a_terminal(page: checks_pages.Page) -> None:
    assert page.fact.endswith((".", "。"))
    assert page.why
    assert page.fix
    assert not re.search(r"\*\*\w+[:：]|```|^#+ ", "".join(page[1:]))
    assert max(map(display_width, rule_page.shown(page).text.splitlines())) <= rule_page.WIDTH


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = (checks_pages.in_language(spoken) for spoken in LANGUAGES)
    assert [*english] == [*chinese]
    parts = {rule: [bool(part) for part in page] for rule, page in english.items()}
    assert {rule: [bool(part) for part in page] for rule, page in chinese.items()} == parts
