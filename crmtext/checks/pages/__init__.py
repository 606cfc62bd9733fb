"""The page of each rule: the rule as a fact, why, a wrong and a right example, and how to fix it.

A page is Markdown in both languages. The pages of a check are in `NAME.md` beside `NAME.py`; the other rules are in
this folder, one file for each family. Files are read only when a page is requested.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.checks.table import CHECKS
from crmtext.i18n import _, language, pick
from crmtext.schema import conditions
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.schema import Schema

#: The families in reading order; `checks` are the pages beside the checks.
FAMILIES = (
    "characters",
    "yaml",
    "values",
    "checks",
    "setup",
    "privacy",
    "commands",
    "import",
    "export",
    "records",
    "history",
    "access",
    "backup",
    "views",
    "environment",
)
#: The families of problems in a store; the others are about commands and the environment.
_OF_CHECKS = ("characters", "yaml", "values", "checks", "setup", "privacy")
_CHINESE = "## 中文"
_LABELS = {
    "**Why:**": "why",
    "**Wrong:**": "wrong",
    "**Right:**": "right",
    "**Fix:**": "fix",
    "**原因：**": "why",
    "**错误：**": "wrong",
    "**正确：**": "right",
    "**修正：**": "fix",
}
_EXAMPLES = ("wrong", "right")


class Page(NamedTuple):
    """The page of a rule in one language."""

    rule: str
    #: The rule as a fact.
    fact: str = ""
    why: str = ""
    wrong: str = ""
    right: str = ""
    fix: str = ""


def pages() -> Mapping[str, Page]:
    """Every page in the current language, by the name of its rule, family after family."""
    return in_language(language())


@cache
def in_language(spoken: str) -> Mapping[str, Page]:
    """Every page in a language."""
    return MappingProxyType({rule: page for family in FAMILIES for rule, page in pages_of(family, spoken).items()})


def pages_of(family: str, spoken: str = "en") -> dict[str, Page]:
    """The pages of a family by the names of their rules."""
    return {rule: by_language[spoken] for file in _files(family) for rule, by_language in _read(file).items()}


def _files(family: str) -> Iterator[Path]:
    if family != "checks":
        yield Path(__file__).parent / f"{family}.md"
        return
    for target in CHECKS.values():
        package, _dot, module = target.partition(":")[0].rpartition(".")
        if package == "crmtext.checks":
            yield Path(__file__).parent.parent / f"{module}.md"


@cache
def _read(file: Path) -> Mapping[str, Mapping[str, Page]]:
    return parsed(file.read_text("utf-8"))


def parsed(text: str) -> dict[str, dict[str, Page]]:
    """The pages of a file by rule and language; a Chinese page without examples has those of the English one."""
    pages_by_rule: dict[str, dict[str, Page]] = {}
    for (rule, spoken), parts in _parts(text).items():
        page = Page(rule, **{part: _joined(part, lines) for part, lines in parts.items()})
        if spoken == "zh" and not page.wrong:
            page = page._replace(wrong=pages_by_rule[rule]["en"].wrong, right=pages_by_rule[rule]["en"].right)
        pages_by_rule.setdefault(rule, {})[spoken] = page
    return pages_by_rule


def _parts(text: str) -> dict[tuple[str, str], dict[str, list[str]]]:
    """The lines of each part, by rule and language."""
    lines_by_part: dict[tuple[str, str], dict[str, list[str]]] = {}
    rule, spoken, part, in_example = "", "en", "fact", False
    for line in text.splitlines():
        if line.startswith("```"):
            in_example = not in_example
        elif line.startswith("# ") and not in_example:
            rule, spoken, part = line[2:], "en", "fact"
        elif line == _CHINESE:
            spoken, part = "zh", "fact"
        else:
            is_labelled = line.startswith("**") and not in_example
            label = next(filter(line.startswith, _LABELS), "") if is_labelled else ""
            part = _LABELS.get(label, part)
            lines_by_part.setdefault((rule, spoken), {}).setdefault(part, []).append(line.removeprefix(label))
    return lines_by_part


def _joined(part: str, lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n") if part in _EXAMPLES else " ".join(" ".join(lines).split())


def known(schema: Schema) -> tuple[Page, ...]:
    """The pages of all rules in the current language; those of conditions in the team's own schema come last."""
    own = {
        node["x-rule"]: Page(node["x-rule"], pick(node.get("x-message", {})), fix=pick(node.get("x-hint", {})))
        for node in conditions(schema.data)
        if node["x-rule"] not in pages()
    }
    return (*pages().values(), *own.values())


def names(schema: Schema) -> tuple[str, ...]:
    """The names of all rules."""
    return tuple(page.rule for page in known(schema))


@cache
def checked() -> frozenset[str]:
    """The rules that a check of a store can report."""
    return frozenset(rule for family in _OF_CHECKS for rule in pages_of(family))


def misnamed(names: Iterable[str], schema: Schema) -> Iterator[tuple[str, str]]:
    """The names that no check can report, each with a hint at the nearest one."""
    reported = checked() | schema.conditions
    for name in names:
        if name not in reported:
            where = _("the rule is in brackets at the end of each problem")
            yield name, did_you_mean(nearest(name, sorted(reported)), where)
