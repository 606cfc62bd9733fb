"""What the options before the command's name say, for every command."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

Colour = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Session:
    """The options common to all commands."""

    #: Where the search for the store begins.
    directory: Path = Path()
    #: The language asked for by `--lang` or `CRMTEXT_LANG`; None lets the store's settings choose.
    language: str | None = None
    color: Colour = "auto"
    debug: bool = False


def current() -> Session:
    """The session of the command that is running; the defaults outside of one."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Session) if context else None
    return found or Session()


def colours(choice: Colour, stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to write colours to the stream: as chosen, else NO_COLOR, FORCE_COLOR, else if it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR"):
        return forced != "0"
    return stream is not None and stream.isatty() and environment.get("TERM") != "dumb"
