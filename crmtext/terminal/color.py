"""Colours and width of a terminal."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TextIO

from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

Colour = Literal["auto", "always", "never"]
#: The sequences that `style` writes; captured, so that `split` keeps them.
OWN = lazy.pattern("(\x1b\\[(?:0|1|2|31|32|33|36)m)")
_FOREGROUND = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}


def colours(choice: Colour | str, stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to write colours: as chosen, else by NO_COLOR or FORCE_COLOR, else if the stream is a terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR"):
        return forced != "0"
    return stream is not None and stream.isatty() and environment.get("TERM") != "dumb"


def style(text: str, *, fg: str = "", bold: bool = False, dim: bool = False) -> str:
    """Return the text inside the escape sequences for this style."""
    codes = (_FOREGROUND.get(fg), 1 if bold else None, 2 if dim else None)
    return "".join(f"\x1b[{code}m" for code in codes if code) + text + "\x1b[0m"


def columns() -> int:
    """Return the terminal's number of columns: COLUMNS, else its own value, else 80.

    Like `shutil.get_terminal_size`, but `shutil` imports compression modules, which take longer than the help.
    """
    with suppress(KeyError, ValueError):
        if (wanted := int(os.environ["COLUMNS"])) > 0:
            return wanted
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80
