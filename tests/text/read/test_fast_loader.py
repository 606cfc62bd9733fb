from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spoil import RECORD, spoiled
from yamlish import block_texts

from crmtext.text.read import fast_loader
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from crmtext.text.document import Document

READ: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("a: b c\n", {"a": "b c"}),
    "no line end": ("a: b", {"a": "b"}),
    "signs within a value": ("a: 1:2#3 - [x] 'y' http://z\n", {"a": "1:2#3 - [x] 'y' http://z"}),
    "numbers": ("a: 1\nb: 0.5\nc: 1e3\n", {"a": 1, "b": 0.5, "c": 1000.0}),
    "words that 1.1 took for others": (
        "a: no\nb: 12:30\nc: 2024-05-01\n",
        {"a": "no", "b": "12:30", "c": "2024-05-01"},
    ),
    "true and false": ("a: true\nb: False\n", {"a": True, "b": False}),
    "quotes": ("a: \"1 # 'x' : \"\nb: ''\nc: '\"'\n", {"a": "1 # 'x' : ", "b": "", "c": '"'}),
    "maps": ("a:\n  b:\n    c: 1\nd: 2\n", {"a": {"b": {"c": 1}}, "d": 2}),
    "lists": (
        "a:\n  - b: 1\n    c: 2\n  - d\ne:\n- f\n- '1'\ng: 3\n",
        {"a": [{"b": 1, "c": 2}, "d"], "e": ["f", "1"], "g": 3},
    ),
    "a list in a list's map": ("a:\n  - b:\n    - 1\n    c:\n      - 2\n", {"a": [{"b": [1], "c": [2]}]}),
    "brackets": (
        "a: [b c, \"d, e\", 'f', 1, []]\ng: {h: 2024-05-01, i: {j: [k]}, l: {}}\n",
        {"a": ["b c", "d, e", "f", 1, []], "g": {"h": "2024-05-01", "i": {"j": ["k"]}, "l": {}}},
    ),
    "brackets in a list": (
        'a:\n  - {b: "c: d", e: f}\n  - [g]\n  - "h: i"\n',
        {"a": [{"b": "c: d", "e": "f"}, ["g"], "h: i"]},
    ),
    "comments and blank lines": ("# a: b\n\na:\n  # c\n# d:\n\n  b: 1\n  #e\n", {"a": {"b": 1}}),
    "line ends of Windows": ("a: b\r\nc:\r\n  - d\r\n", {"a": "b", "c": ["d"]}),
    "keys of any script": ("折扣: 9折\n_a-1: x\n", {"折扣": "9折", "_a-1": "x"}),
}

#: What is left to the strict loader, rightly or by caution.
LEFT = {
    "nothing": "",
    "a comment alone": "# a\n",
    "a list": "- a\n",
    "an empty value": "a:\nb: 1\n",
    "an empty value at the end": "b: 1\na:\n",
    "null": "a: ~\nb: null\n",
    "a key twice": "a: 1\na: 2\n",
    "a key twice in brackets": "a: {b: 1, b: 2}\n",
    "a key that is no text": "true: 1\n",
    "a key that is no text in brackets": "a: {null: 1}\n",
    "a merge key": "a:\n  <<: 1\n",
    "a line that goes on": "a: b\n  c\n",
    "a line that goes on with a colon": "a: b\n  c: d\n",
    "an item that goes on": "a:\n  - b\n    - c\n",
    "an item that goes on further out": "a:\n    b: 1\n  c: 2\n",
    "a list where a map was": "a:\n  b: 1\n  - c\n",
    "a map where a list was": "a:\n  - b\n  c: 1\n",
    "a list in no map": "a: 1\n- b\n",
    "a list further out than its key": "a:\n  b:\n - c\n",
    "two colons": "a: b: c\n",
    "a colon at the end": "a: b:\n",
    "a comment behind a value": "a: b # c\n",
    "a blank at the end": "a: b \n",
    "a tab": "a:\tb\n",
    "an escape": 'a: "b\\n"\n',
    "a doubled quote": "a: 'b''c'\n",
    "text behind a quote": 'a: "b" c"\n',
    "text behind brackets": "a: [b] c]\n",
    "a bracket too many": "a: [b]]\n",
    "a bracket too few": "a: [[b]\n",
    "a comma too many": "a: [b, ]\n",
    "no comma": 'a: ["b" "c"]\n',
    "no value in brackets": "a: {b: , c: 1}\n",
    "no key in brackets": "a: {b}\n",
    "a pair in a list": "a: [b: c]\n",
    "a colon in brackets": "a: [b:c]\n",
    "a block of text": "a: |\n  b\n",
    "an anchor": "a: &b c\n",
    "a tag": "a: !b c\n",
    "an alias": "a: *b\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "the end of a document": "a: 1\n...\n",
    "a directive": "%YAML 1.2\n---\na: 1\n",
    "a byte order mark": "\ufeffa: 1\n",
    "many digits": "a: 1234567890123456\n",
    "infinity": "a: 1e999\nb: .inf\n",
    "a dash without an item": "a:\n  -\n  - b\n",
    "two dashes": "a:\n  - - b\n",
    "two blanks behind a dash": "a:\n  -  b: c\n    d: e\n",
    "depth": "".join(f"{' ' * n}a:\n" for n in range(20)) + f"{' ' * 20}a: 1\n",
    "depth of brackets": "a: [[[[[b]]]]]\n",
}


