"""`crmtext rename`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import rename as record_rename

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@click.argument("customer")
@click.option("--id", "id_", default="", metavar="NEW", help="The new id; references in other records are updated.")
@click.option("--new-id", is_flag=True, help="Generate a new id, for example if two customers have the same one.")
@click.option("--slug", default=None, metavar="WORDS", help="The words after the id in the file name; '' for none.")
@click.option("--name-file", is_flag=True, help="Make these words from the customer's name.")
@options.writing
@options.form("table", "json")
def rename(
    customer: str, id_: str, slug: str | None, form: str, *, new_id: bool, name_file: bool, how: WriteOptions
) -> Exit:
    """Change a customer's id or file name.

    The two always agree, and references in other records are updated. Without an option, the file is named after the id
    in it.
    """
    name = record_rename.Name(id_, new_id, slug, name_file)
    return emit(record_rename.run(options.store(writes=True), customer, name, how), form)
