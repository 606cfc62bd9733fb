"""`crmtext show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record.input.find_record import around
from crmtext.reports import show as reports_show
from crmtext.store import When

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("customer")
@click.option("--all", "everything", is_flag=True, help="Show all interactions instead of the last three.")
@options.reading
@options.masking
@options.form("table", "json", "yaml")
def show(customer: str, form: str, *, everything: bool, when: When, mask: bool) -> Exit:
    r"""Show one customer as a card: what is due, next steps, the last interactions, what is open, then the rest.

    On a terminal, a card longer than the screen opens in your pager (PAGER). CUSTOMER is an id or its tail, a name or a
    unique part of one, pinyin or its initials, an e-mail address, a phone number or its tail.

    \b
    crmtext show 示例电子
    """
    store = options.store()
    snapshot = around(store, customer) if when == When() else store.read(when)
    masking = options.masking_of(snapshot.schema, mask=mask)
    answer = reports_show.show(snapshot, customer, raw=form == "yaml", everything=everything, masking=masking)
    return emit(answer, form, paged=form == "table")
