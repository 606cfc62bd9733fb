from __future__ import annotations

import pytest

from crmtext.text.edit.expected import node_of, same
from crmtext.text.edit.verify import holds
from crmtext.text.tree import Node, compose

TEXT = "a: &x [1, ~]\nb: *x\nc: !t 'v'\n"


def tree(text: str) -> Node:
    root = compose(text)
    assert root is not None
    return root


@pytest.mark.parametrize(
    "text", [TEXT, "a: &x\n- 1\n-\n'b': *x\nc: !t v\n", "# c\na: &x [ 1, null ]\nb:   *x\nc: !t |-\n  v\n"]
)
def test_a_text_holds_the_tree_of_other_text_with_the_same_data(text: str) -> None:
    assert holds(text, tree(TEXT))
    assert same(tree(text), tree(TEXT))


OTHERS = {
    "another value": "a: &x [2, ~]\nb: *x\nc: !t 'v'\n",
    "text for a number": "a: &x ['1', ~]\nb: *x\nc: !t 'v'\n",
    "another writing of a number": "a: &x [01, ~]\nb: *x\nc: !t 'v'\n",
    "one item less": "a: &x [1]\nb: *x\nc: !t 'v'\n",
    "one item more": "a: &x [1, ~, 2]\nb: *x\nc: !t 'v'\n",
    "another order": "a: &x [1, ~]\nc: !t 'v'\nb: *x\n",
    "another anchor": "a: &y [1, ~]\nb: *y\nc: !t 'v'\n",
    "no anchor": "a: [1, ~]\nb: *x\nc: !t 'v'\n",
    "a value for an alias": "a: &x [1, ~]\nb: x\nc: !t 'v'\n",
    "another tag": "a: &x [1, ~]\nb: *x\nc: !s 'v'\n",
    "a map for a list": "a: &x {1: ~}\nb: *x\nc: !t 'v'\n",
    "one entry less": "a: &x [1, ~]\nb: *x\n",
    "one entry more": TEXT + "d: 1\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=list(OTHERS))
def test_a_text_with_other_data_does_not_hold_the_tree(text: str) -> None:
    assert not holds(text, tree(TEXT))
    assert not same(tree(text), tree(TEXT))


@pytest.mark.parametrize("text", ["", "# c\n", TEXT + "---\n", TEXT + "  d: [\n", "\x00"], ids=ascii)
def test_what_is_not_one_document_holds_no_tree(text: str) -> None:
    assert not holds(text, tree(TEXT))


def test_data_is_the_tree_that_a_text_of_it_holds() -> None:
    assert holds("a: ['1', 1, 1.5, true, null, {}]\n", node_of({"a": ["1", 1, 1.5, True, None, {}]}))
