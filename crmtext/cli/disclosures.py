"""`crmtext disclosures`."""

from __future__ import annotations

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit, tell
from crmtext.exporters.delimited import comma_separated
from crmtext.problem import Exit
from crmtext.protection import disclosure_list
from crmtext.values import dates


@click.command(cls=Command)
@click.argument("customer", required=False)
@click.option(
    "--since", default="", metavar="DATE", help="Only those since this day (2026-01-01) or this long ago (30d)."
)
@options.form("table", "json", "csv")
def disclosures(customer: str | None, since: str, form: str) -> Exit:
    r"""List what was given to whom and why, newest first.

    export --outside, export --with-sensitive and subject-access add a disclosure each time: a file in
    privacy/disclosures that holds no values. With CUSTOMER, only those that the customer was in, also under an earlier
    id. The exit code is 1 if the list may not be complete.

    \b
    crmtext disclosures --since 2026-01-01
    crmtext disclosures 陈立群 --format json
    """
    store = options.store()
    start = dates.since(since, store.today) if since else None
    if customer:
        listed = disclosure_list.of_customer(store, disclosure_list.ids_of(store, customer), start)
    else:
        listed = disclosure_list.every(store, start)
    tell(listed.problems)
    shown = disclosure_list.table(listed, store.settings)
    emit(comma_separated(shown) if form == "csv" else shown, form)
    return Exit.FOUND if listed.problems or listed.undecided else Exit.FINE
