"""`crmtext list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.selection import Typed, choosing, separated, words_and_view
from crmtext.cli.framework.types import Whole
from crmtext.exporters.delimited import comma_separated
from crmtext.figures.rules import NAMES
from crmtext.index import lookup
from crmtext.query import listing
from crmtext.query.filter import Terms
from crmtext.store import When

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.snapshot import Snapshot


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
@options.reading
@options.masking
@options.form("table", "json", "csv", "ids")
def list_(
    words: tuple[str, ...],
    columns: str,
    limit: int | None,
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
    Dates and amounts may be typed as people write them. See docs/where.md for the whole language.

    \b
    crmtext list --owner me --where overdue
    crmtext list --status 合作中 --status 意向 --stale 30
    crmtext list --where "'vip' in tags and open_cases > 0"
    crmtext list --where "any(商机, 阶段 == '谈判' and 金额 > '50万')"
    crmtext list --where "'报价' in interactions.summary"
    crmtext list 冷链 --owner me
    crmtext list --columns name,contacts.name,opportunities.amount
    """
    texts, view = words_and_view(words)
    store = options.store()
    # Without --at the index is used, which reads only the records that may match.
    then = None if when == When() else store.read(when)
    rules = then or store
    query = typed.query(store, rules, view)._replace(columns=separated(columns), limit=limit)
    checked = listing.check(query, Terms(rules.schema, rules.settings, then.today if then else store.today, NAMES))
    if texts:
        # Slow to load, and a plain list needs neither.
        from crmtext.search.find import listed
        from crmtext.search.query import query as search_query

        return _emit(listed(store, then, checked.fixed, search_query(texts)), checked, form, mask=mask)
    return _emit(then or lookup.listed(store, checked.fixed), checked, form, mask=mask)


def _emit(snapshot: Snapshot, query: listing.CheckedQuery, form: str, *, mask: bool) -> Exit:
    masking = options.masking_of(snapshot.schema, mask=mask)
    if form == "ids":
        return emit(listing.ids(snapshot, query, NAMES))
    if form == "json":
        return emit(listing.data(snapshot, query, NAMES, masking), form)
    shown = listing.table(snapshot, query, NAMES, masking)
    return emit(comma_separated(shown) if form == "csv" else shown, form)
