"""The nodes of an expression, each with its span of the text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression. Offsets count characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """Text, a number, true, false or none."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Many(Node):
    """Values in brackets."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name alone."""

    name: str


@dataclass(frozen=True, slots=True)
class Step(Node):
    """A name after a dot, or text in square brackets; `word` is the span of the name itself."""

    above: Node
    name: str
    word: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Index(Node):
    """An item by its position."""

    above: Node
    position: int


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not` before a condition."""

    of: Node


@dataclass(frozen=True, slots=True)
class Joined(Node):
    """Conditions joined by `and` or `or`."""

    word: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison of two values."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Two values with `+`, `-`, `*`, `/`, `//` or `%` between them."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """A number with a minus before it."""

    of: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of this language, `any(…)`."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Method(Node):
    """A method of text or of a block of fields, `name.startswith('A')`."""

    of: Node
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Piped(Node):
    """A value with a filter, `contacts|length`."""

    of: Node
    name: str
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Is(Node):
    """A test, `owner is none`."""

    of: Node
    name: str
    arguments: tuple[Node, ...]
