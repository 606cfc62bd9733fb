"""`crmtext done`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import done as record_done

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@click.argument("customer")
@click.argument("number", default="", metavar="[N]")
@click.option("--date", default="", help="The day it was done, such as yesterday or -2d. Default: today.")
@options.writing
@options.form("table", "json")
def done(customer: str, number: str, date: str, form: str, *, how: WriteOptions) -> Exit:
    r"""Mark a next step as done.

    N is the number that `crmtext show CUSTOMER` shows. It may be left out if only one step is open.

    \b
    crmtext done 示例电子 1
    """
    return emit(record_done.run(options.store(writes=True), customer, number, date, how), form)
