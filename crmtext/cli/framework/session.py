"""What the options before the command's name say, for every command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from crmtext.terminal.color import Colour


class Session(NamedTuple):
    """The options common to all commands."""

    #: Where the search for the store begins.
    directory: Path = Path()
    #: The language asked for by `--lang` or `CRMTEXT_LANG`; None lets the store's settings choose.
    language: str | None = None
    color: Colour = "auto"
    debug: bool = False


def located(path: Path) -> Path:
    """Where a path that was typed leads, from the top of the disk and through whatever links it names."""
    return Path(os.path.abspath(current().directory / path))  # noqa: PTH100 - `resolve` would hide that it has links


def current() -> Session:
    """The session of the command that is running; the defaults outside of one."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Session) if context else None
    return found or Session()
