from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from yamlish import keys, texts, words

from crmtext.problem import CrmError, Edit, Exit
from crmtext.text.edit.expected import after, same
from crmtext.text.edit.rewrite import Append, Delete, Insert, Operation, Rename, Set, apply, edits, rewrite
from crmtext.text.pointer import escape
from crmtext.text.read.scalars import resolve
from crmtext.text.tree import Node, compose

if TYPE_CHECKING:
    from collections.abc import Iterator

DATES = frozenset({"interactions[].date"})


@dataclass(frozen=True)
class Case:
    name: str
    before: str
    operations: Operation | tuple[Operation, ...]
    text: str


CASES = [
    Case(
        "items inserted one after another at one number, the last one first",
        "tags:\n  - a\n  - d # last\n",
        (Insert("/tags", 1, "c"), Insert("/tags", 1, "b")),
        "tags:\n  - a\n  - b\n  - c\n  - d # last\n",
    ),
    Case(
        "append adds lines only and leaves the next section its comment",
        "interactions:\n  - date: 2026-01-01\n    by: a # c\n    # deeper\n\n# notes\nnotes: x\n",
        Append("/interactions", {"date": "2026-01-02", "by": "b"}),
        "interactions:\n  - date: 2026-01-01\n    by: a # c\n    # deeper\n  - date: 2026-01-02\n    by: b\n\n# notes\n"
        "notes: x\n",
    ),
    Case("append follows lists that are not indented", "a:\n- x\nb: 1\n", Append("/a", {"w": 1}),
         "a:\n- x\n- w: 1\nb: 1\n"),
    Case("append follows the empty lines between items", "a:\n  - x: 1\n\n  # two\n  - x: 2\n\nb: 1\n",
         Append("/a", {"x": 3}), "a:\n  - x: 1\n\n  # two\n  - x: 2\n\n  - x: 3\n\nb: 1\n"),
    Case("one empty line of many is no habit", "a:\n  - x\n\n  - y1\n  - z\n", Append("/a", "w"),
         "a:\n  - x\n\n  - y1\n  - z\n  - w\n"),
    Case("an item goes with the empty line above it", "a:\n  - x\n\n  - y1\n\n  - z\nb: 1\n", Delete("/a/1"),
         "a:\n  - x\n\n  - z\nb: 1\n"),
    Case("the first item goes with the empty line below it", "a:\r\n  - x\r\n\r\n  # c\r\n  - y1\r\n\r\n  - z\r\n",
         (Delete("/a/0"), Delete("/a/1")), "a:\r\n  # c\r\n  - y1\r\n"),
    Case("a new list stands in brackets where others of its key do", "a:\n  - b: 1\n    c: [\"2\"]\n",
         Append("/a", {"b": 2, "c": ["3"]}), 'a:\n  - b: 1\n    c: ["2"]\n  - b: 2\n    c: ["3"]\n'),
    Case("a new list stands below its key where others of its key do", "a: [1]\nb: [2]\nc:\n  - d:\n      - x\n",
         Append("/c", {"d": ["z"]}), "a: [1]\nb: [2]\nc:\n  - d:\n      - x\n  - d:\n      - z\n"),
    Case("a list too long for a line has lines", "a: [1]\n", Set("/b", ["x" * 60, "z" * 60]),
         "a: [1]\nb:\n  - " + "x" * 60 + "\n  - " + "z" * 60 + "\n"),
    Case("append follows the gap behind the dash", "a:\n  -   x: 1\n", Append("/a", {"w": 1, "z": 2}),
         "a:\n  -   x: 1\n  -   w: 1\n      z: 2\n"),
    Case("append keeps CRLF", "a:\r\n  - x\r\nb: 1\r\n", Append("/a", {"w": 1, "z": "1\n2\n"}),
         "a:\r\n  - x\r\n  - w: 1\r\n    z: |\r\n      1\r\n      2\r\nb: 1\r\n"),
    Case("append keeps a missing line break at the end", "a:\n  - x", Append("/a", "y1"), "a:\n  - x\n  - y1"),
    Case("append keeps a byte order mark", "\ufeffa:\n  - x\n", Append("/a", "y1"), "\ufeffa:\n  - x\n  - y1\n"),
    Case("append after text that ends the file without a line break keeps that text", "a:\n  - |\n    x",
         Append("/a", "y1"), "a:\n  - |-\n    x\n  - y1"),
    Case("append of text that ends in a line break gets one", "a:\n  - x", Append("/a", "1\n2\n"),
         "a:\n  - x\n  - |\n    1\n    2\n"),
    Case("append after kept blank lines", "a:\n  - |+\n    x\n\nb: 1\n", Append("/a", "y1"),
         "a:\n  - |+\n    x\n\n  - y1\nb: 1\n"),
    Case("append after a list within a list", "a:\n  - - x\n    - z\n", Append("/a/0", "y1"),
         "a:\n  - - x\n    - z\n    - y1\n"),
    Case("append stays inside brackets", "a: [x, z] # c\n", Append("/a", "y, 1"), 'a: [x, z, "y, 1"] # c\n'),
    Case("append behind a comma inside brackets", "a: [x, z, ]\n", Append("/a", "y1"), "a: [x, z, y1, ]\n"),
    Case("append to brackets over lines", "a: [\n  x,\n  z # c\n]\n", Append("/a", "y1"),
         "a: [\n  x,\n  z, # c\n  y1\n]\n"),
    Case("append to brackets over lines with a last comma", "a: [\n  x,\n  z, # c\n]\n", Append("/a", "y1"),
         "a: [\n  x,\n  z, # c\n  y1,\n]\n"),
    Case("append of text to empty brackets stays there", "a: [] # c\n", Append("/a", "y1"), "a: [y1] # c\n"),
    Case("append of a map to empty brackets takes lines", "a: [] # c\nb: 1\n", Append("/a", {"x": 1}),
         "a: # c\n  - x: 1\nb: 1\n"),
    Case("append to an empty value begins a list", "a: # c\nb: 1\n", Append("/a", "y1"), "a: # c\n  - y1\nb: 1\n"),
    Case("append begins a missing list where the order says", "a: 1\nc: 1\n", Append("/b", "x", ("a", "b", "c")),
         "a: 1\nb:\n  - x\nc: 1\n"),
    Case("insert puts an older item between", "interactions:\n  - date: 2026-01-01\n  # next\n  - date: 2026-01-03\n",
         Insert("/interactions", 1, {"date": "2026-01-02"}),
         "interactions:\n  - date: 2026-01-01\n  - date: 2026-01-02\n  # next\n  - date: 2026-01-03\n"),
    Case("insert before the first item", "a:\n  # c\n  - x\n", Insert("/a", 0, {"w": 1, "z": 2}),
         "a:\n  # c\n  - w: 1\n    z: 2\n  - x\n"),
    Case("insert inside brackets", "a: [x, z]\n", Insert("/a", 1, "y1"), "a: [x, y1, z]\n"),
    Case("set keeps the comment and the columns before the value", "a:   x   # c\nb: 1\n", Set("/a", "y1"),
         "a:   y1   # c\nb: 1\n"),
    Case("set keeps the quotes that stand there", "a: 'x'\nb: \"x\"\n", (Set("/a", "it's"), Set("/b", "y1")),
         "a: 'it''s'\nb: \"y1\"\n"),
    Case("set quotes what is no text elsewhere", "a: x\n", Set("/a", "no"), 'a: "no"\n'),
    Case("set quotes as the file does", "a: x\nb: 'y'\n", Set("/a", "no"), "a: 'no'\nb: 'y'\n"),
    Case("set fills an empty value", "a: # c\nb: 1\n", Set("/a", "y1"), "a: y1 # c\nb: 1\n"),
    Case("set fills an empty item", "a:\n  -\n  - x\n", Set("/a/0", "y1"), "a:\n  - y1\n  - x\n"),
    Case("set of a value below its key", "a:\n  x\n  z\nb: 1\n", Set("/a", "y1"), "a: y1\nb: 1\n"),
    Case("set of text over lines keeps the comment of its header", "a: | # c\n  x\n\nb: 1\n", Set("/a", "1\n2\n"),
         "a: | # c\n  1\n  2\n\nb: 1\n"),
    Case("set of text over lines to one line", "a: |- # c\n  x\n  z\nb: 1\n", Set("/a", "y1"), "a: y1 # c\nb: 1\n"),
    Case("set of a list to a value", "a: # c\n  - x\n  - y\nb: 1\n", Set("/a", None), "a: null # c\nb: 1\n"),
    Case("set of a value to a map", "a: x # c\nb: 1\n", Set("/a", {"k": "v"}), "a: # c\n  k: v\nb: 1\n"),
    Case("set of a list changes the items that differ", "a:\n  - x # c\n  - y\n", Set("/a", ["x", "z", "w"]),
         "a:\n  - x # c\n  - z\n  - w\n"),
    Case("set of a map changes the entries that differ", "a:\n  k: 1 # c\n  l: 2\n  m: [x]\n",
         Set("/a", {"k": 1, "q": 3, "m": ["x", "y1"]}), "a:\n  k: 1 # c\n  q: 3\n  m: [x, y1]\n"),
    Case("set to the same value changes nothing", "a: 'x'\n", Set("/a", "x"), "a: 'x'\n"),
    Case("set inside braces", "a: {k: x, l: y}\n", Set("/a/k", "1, 2"), 'a: {k: "1, 2", l: y}\n'),
    Case("a map in place of one in braces stands in braces", "a:\n  b: {c: 1} # c\n", Set("/a/b", {"d": "x", "e": 2}),
         "a:\n  b: {d: x, e: 2} # c\n"),
    Case("a map in place of an item in braces stands in braces", "a:\n  -  {c: 1}\n", Set("/a/0", {"d": "x: y"}),
         'a:\n  -  {d: "x: y"}\n'),
    Case("a map in place of one in braces below its key stands in braces", "a:\n  {c: 1}\nb: 1\n", Set("/a", {"d": 2}),
         "a: {d: 2}\nb: 1\n"),
    Case("a map in place of empty braces stands in braces", "a: {}\n", Set("/a", {"d": 2}), "a: {d: 2}\n"),
    Case("a map with more below it has lines", "a: {c: 1}\n", Set("/a", {"d": {"e": 2}}), "a:\n  d:\n    e: 2\n"),
    Case("a map too long for a line has lines", "a: {c: 1}\n", Set("/a", {"d": "x" * 60, "e": "z" * 60}),
         "a:\n  d: " + "x" * 60 + "\n  e: " + "z" * 60 + "\n"),
    Case("set inside braces adds a key", "a: {k: x}\n", Set("/a/l", "y1"), "a: {k: x, l: y1}\n"),
    Case("set gives a bare key inside braces its value", "a: {k, l: y}\n", Set("/a/k", "v"), "a: {k: v, l: y}\n"),
    Case("a new key goes to the end without an order", "b: 1\n# c\n", Set("/a", 1), "b: 1\na: 1\n# c\n"),
    Case("a new key goes behind the nearest one before it", "id: 1\nz: 1\nname: x # c\n\nowner: y\n",
         Set("/status", "lead", ("id", "name", "type", "status", "owner")),
         "id: 1\nz: 1\nname: x # c\nstatus: lead\n\nowner: y\n"),
    Case("a new key in an item stands in the item's column", "a:\n  - b: 1\n  - c: 1\n", Set("/a/0/d", 2),
         "a:\n  - b: 1\n    d: 2\n  - c: 1\n"),
    Case("the maps above a new key are made", "a: 1\n", Set("/b/c/d", 2), "a: 1\nb:\n  c:\n    d: 2\n"),
    Case("a new key in an empty file", "# c\n", Set("/a", 1), "# c\na: 1\n"),
    Case("a new key in a file with nothing", "", Set("/a", 1), "a: 1\n"),
    Case("dates are plain where dates are", "interactions:\n  - date: 2026-01-01\n",
         Append("/interactions", {"date": "2026-01-02", "by": "2026-01-02"}),
         'interactions:\n  - date: 2026-01-01\n  - date: 2026-01-02\n    by: "2026-01-02"\n'),
    Case("a date is set plain", "interactions:\n  - date: 2026-01-01\n", Set("/interactions/0/date", "2026-01-02"),
         "interactions:\n  - date: 2026-01-02\n"),
    Case("a date inside braces is set plain", "interactions:\n  - {date: 2026-01-01}\n",
         Set("/interactions/0/date", "2026-01-02"), "interactions:\n  - {date: 2026-01-02}\n"),
    Case("a map behind a wide gap", "a:\n  -   x\n", Set("/a/0", {"k": 1, "q": 2}), "a:\n  -   k: 1\n      q: 2\n"),
    Case("text over lines at the end of a file gets its line break", "a: x", Set("/a", "1\n2\n"), "a: |\n  1\n  2\n"),
    Case("delete inside brackets over lines", "a: [\n  x,\n  z, # c\n  y1\n]\n", Delete("/a/2"),
         "a: [\n  x,\n  z # c\n]\n"),
    Case("delete takes an entry with its comment", "a: 1\nb: # c\n  - x\n  # deeper\nc: 1\n", Delete("/b"),
         "a: 1\nc: 1\n"),
    Case("delete takes the first item", "a:\n  - x: 1\n    y: 2\n  - z\n", Delete("/a/0"), "a:\n  - z\n"),
    Case("delete of the first entry of an item moves the next one up", "a:\n  - x: 1 # c\n    y: 2\n", Delete("/a/0/x"),
         "a:\n  - y: 2\n"),
    Case("delete of the first entry keeps the comment of the next", "a:\n  - x: 1\n    # c\n    y: 2\n",
         Delete("/a/0/x"),
         "a:\n  -\n    # c\n    y: 2\n"),
    Case("delete of the only item leaves brackets", "a: # c\n  - x\nb: 1\n", Delete("/a/0"), "a: [] # c\nb: 1\n"),
    Case("delete inside brackets", "a: [x, y, z]\n", (Delete("/a/2"), Delete("/a/0")), "a: [y]\n"),
    Case("delete of the last one before a comma", "a: [x , z, ] # c\n", Delete("/a/1"), "a: [x , ] # c\n"),
    Case("delete keeps a missing line break at the end", "a: 1\nb: 2", Delete("/b"), "a: 1"),
    Case("delete keeps the line break that text before it ends with", "a: |\n  x\nb: 2", Delete("/b"), "a: |\n  x\n"),
    Case("delete of the first key keeps a byte order mark", "\ufeffa: 1\nb: 2\n", Delete("/a"), "\ufeffb: 2\n"),
    Case("rename keeps value, quotes and comment", "'a': 1 # c\nb: 2\n", Rename("/a", "z"), "'z': 1 # c\nb: 2\n"),
    Case("rename inside braces", "a: {b: 1}\n", Rename("/a/b", "c"), "a: {c: 1}\n"),
    Case("operations see what those before them did", "a: 1\n",
         (Append("/l", "x"), Append("/l", "z"), Delete("/l/0"), Rename("/l", "m"), Set("/m/0", "w")),
         "a: 1\nm:\n  - w\n"),
    Case("several operations in one pass", "a: 1\nl:\n  - x\nb: 2\n",
         (Append("/l", "v"), Append("/l", "w"), Set("/b", 3), Delete("/a")),
         "l:\n  - x\n  - v\n  - w\nb: 3\n"),
    Case("anchors elsewhere are kept", "a: &x [1]\nb: *x\nc: 1\n", Set("/c", 2), "a: &x [1]\nb: *x\nc: 2\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_touches_only_what_it_must(case: Case) -> None:
    operations = (case.operations,) if isinstance(case.operations, Operation) else case.operations
    assert rewrite(case.before, operations, dates=DATES) == case.text


SHARED = "this value is used elsewhere in the file through its anchor"
ODD = "the field 'a' is written in a form that can't be edited here"
REFUSED: dict[str, tuple[str, Operation, str]] = {
    "an alias": ("a: &x 1\nb: *x\n", Set("/b", 2), SHARED),
    "a shared value": ("a: &x {c: 1}\nb: *x\n", Set("/a/c", 2), SHARED),
    "a shared value inside": ("a:\n  c: &x 1\nb: *x\n", Delete("/a"), SHARED),
    "an anchor": ("a: &x 1\nb: 1\n", Set("/a", 2), "this value has an anchor"),
    "a key that stands twice": ("a: 1\na: 2\n", Set("/a", 3), "duplicate field 'a'"),
    "several documents": ("a: 1\n---\nb: 1\n", Set("/a", 2), "the file contains more than one document"),
    "no YAML": ("a: [\n", Set("/a", 2), "the file can't be read"),
    "an item that is not there": ("a: [x]\n", Set("/a/1", "y"), "the list has no item '1'"),
    "a number beyond the end": ("a: [x]\n", Insert("/a", 2, "y"), "the list has no item '2'"),
    "a place below a value": ("a: x\n", Set("/a/b", 1), "'b' can't be added below a single value"),
    "a list that is none": ("a: x\n", Append("/a", 1), "this is not a list"),
    "nothing to delete": ("a: x\n", Delete("/b"), "'b' does not exist"),
    "nothing to rename": ("a: x\n", Rename("/b", "c"), "'b' does not exist"),
    "a key that is taken": ("a: 1\nb: 2\n", Rename("/a", "b"), "the field 'b' already exists"),
    "the whole file": ("a: 1\n", Delete(""), "an edit can't remove or rename the whole file"),
    "a key behind a question mark": ("? a\n: 1\n", Set("/a", {"b": 2}), ODD),
    "a comment inside brackets": ("a: [x, # c\n  y]\n", Delete("/a/0"), "there is a comment between the brackets"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "operation", "message"), REFUSED.values(), ids=list(REFUSED))
def test_unsafe_edits_are_rejected(text: str, operation: Operation, message: str) -> None:
    with pytest.raises(CrmError) as caught:
        rewrite(text, [operation])
    problem = caught.value.problem
    assert (problem.rule, problem.message, caught.value.exit_code) == ("edit-refused", message, Exit.CANNOT)
    assert problem.hint


def test_edits_at_one_offset_are_done_in_their_order() -> None:
    assert apply("ac", [Edit(1, 2, "d"), Edit(1, 1, "b"), Edit(1, 1, "c")]) == "abcd"


def test_edits_of_one_command_are_given_in_the_order_of_the_text() -> None:
    changes = edits("a: 1\nb: 2\n", [Set("/b", 3), Set("/a", 4), Append("/c", "x"), Append("/d", "x")])
    assert changes == (Edit(3, 4, "4"), Edit(8, 9, "3"), Edit(10, 10, "c:\n  - x\nd:\n  - x\n"))


new_values = st.recursive(
    words | st.none() | st.booleans() | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=4,
)


def pointers(node: Node, pointer: str = "") -> Iterator[tuple[str, Node]]:
    yield pointer, node
    names = [key.value for key in node.keys] or [str(index) for index in range(len(node.children))]
    for name, child in zip(names, node.children, strict=True):
        yield from pointers(child, f"{pointer}/{escape(name)}")


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, Node, Operation]:
    """A text, its tree, and something to do to it."""
    text = draw(texts())
    root = tree(text)
    pointer, node = draw(st.sampled_from(list(pointers(root))))
    value = draw(new_values)
    if node.kind == "list":
        operations: list[Operation] = [
            Append(pointer, value),
            Insert(pointer, draw(st.integers(0, len(node.children))), value),
        ]
    else:
        operations = [Set(f"{pointer}/{draw(keys.map(escape))}", value), Append(f"{pointer}/new", value)]
    if pointer:
        operations += [Set(pointer, value), Delete(pointer), Rename(pointer, draw(keys))]
    return text, root, draw(st.sampled_from(operations))


@settings(max_examples=80)
@given(edited())
def test_the_text_after_holds_the_tree_after(case: tuple[str, Node, Operation]) -> None:
    text, root, operation = case
    try:
        result = compose(rewrite(text, [operation]))
    except CrmError:
        return
    wanted = after(root, operation)
    assert result is not None
    assert data(result) == data(wanted)
    # A replaced map keeps the order of its remaining keys.
    assert isinstance(operation, Set) or same(result, wanted)


def data(node: Node) -> Any:
    """A tree as data, in which the order of a map does not count."""
    if node.kind == "map":
        return {key.value: data(child) for key, child in zip(node.keys, node.children, strict=True)}
    if node.kind == "list":
        return [data(child) for child in node.children]
    return resolve(node.value) if node.plain else node.value


@settings(max_examples=80)
@given(edited())
def test_what_lies_outside_the_edits_stays_byte_for_byte(case: tuple[str, Node, Operation]) -> None:
    text, _root, operation = case
    try:
        changes = edits(text, [operation])
    except CrmError:
        return
    result = apply(text, changes)
    at = shifted = 0
    for edit in changes:
        assert text[at : edit.start] == result[at + shifted : edit.start + shifted]
        at, shifted = edit.end, shifted + len(edit.new) - (edit.end - edit.start)
    assert text[at:] == result[at + shifted :]


@settings(max_examples=80)
@given(texts(), new_values, st.data())
def test_append_then_delete_gives_the_same_bytes(text: str, value: Any, drawn: st.DataObject) -> None:
    text += "" if text.endswith("\n") else "\n"
    root = tree(text)
    lists = [(at, node) for at, node in pointers(root) if node.kind == "list" and node.children]
    assume(lists)
    pointer, node = drawn.draw(st.sampled_from(lists))
    try:
        longer = rewrite(text, [Append(pointer, value)])
        assert rewrite(longer, [Delete(f"{pointer}/{len(node.children)}")]) == text
    except CrmError:
        return


def tree(text: str) -> Node:
    """The tree of a text that happens to be a map; the others are left to chance."""
    try:
        root = compose(text)
    except yaml.YAMLError:
        root = None
    assume(root is not None and root.kind == "map")
    return root  # type: ignore[return-value]
