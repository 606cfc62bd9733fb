"""A file as text, as data, and, on demand, as a tree of positions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crmtext.problem import Edit, Place, Problem, Severity
from crmtext.text.pointer import escape, upwards
from crmtext.text.tree import Node, compose, find, find_key, position


@dataclass(frozen=True)
class Document:
    """A parsed file. `data` is None if it could not be read; `problems` are those of the text itself."""

    path: str
    text: str
    data: Any = None
    problems: tuple[Problem, ...] = ()

    @property
    def line(self) -> str:
        """The data as one line of JSON if stored that way; else empty."""
        return ""

    @cached_property
    def root(self) -> Node | None:
        """The tree of positions; None if the text does not parse."""
        import yaml

        try:
            return compose(self.text)
        except yaml.YAMLError:
            return None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends."""
        return tuple(self.text.removeprefix("\ufeff").split("\n"))

    def place(self, pointer: str, *, key: bool = False) -> Place:
        """The place of a value (or its key); for a missing one, the start of its nearest parent."""
        at = next((at for at in upwards(pointer) if self.node(at)), "")
        node = self.node(at)
        if node is None:
            return Place(self.path, 1, 1, 1, 1, pointer)
        if at and (key or at != pointer):
            node = find_key(self.root, at) or node
        return self.span(node, pointer)

    def span(self, node: Node, pointer: str = "") -> Place:
        """The place of a node."""
        return Place(self.path, node.line, node.column, *position(self.text, node.end), pointer)

    def excerpt(self, place: Place) -> str:
        """The source line of a place."""
        return self.lines[place.line - 1].rstrip("\r") if 0 < place.line <= len(self.lines) else ""

    def problem(
        self,
        rule: str,
        message: str,
        pointer: str = "",
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
        key: bool = False,
        quote: bool = True,
        fix: tuple[Edit, ...] = (),
    ) -> Problem:
        """A problem at a pointer of this document; `quote=False` keeps the source line out of it."""
        place = self.place(pointer, key=key)
        return Problem(rule, message, place, hint, severity, self.excerpt(place) if quote else "", fix)

    def node(self, pointer: str) -> Node | None:
        """The node of a value."""
        return find(self.root, pointer) if self.root is not None else None

    def pointer_at(self, offset: int) -> str:
        """The pointer of the innermost value or entry at an offset; empty between them."""
        node, pointer = self.root, ""
        while node is not None:
            spans = zip(node.keys or node.children, node.children, strict=True)
            inside = (index for index, (first, last) in enumerate(spans) if first.start <= offset < last.end)
            if (at := next(inside, None)) is None:
                break
            pointer += f"/{escape(node.keys[at].value if node.keys else at)}"
            node = node.children[at]
        return pointer


def place_at(path: str, text: str, start: int, end: int, pointer: str = "") -> Place:
    """The place of `text[start:end]`; offsets count characters."""
    return Place(path, *position(text, start), *position(text, end), pointer)
