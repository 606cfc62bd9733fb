"""`crmtext retention`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.exporters.delimited import comma_separated
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.protection import retention_text
from crmtext.protection.retention import overview
from crmtext.values import dates

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store, When


@click.command(cls=Command)
@click.option("--due", "only_due", is_flag=True, help="List the customers whose period has ended.")
@click.option("--erase-plan", is_flag=True, help="For these, show what an erasure would remove and what must stay.")
@options.reading
@options.form("table", "json", "csv")
def retention(form: str, *, only_due: bool, erase_plan: bool, when: When) -> Exit:
    r"""Show how long customers are kept by the rules of [retention], and whose period has ended.

    retention.until in a record goes before the rules, a legal hold before both. Transactions and contracts younger than
    keep_transactions must be kept in any case. Nothing is erased by itself.

    \b
    crmtext retention
    crmtext retention --due
    crmtext retention --erase-plan --format json
    """
    if only_due and erase_plan:
        raise click.UsageError(_("--erase-plan has the customers of --due; give one of the two"))
    done = overview(_read(options.store(), when))
    again = options.again(when)
    if erase_plan:
        shown = retention_text.erase_plan(done)
    else:
        shown = retention_text.due(done, again) if only_due else retention_text.by_rule(done, again)
    return emit(comma_separated(shown) if form == "csv" else shown, form)


def _read(store: Store, when: When) -> Snapshot:
    if when.at:
        return store.read(when)
    day = dates.parse(when.as_of, store.today) if when.as_of else None
    if store.settings.hold:
        # An id on hold may be that of a record with errors, which a list only counts.
        taken = lookup.snapshot(store)
        return replace(taken, today=day, last=None) if day else taken
    return lookup.listed(store, as_of=day)
