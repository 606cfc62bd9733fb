"""`crmtext config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext import configuring
from crmtext.cli import Command, options
from crmtext.cli.render import emit

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("setting", default="", metavar="[KEY]")
@options.form("table", "json")
def config(setting: str, form: str) -> Exit:
    """Show the settings: values, where they come from, and what they are for.

    With KEY, such as store.currency, only its value is written. Settings are changed in crmtext.toml, with an editor.
    """
    store = options.faulty_store()
    return emit(configuring.config(store, setting), form) or options.own_up(store)
