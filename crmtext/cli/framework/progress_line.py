"""The progress line of long operations on a terminal."""

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

#: Seconds before the line appears, and between updates.
_PATIENCE, _PAUSE = 0.5, 0.1
_CLEAR = "\r\x1b[K"


def show(items: Iterable[T], what: str, total: int = 0) -> Iterator[T]:
    """Yield the items; on a terminal, show how many are done after half a second."""
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
    """Return the text for this many items done, of a total if it is known."""
    number = f"{done:,} / {total:,}" if total else f"{done:,}"
    return _("{number} {what}").format(number=number, what=_(what))


def _show(text: str) -> None:
    control(sys.stderr, _CLEAR)
    click.echo(clip(text, color.columns() - 1), err=True, nl=False)
