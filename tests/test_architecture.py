"""The house as ARCHITECTURE describes it: layers, doors, and the numbers of small rooms."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import crmtext
from crmtext import layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

PACKAGE = Path(crmtext.__file__).parent

#: From the ground up, as in docs/architecture.md. A module imports from lines above its own, or from its own line.
PICTURE = """
problem  i18n  layout  quick
values  answer
terminal
text
disk  schema  model
settings  duplicates  merge  templating
git
storage  sources  computed
snapshot  sealing
previous  query
store  wording
figures
checks
index
explain  validation
search  trends
reports  record  exporters
setup  diff
history  handover  sync  unite
importers  protection
systems
cli  __main__
"""
LAYERS = tuple(tuple(line.split()) for line in PICTURE.split("\n") if line)
#: A newcomer reads the names at the top at one glance.
MOST_AT_THE_TOP = 12

#: Third-party libraries and the only rooms that may import them.
DOORS = {
    "yaml": ("text",),
    "jsonschema": ("schema.validate",),
    "jsonschema_rs": ("schema.validate",),
    "referencing": ("schema.validate",),
    "stdnum": ("text.secret_numbers", "checks.credit_code"),
    "pypinyin": ("values.pinyin",),
    "rapidfuzz": ("duplicates.similarity",),
    "phonenumbers": ("values.phones",),
    "jinja2": (
        "reports.environment",
        "templating.sandbox",
        "templating.charges",
        "templating.guard",
        "query.filter.parse",
    ),
    "markupsafe": ("reports", "templating"),
    "click": ("cli", "cli.main", "terminal.grid"),
    "sqlite3": ("index.database", "exporters.sqlite", "importers.reading.sqlite"),
    "git": ("git.objects",),
    "wcwidth": ("terminal.width",),
    "subprocess": ("git.plumbing", "git.editor", "importers.reading.workbook"),
    "python_calamine": ("importers.reading.workbook_child",),
    "xlsxwriter": ("exporters.books",),
    "pyrage": ("protection.age",),
}


@cache
def modules() -> list[tuple[str, ast.Module, str]]:
    """Each module with its tree and its text; parsed where a test asks, not where the tests are collected."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        text = path.read_text(encoding="utf-8")
        found.append((name, ast.parse(text), text))
    return found


def imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module.partition(".")[0] == "crmtext":
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def inner(tree: ast.Module) -> set[str]:
    """The rooms of the package that a module imports from."""
    ours = {name for name in imports(tree) if name.startswith("crmtext")}
    names = {name.removeprefix("crmtext").removeprefix(".") for name in ours}
    rooms = {room for layer in LAYERS for room in layer}
    return {name.partition(".")[0] for name in names if name.partition(".")[0] in rooms}


def level(room: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if room in layer)


def test_every_module_has_its_layer() -> None:
    rooms = {room for layer in LAYERS for room in layer}
    assert {name.partition(".")[0] for name, _tree, _text in modules()} == rooms | {""}


def test_the_picture_is_the_one_in_the_docs_and_few_modules_are_at_the_top() -> None:
    assert PICTURE in (PACKAGE.parent / "docs/architecture.md").read_text("utf-8")
    top = {name for name, _tree, _text in modules() if name and (PACKAGE / f"{name}.py").exists()}
    assert len(top) <= MOST_AT_THE_TOP, sorted(top)


def test_a_module_imports_from_the_layers_below_only() -> None:
    above = [
        (name, room)
        for name, tree, _text in modules()
        for room in inner(tree) - {"", name.partition(".")[0]}
        if level(room) > level(name.partition(".")[0])
    ]
    assert above == []


def test_a_library_is_imported_by_its_door_only() -> None:
    wrong = [
        (name, library)
        for name, tree, _text in modules()
        for library in {used.partition(".")[0] for used in imports(tree)} & set(DOORS)
        if not any(name == door or name.startswith(door + ".") for door in DOORS[library])
    ]
    assert wrong == []


def test_names_of_files_stand_in_the_layout_alone() -> None:
    names = {
        layout.SETTINGS,
        layout.SCHEMA,
        layout.ANSWER,
        layout.PAST,
        *layout.INDEX.values(),
        layout.LOCK,
        layout.HIDDEN,
    }
    starts = (f"{layout.RECORDS}/", f"{layout.SCHEMA_FOLDER}/", ".crmtext-")
    found = {
        (name, node.value)
        for name, tree, _text in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value in names or (node.value.startswith(starts) and "\n" not in node.value)
    }
    assert {each for each in found if each[0] != "layout"} == set()


def test_nothing_reaches_the_terminal_but_by_the_output() -> None:
    around = re.compile(r"\.unguarded|std(out|err)\.buffer|os\.write\([012]|/dev/tty|open\([012]\b")
    assert [name for name, _tree, text in modules() if name != "terminal.output" and around.search(text)] == []


def graph() -> dict[str, set[str]]:
    """Which module imports which when it runs, late imports too; those for its types alone never run."""
    known = {f"crmtext.{name}".removesuffix("."): tree for name, tree, _text in modules()}
    return {name: {*asked_for(tree, known)} - {name} for name, tree in known.items()}


def asked_for(tree: ast.Module, known: Collection[str]) -> Iterator[str]:
    """The modules of ours that a module names: `from crmtext.git import commit` asks for that one, not its package."""
    for node in running(tree):
        if isinstance(node, ast.ImportFrom) and node.module in known:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)


def running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, without those that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from running(child)


def test_no_module_imports_itself_by_way_of_others() -> None:
    edges = graph()
    # What nothing is left to import from, or to be imported by, is in no circle.
    while free := {name for name, to in edges.items() if not to & set(edges)}:
        edges = {name: to for name, to in edges.items() if name not in free}
    circles = {name: sorted(to & set(edges)) for name, to in edges.items()}
    assert circles == {}


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_files_and_functions_stay_small() -> None:
    long_files = [name for name, _tree, text in modules() if text.count("\n") > 400]
    sizes = {
        f"{name}.{each.name}": (each.end_lineno or each.lineno) - each.lineno + 1
        for name, tree, _text in modules()
        for each in functions(tree)
    }
    assert (long_files, [name for name, size in sizes.items() if size > 60]) == ([], [])


def test_every_module_says_what_lives_in_it() -> None:
    assert [name for name, tree, _text in modules() if not ast.get_docstring(tree)] == []
