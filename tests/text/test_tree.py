from __future__ import annotations

import pytest
import yaml

from crmtext.text.tree import Node, compose, documents, find, find_key, position

SPANS = {
    "a block list ends with its last item, before blank lines and comments": (
        "a:\n  - x\n  - y # c\n\n# d\nb: 1\n",
        "/a",
        "- x\n  - y",
    ),
    "an empty value stands behind its colon": ("a:\n\nb: 1\n", "/a", ""),
    "an empty item ends a list behind its dash": ("a:\n  - x\n  -\n\nb: 1\n", "/a", "- x\n  -"),
    "a literal ends before the blank lines it drops": ("a: |\n  x\n\n\nb: 1\n", "/a", "|\n  x"),
    "a literal keeps the blank lines it says it keeps": ("a: |+\n  x\n\n\nb: 1\n", "/a", "|+\n  x\n\n"),
    "blanks beyond the indentation are text": ("a: |\n  x\n    \n \nb: 1\n", "/a", "|\n  x\n    "),
    "an indicator tells the indentation": ("a: |2-\n    x\n   \nb: 1\n", "/a", "|2-\n    x\n   "),
    "a folded scalar ends at its text": ("a: >\n  x\n  y\n\nb: 1\n", "/a", ">\n  x\n  y"),
    "an empty literal is its header": ("a: | # c\nb: 1\n", "/a", "|"),
    "a literal at the end needs no line break": ("a: |\n  x", "/a", "|\n  x"),
    "CRLF does not belong to a literal's last line": ("a: |\r\n  x\r\n\r\nb: 1\r\n", "/a", "|\r\n  x"),
    "a byte order mark shifts nothing": ("\ufeffa: xyz\n", "/a", "xyz"),
    "quotes belong to the span": ("a: 'it''s' # c\n", "/a", "'it''s'"),
    "brackets belong to the span": ("a: [x, y ] # c\n", "/a", "[x, y ]"),
    "a pair inside brackets ends at its value": ("a: [p: 1 , q]\n", "/a/0", "p: 1"),
    "a key without a value inside braces": ("a: {x , y: 1}\n", "/a/x", ""),
    "anchor and tag belong to the span": ("a: &b !c\n  - x\n", "/a", "&b !c\n  - x"),
    "an alias is itself": ("a: &b x\nc: *b\n", "/c", "*b"),
    "offsets count characters": ("名: 张三\n职: 经理 # c\n", "/职", "经理"),
    "a plain scalar over two lines": ("a: x\n  y\nb: 1\n", "/a", "x\n  y"),
    "a key with a slash and a tilde": ("a/b~c: x\n", "/a~1b~0c", "x"),
}


@pytest.mark.parametrize(("text", "pointer", "span"), SPANS.values(), ids=list(SPANS))
def test_a_node_spans_its_text_and_no_more(text: str, pointer: str, span: str) -> None:
    node = find(compose(text), pointer)
    assert node is not None
    assert text[node.start : node.end] == span


@pytest.mark.parametrize(("text", "pointer", "_span"), SPANS.values(), ids=list(SPANS))
def test_lines_and_columns_agree_with_offsets(text: str, pointer: str, _span: str) -> None:
    node = find(compose(text), pointer)
    assert node is not None
    assert (node.line, node.column) == position(text, node.start)


@pytest.mark.parametrize(("text", "pointer", "_span"), SPANS.values(), ids=list(SPANS))
def test_both_parsers_give_the_same_tree(text: str, pointer: str, _span: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = compose(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert compose(text) == quick


def test_a_tree_knows_values_styles_tags_and_anchors() -> None:
    keys = [Node("scalar", 0, 1, 1, 1, "plain", "a"), Node("scalar", 13, 16, 2, 1, "double", "b")]
    items = [Node("scalar", 19, 20, 2, 7, "plain", "1"), Node("alias", 22, 24, 2, 10, "plain", "x")]
    first = Node("scalar", 3, 12, 1, 4, "single", "v", "!t", "x")
    second = Node("list", 18, 25, 2, 6, "flow", children=items)
    root = Node("map", 0, 25, 1, 1, "block", keys=keys, children=[first, second])
    assert compose("a: &x !t 'v'\n\"b\": [1, *x]\n") == root


def test_find_gives_nothing_for_what_is_not_there() -> None:
    root = compose("a:\n  - x\nb: &c {d: 1}\ne: *c\n")
    for pointer in ("/x", "/a/1", "/a/-1", "/a/x", "/a/²", "/a/0/y", "/e/d"):
        assert find(root, pointer) is None


def test_find_key_gives_the_key_of_an_entry() -> None:
    root = compose("a:\n  - b: 1\n")
    key = find_key(root, "/a/0/b")
    assert key is not None
    assert (key.value, key.start, key.end) == ("b", 7, 8)
    assert find_key(root, "/a/0") is None
    assert find_key(root, "") is None


def test_only_the_first_document_is_composed_and_all_are_counted() -> None:
    text = "a: 1\n---\nb: 2\n"
    root = compose(text)
    assert root is not None
    assert [key.value for key in root.keys] == ["a"]
    assert documents(text) == 2
    assert (compose("# nothing\n"), documents("# nothing\n")) == (None, 0)


@pytest.mark.parametrize("text", ["a: [", "a: 1\n] x\n", "a: \x00", "a: \ud800", "a: 1\n---\nb: ["], ids=ascii)
def test_text_that_is_no_yaml_raises_yamls_error(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        compose(text)


@pytest.mark.parametrize("parser", ["libyaml", "python"])
def test_nesting_ends_at_our_own_limit(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if parser == "python":
        monkeypatch.delattr(yaml, "CSafeLoader")
    assert compose("[" * 64 + "]" * 64) is not None
    for text in ("[" * 65 + "]" * 65, "- " * 65 + "x"):
        with pytest.raises(yaml.YAMLError, match="nested too deep"):
            compose(text)
