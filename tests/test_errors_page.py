"""The pages in docs/ that show every message of the check beside the record that causes it, made from the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cases
import pytest
import stores

from crmtext.checks import pages
from crmtext.i18n import speaking
from crmtext.terminal.code_frame import render_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: The page of each language in docs/, and what stands above the first rule.
PAGES = {"en": "errors.md", "zh": "errors.zh-CN.md"}
HEADS = {
    "en": """\
# Messages of the check

[中文](errors.zh-CN.md)

For each rule: a record that breaks it, and the message of `crmtext check`. `crmtext explain RULE` shows the reason.
This page is written from the test cases by `pytest --golden-update`.
""",
    "zh": """\
# 检查的提示

[English](errors.md)

每条规则列出一份违反它的记录，以及 `crmtext check` 给出的提示。`crmtext explain 规则名` 说明规则的原因。
本页由 `pytest --golden-update` 根据测试用例生成。
""",
}
#: More of a record or an answer is not needed to understand it.
MOST_LINES = 24
FENCE = "````"


def _cases(folder: Path) -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """The wrong cases of a rule: name, the text that is wrong, and what lays it into a store."""
    for name, lay in cases.cases(folder):
        if "right" not in name.partition(".")[0].split("-"):
            yield name, _shown(folder / name), lay


def _shown(case: Path) -> str:
    """The files of a case as far as they can be shown."""
    files = [case] if case.is_file() else sorted(path for path in case.rglob("*") if path.is_file())
    return "\n\n".join(filter(None, (_text(case, file) for file in files)))


def _text(case: Path, file: Path) -> str:
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return ""
    lines = [
        "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line) for line in text.split("\n")
    ]
    cut = [*lines[:MOST_LINES], "…"] if len(lines) > MOST_LINES + 1 else lines
    head = "" if file == case else f"# {file.relative_to(case).as_posix()}\n"
    return head + "\n".join(cut).rstrip("\n")


def _section(folder: Path, store: Path) -> str:
    page = pages.pages().get(folder.name)
    fact = page.fact if page else ""
    parts = [f"## {folder.name}\n", *([f"{fact}\n"] if fact else [])]
    for _name, shown, lay in _cases(folder):
        said = render_all(cases.problems(lay, store), width=96).rstrip("\n")
        parts += [f"{FENCE}yaml\n{shown}\n{FENCE}\n"] if shown else []
        parts += [f"{FENCE}text\n{said}\n{FENCE}\n"]
    return "\n".join(parts)


@pytest.mark.parametrize("language", PAGES)
def test_the_page_of_all_messages_is_up_to_date(language: str, tmp_path: Path, golden_update: bool) -> None:
    with speaking(language):
        sections = [_section(folder, tmp_path / "store") for folder in cases.folders()]
    page = "\n".join([HEADS[language], *sections])
    path = stores.ROOT / "docs" / PAGES[language]
    if golden_update:
        path.write_bytes(page.encode())
    assert page == path.read_bytes().decode()
