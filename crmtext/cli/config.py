"""`crmtext config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Misuse
from crmtext.cli.framework.render import emit
from crmtext.i18n import _
from crmtext.setup import config as setup_config

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command, context_settings={"allow_extra_args": True})
@click.argument("setting", default="", metavar="[KEY]")
@options.form("table", "json")
def config(setting: str, form: str) -> Exit:
    """Show the settings: their values, where they come from, and what they are for.

    With KEY, such as store.currency, print only its value. To change a setting, edit crmtext.toml.
    """
    store = options.faulty_store()
    context = click.get_current_context()
    name, equals, value = setting.partition("=")
    if context.args or equals:
        value = " ".join((value, *context.args)).strip("= ")
        hint = setup_config.change_hint(store, name, value)
        raise Misuse(_("to change a setting, edit crmtext.toml"), hint, context)
    return emit(setup_config.config(store, setting), form) or options.report_settings(store)
