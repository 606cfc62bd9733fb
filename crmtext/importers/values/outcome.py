"""The outcome of a cell: a value, perhaps rewritten, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from crmtext.importers.sheet import Cell


class Ask(NamedTuple):
    """A question that a cell raises."""

    key: str
    text: str
    options: tuple[str, ...]


class Outcome(NamedTuple):
    """The result of a conversion. Without a value and a reason, the cell is empty."""

    value: Any = None
    #: Why the value differs from the cell; empty if it says the same.
    rewritten: str = ""
    #: Why the cell, or a part of it, can't be taken, and what to do.
    bad: str = ""
    fix: str = ""
    ask: Ask | None = None
    #: Whether numbers of IDs or cards were masked.
    masked: bool = False
    #: The currency typed with an amount, if it isn't the store's.
    currency: str = ""
    #: The handle of a colleague who has left.
    former: str = ""
    #: The text of a cell that stands for no value.
    nothing: str = ""
    #: The phone numbers whose form isn't known.
    odd: tuple[str, ...] = ()


class Yearless(NamedTuple):
    """A day without a year; the row's own date decides the year."""

    text: str


Converter = Callable[[Cell], Outcome]
EMPTY = Outcome()


def bad(why: str, fix: str) -> Outcome:
    """Return the outcome of a cell that can't be taken."""
    return Outcome(bad=why, fix=fix)
