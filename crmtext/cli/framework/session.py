"""The options of `crmtext` itself, for every command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from crmtext.terminal.color import Colour


class Session(NamedTuple):
    """The options common to all commands."""

    #: The folder where the search for the store starts.
    directory: Path = Path()
    #: The language of `--lang` or `CRMTEXT_LANG`; None to use the store's settings.
    language: str | None = None
    color: Colour = "auto"
    debug: bool = False


def absolute(path: Path) -> Path:
    """Return a typed path as an absolute one; symlinks are not resolved."""
    return Path(os.path.abspath(current().directory / path))  # noqa: PTH100 - `resolve` would hide that it has links


def current() -> Session:
    """Return the session of the running command; the defaults outside of one."""
    context = click.get_current_context(silent=True)
    session = context.find_object(Session) if context else None
    return session or Session()
