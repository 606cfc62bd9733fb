"""`crmtext archive`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import archive as record_archive

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@click.argument("customer")
@click.option("--back", is_flag=True, help="Move it back out of the archive.")
@options.writing
@options.form("table", "json")
def archive(customer: str, form: str, *, back: bool, how: WriteOptions) -> Exit:
    """Move a customer's file to records/archive/.

    It remains a record: lists, checks and references still include it. To close a customer, set the status: crmtext
    status CUSTOMER lost.
    """
    return emit(record_archive.run(options.store(writes=True), customer, how, back=back), form)
