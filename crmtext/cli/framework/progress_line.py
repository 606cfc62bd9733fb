"""One line on a terminal that says how far a long piece of work is; nothing where nobody sees it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

import click

from crmtext.i18n import _
from crmtext.terminal import color
from crmtext.terminal.output import control
from crmtext.terminal.width import clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")

#: Seconds before the line appears, and between two looks of it.
_PATIENCE, _PAUSE = 0.5, 0.1
_CLEAR = "\r\x1b[K"


def show(items: Iterable[T], what: str, total: int = 0) -> Iterator[T]:
    """Go through the items; on a terminal, say how many are done once it takes longer than half a second."""
    if not (sys.stderr and sys.stderr.isatty()):
        yield from items
        return
    start = shown = time.monotonic()
    try:
        for done, item in enumerate(items):
            now = time.monotonic()
            if now - start > _PATIENCE and now - shown > _PAUSE:
                shown = now
                _show(line(what, done, total))
            yield item
    finally:
        if shown > start:
            _show("")


def line(what: str, done: int, total: int) -> str:
    """What is said of so many items done; of how many, where that is known."""
    number = f"{done:,} / {total:,}" if total else f"{done:,}"
    return _("{number} {what}").format(number=number, what=_(what))


def _show(text: str) -> None:
    control(sys.stderr, _CLEAR)
    click.echo(clip(text, color.columns() - 1), err=True, nl=False)