def strictly(text: str) -> Document:
    """What the strict loader alone makes of a text."""
    with patch.object(fast_loader, "read", return_value=None):
        return parse_text(text)


def typed(value: Any) -> Any:
    """The data with the type of each value beside it: to Python 1, 1.0 and True are equal."""
    if isinstance(value, dict):
        return [(key, typed(item)) for key, item in value.items()]
    return [typed(item) for item in value] if isinstance(value, list) else (type(value), value)


def holds(text: str) -> None:
    """Nothing is said of a text, or read in it, that the strict loader would not."""
    here, there = parse_text(text), strictly(text)
    assert here == there
    assert typed(here.data) == typed(there.data)


@pytest.mark.parametrize(("text", "data"), READ.values(), ids=list(READ))
def test_what_most_records_are_made_of_is_read(text: str, data: dict[str, Any]) -> None:
    assert typed(fast_loader.read(text)) == typed(data)
    holds(text)


@pytest.mark.parametrize("text", LEFT.values(), ids=list(LEFT))
def test_all_else_is_left_to_the_strict_loader(text: str) -> None:
    assert fast_loader.read(text) is None


#: Pieces of lines that mean one thing here and another one there.
PIECES = (
    *("a: ", "b: ", "a:", "- ", "-", "  ", " ", "    ", "\n", "\n", "\n", "\n  ", "\n- ", "\n  - ", "x", "1", "-1"),
    *("2024-05-01", "true", "null", "~", ":", ": ", "#", " #", "# ", '"', "'", '"x"', "'1'", "[", "]", "{", "}", ", "),
    *("[a, b]", "{a: 1}", "\\", "&", "*", "!", "|", ">", "?", "? ", "%", "@", "`", "<<", "---", "...", "张三", "："),
    *("0x1F", "1e999", "12:30", "\t", "=", "+1", ".5", "1.5", "é", "0", "a", "\u3000", "“x”", "\r\n", ","),
)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("a: \n  b: 1")
@example("a: [x, y] \n")
@example("a: 1\n# b: c: d\n")
def test_a_heap_of_pieces_is_read_as_the_strict_loader_does(text: str) -> None:
    holds(text)


@settings(max_examples=200)
@given(block_texts())
def test_any_style_is_read_as_the_strict_loader_does(text: str) -> None:
    holds(text)


SIMPLE = "".join(line for line in RECORD.splitlines(True) if not line.startswith(("tags", "custom")))
PLAIN = SIMPLE[: SIMPLE.index("    details")] + SIMPLE[SIMPLE.index("    next") : SIMPLE.index("  - date: 2024-05-12")]
PLAIN = PLAIN.replace("   # 四月起", "")


@settings(max_examples=200)
@given(spoiled(PLAIN))
def test_a_spoiled_record_is_read_as_the_strict_loader_does(text: str) -> None:
    holds(text)


def test_the_record_that_is_spoiled_is_one_that_is_read() -> None:
    assert fast_loader.read(PLAIN) is not None
