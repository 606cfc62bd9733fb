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
@click.option("--force", is_flag=True, help="Remove references to it as well, and what git does not hold yet.")
@options.writing
@options.form("table", "json")
def rm(customer: str, form: str, *, force: bool, how: WriteOptions) -> Exit:
    """Remove a customer's record.

    Refused while other customers refer to it, and while git does not hold it as it is. What was committed stays in
    git's history: this is no erasure.
    """
    return emit(record_rm.run(options.store(), customer, how, force=force), form)
