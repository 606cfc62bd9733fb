"""Merge of entries that can't be split by lines: a value with its comment, or a list in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.merge.blocks import Block
from crmtext.merge.comments import comments
from crmtext.merge.parts import NoRoomError, moved, shifted
from crmtext.merge.trees import same
from crmtext.text.pointer import escape
from crmtext.text.read.scalars import resolve
from crmtext.text.tree import compose
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections import Counter

    from crmtext.merge.blocks import Both
    from crmtext.merge.decide import Decision
    from crmtext.merge.parts import Part
    from crmtext.merge.trees import Tree
    from crmtext.text.edit.emit import Value

_DATE = lazy.pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def single(both: Both) -> Block:
    """Return one side's value with the comments of both."""
    part = both.ours if same(both.decision.taken, both.decision.ours) else both.theirs
    value, about = _parted(part)
    if _on_lines(both.ours) == _on_lines(both.theirs):
        was = _parted(both.base)[1] if both.base else ""
        about = _chosen(was, _parted(both.ours)[1], _parted(both.theirs)[1], about)
    return _annotated(both, value + about, both.texts)


def rewritten(both: Both) -> Block:
    """Return one side's text (ours if possible), edited to hold the decision."""
    from crmtext.problem import CrmError
    from crmtext.text.edit.rewrite import Set, rewrite

    part = both.theirs if both.theirs.inside and not both.ours.inside else both.ours
    text = part.flush
    try:
        body = rewrite(text, [Set(_pointer(text), _value(both.decision))])
    except CrmError as error:
        raise NoRoomError from error
    return _annotated(both, body, both.texts)


def head_of(both: Both) -> Block:
    """Return the line of a key or dash with parts below."""
    ours, theirs = both.ours.head, both.theirs.head
    base = both.base.head if both.base and both.base.inside else ""
    return _annotated(both, _chosen(base, ours, theirs, ours), (base, ours, theirs))


def _annotated(both: Both, body: str, texts: tuple[str, str, str]) -> Block:
    """Lines in our column, below the comments of both sides that they lack."""
    was, here, there = map(_comments, texts)
    missing = ((here - was) | (there - was)) - _comments(body)
    blanks = " " * both.ours.column
    return Block(
        "".join(f"{blanks}{comment}\n" for comment in missing.elements()), blanks + moved(body, both.ours.column)
    )


def _comments(text: str) -> Counter[str]:
    return comments(text, compose(text))


def _parted(part: Part) -> tuple[str, str]:
    """A value with its key or dash, and the text after it, in the first column."""
    body, end = part.body, part.node.end - part.start
    return moved(body[:end], -part.column), shifted(body[end:], -part.column)


def _chosen(base: str, ours: str, theirs: str, otherwise: str) -> str:
    """The text of the side that changed it, if only one did."""
    if ours in (theirs, base):
        return theirs
    return ours if theirs == base else otherwise


def _on_lines(part: Part) -> bool:
    """Whether a value ends with lines of its own, after which no comment can be."""
    return part.node.style in {"literal", "folded"} or bool(part.inside)


def _pointer(text: str) -> str:
    """The pointer to the value in the text of one entry or item."""
    root = compose(text)
    if root is None or root.kind == "scalar":
        raise NoRoomError
    return f"/{escape(root.keys[0].value)}" if root.kind == "map" else "/0"


def _value(decision: Decision) -> Value:
    """The decision as data to write."""
    if decision.why is not None:
        raise NoRoomError
    if decision.kind == "map":
        return {key: _value(below) for key, below in decision.entries.items()}
    if decision.kind == "list":
        return [_value(below) for below in decision.items]
    if decision.taken is None:
        raise NoRoomError
    return _plainly(decision.taken)


def _plainly(tree: Tree) -> Value:
    from crmtext.text.edit.emit import Written

    node = tree.node
    if node.tag or node.anchor or node.kind == "alias":
        raise NoRoomError
    if tree.kind == "map":
        return {key: _plainly(below) for key, below in tree.entries.items()}
    if tree.kind == "list":
        return [_plainly(below) for below in tree.items]
    if node.plain and (not isinstance(resolve(node.value), str) or _DATE.fullmatch(node.value)):
        return Written(node)
    return node.value
