"""Every rule that the check of a store can name, read from the code that names it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmtext import layout
from crmtext.schema.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[2] / "crmtext"
#: Whatever may put a problem into the answer of a check.
SOURCES = (
    "text", "schema", "checks", "settings", "figures/rules.py", "sources.py", "disk/safe_read.py",
    "protection/disclosure_form.py", "protection/view/disclosed.py",
)  # fmt: skip
#: The calls whose first text is a rule.
_MAKERS = frozenset({"Problem", "problem", "Finding", "cannot", "usage", "_problem", "_add", "_error"})
_RAISERS = frozenset({"Problem", "problem", "usage", "cannot"})
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+\Z")
#: Texts that look like a rule and are none.
_OTHERS = frozenset(
    {"role-view", "public-key", "utf-8", "utf-8-sig", "date-time", "full-name", "team", "partial-date", "ssh-ed25519"}
)
#: Functions of a check whose texts are kinds of facts.
_OF_FACTS = frozenset({"facts", "needs"})
#: Found and told by code that writes, never by a check.
_OF_WRITING = frozenset({"edit-refused"})


def all_rules() -> frozenset[str]:
    """The rules of the code and those of the schema's own conditions."""
    return frozenset({rule for path in _files() for rule in _in_code(path)} | _in_schema()) - _OF_WRITING


def everywhere() -> frozenset[str]:
    """The rules of the whole program: also of what is typed, and of what the world around does not allow."""
    found = {rule for path in PACKAGE.rglob("*.py") if path.parent.name != "doctor" for rule in _raised(path)}
    return all_rules() | _OF_WRITING | found


def _raised(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _called(node) in _RAISERS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _files() -> Iterator[Path]:
    for name in SOURCES:
        path = PACKAGE / name
        # Pages are about rules that the code has.
        yield from (each for each in path.rglob("*.py") if each.parent.name != "pages") if path.is_dir() else (path,)


def _in_code(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    if path.parent.name == "checks":
        if path.name in ("__init__.py", "table.py"):
            return  # names of checks, each of which names its rules itself
        tree.body = [node for node in tree.body if getattr(node, "name", "") not in _OF_FACTS]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _SLUG.match(node.value) and node.value not in _OTHERS and not node.value.startswith("x-"):
                yield node.value
        elif isinstance(node, ast.Call) and _called(node) in _MAKERS:
            first = next((each.value for each in node.args if isinstance(each, ast.Constant)), None)
            if isinstance(first, str) and re.fullmatch("[a-z]+", first) and first not in _OTHERS:
                yield first
        elif isinstance(node, ast.JoinedStr) and ast.unparse(node).endswith("-format'"):
            yield from (f"{name}-format" for name in FORMATS)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _in_schema() -> set[str]:
    data = json.loads(layout.shipped(layout.SCHEMA).read_bytes())
    return set(_marks(data))


def _marks(data: Any) -> Iterator[str]:
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _marks(value)
    if isinstance(data, dict) and isinstance(data.get("x-rule"), str):
        yield data["x-rule"]
