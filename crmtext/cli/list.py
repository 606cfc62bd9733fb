"""`crmtext list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.selection import Typed, choosing, separated, words_and_view
from crmtext.cli.framework.types import Whole
from crmtext.exporters.delimited import comma_separated
from crmtext.figures.rules import NAMES
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.query import listing
from crmtext.query.filter import Terms
from crmtext.record.input import arguments
from crmtext.store import When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.problem import Exit
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store


@click.command("list", cls=Command)
@click.argument("words", nargs=-1, metavar="[WORD]... [@VIEW]")
@choosing
@click.option(
    "--columns",
    default="",
    metavar="A,B",
    help="Show these columns: fields and computed fields, such as name,last_contact,contacts.name.",
)
@click.option("--limit", type=Whole(min=1), metavar="N", help="Show at most this many customers.")
@options.for_channel
@options.reading
@options.masking
@options.form("table", "json", "csv", "ids")
def list_(
    words: tuple[str, ...],
    columns: str,
    limit: int | None,
    for_channel: str,
    form: str,
    *,
    typed: Typed,
    when: When,
    mask: bool,
) -> Exit:
    r"""List customers, those of high priority first.

    Values may be typed as labels: --status 合作中 is --status active. @VIEW is a saved expression of crmtext.toml.
    With WORD, only the customers that crmtext search WORD finds are listed.
    A path through a list matches any of its values; any(…) matches one item that meets the whole condition.
    Dates and amounts may be typed as people write them. See docs/where.md for the whole language. With --for-channel,
    the addresses or numbers of those who may be contacted are listed instead: of customers, and of their contacts.

    \b
    crmtext list --owner me --where overdue
    crmtext list --status 合作中 --status 意向 --stale 30
    crmtext list --where "'vip' in tags and open_cases > 0"
    crmtext list --where "any(商机, 阶段 == '谈判' and 金额 > '50万')"
    crmtext list --where "'报价' in interactions.summary"
    crmtext list 冷链 --owner me
    crmtext list --columns name,contacts.name,opportunities.amount
    crmtext list --tag vip --for-channel email --format csv
    """
    texts, view = words_and_view(words)
    store = options.store()
    # Without --at the index is used, which reads only the records that may match.
    then = None if when == When() else store.read(when)
    rules = then or store
    query = typed.query(store, rules, view)._replace(columns=separated(columns), limit=limit)
    checked = listing.check(query, Terms(rules.schema, rules.settings, then.today if then else store.today, NAMES))
    if for_channel:
        if mask:
            raise click.UsageError(_("--for-channel lists addresses to be used, so it can't be combined with --mask"))
        return _for_channel(store, then, checked, texts, for_channel, form)
    if texts:
        # Slow to load, and a plain list needs neither.
        from crmtext.search.find import listed
        from crmtext.search.query import query as search_query

        return _emit(listed(store, then, checked.fixed, search_query(texts)), checked, form, mask=mask)
    return _emit(then or lookup.listed(store, checked.fixed), checked, form, mask=mask)


def _for_channel(
    store: Store, then: Snapshot | None, query: listing.CheckedQuery, texts: Sequence[str], typed: str, form: str
) -> Exit:
    """List who may be contacted on a channel; all records are read, because one may say what holds for another."""
    if query.query.columns:
        raise click.UsageError(_("--columns can't be used with --for-channel, which has its own columns"))
    # Few lists are for a channel.
    from crmtext.figures import recipients, recipients_text

    snapshot = then or lookup.listed(store)
    channel = arguments.reach_channel(snapshot.schema, typed)
    chosen = snapshot
    if texts:
        from crmtext.search.find import listed
        from crmtext.search.query import query as search_query

        chosen = listed(store, then, query.fixed, search_query(texts))
    rows = listing.rows(chosen, query, NAMES)[: query.query.limit]
    done = recipients.recipients(snapshot, (row.customer for row in rows), channel)
    if form == "ids":
        ids = dict.fromkeys(one.id for one in done.listed)
        note = recipients_text.table(done, snapshot).note
        return emit(Text("".join(f"{id_}\n" for id_ in ids), note=note))
    shown = recipients_text.table(done, snapshot)
    return emit(comma_separated(shown) if form == "csv" else shown, form)


def _emit(snapshot: Snapshot, query: listing.CheckedQuery, form: str, *, mask: bool) -> Exit:
    masking = options.masking_of(snapshot.schema, mask=mask)
    if form == "ids":
        return emit(listing.ids(snapshot, query, NAMES))
    if form == "json":
        return emit(listing.data(snapshot, query, NAMES, masking), form)
    shown = listing.table(snapshot, query, NAMES, masking)
    return emit(comma_separated(shown) if form == "csv" else shown, form)
