"""`crmtext rm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import rm as record_rm

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@click.argument("customer")
@click.option("--force", is_flag=True, help="Remove it together with references to it and uncommitted changes.")
@options.writing
@options.form("table", "json")
def rm(customer: str, form: str, *, force: bool, how: WriteOptions) -> Exit:
    """Remove a customer's record.

    Rejected if other customers refer to it or it has uncommitted changes. Earlier commits still contain it: this does
    not erase the customer from git's history.
    """
    return emit(record_rm.run(options.store(writes=True), customer, how, force=force), form)
