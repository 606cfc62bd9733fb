"""`crmtext search`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.types import Whole
from crmtext.search import answer
from crmtext.search import query as search_query
from crmtext.search.find import search as find
from crmtext.store import When

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("text", nargs=-1, required=True, metavar="TEXT...")
@click.option(
    "--where",
    default="",
    metavar="EXPR",
    help="Only customers that match, such as: 'vip' in tags and open_cases > 0.",
)
@click.option("--in", "field", default="", metavar="FIELD", help="Search this field only, by name or label.")
@click.option("--all", "every", is_flag=True, help="Show each hit, not only the best one of a customer.")
@click.option(
    "--limit",
    type=Whole(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Show at most this many customers.",
)
@options.reading
@options.masking
@options.form("table", "json", "ids")
def search(
    text: tuple[str, ...], where: str, field: str, limit: int, form: str, *, every: bool, when: When, mask: bool
) -> Exit:
    r"""Find customers by any text in their records, the best hits first.

    All words must be in one record, in any fields: names, contacts, notes, interactions, tags, labels of values. A word
    may also be the pinyin or the initials of a name, or the end of a phone number or of an id. Traditional and
    simplified characters, accents, case and width make no difference.

    \b
    crmtext search 冷链 报价
    crmtext search zhangsan
    crmtext search 8000
    crmtext search MQTT --in needs --where "status == 'active'"
    """
    store = options.store()
    # Without --at the index is used, which holds the folded texts.
    then = None if when == When() else store.read(when)
    path, checked = "", None
    if field or where:
        # Slow to load, and most searches have neither.
        from crmtext.figures.rules import NAMES
        from crmtext.query import listing
        from crmtext.query.filter import Terms
        from crmtext.search.field import field_path

        rules = then or store
        terms = Terms(rules.schema, rules.settings, then.today if then else store.today, NAMES)
        path = field_path(field, terms) if field else ""
        checked = listing.check(listing.Query(where=where), terms)
    query = search_query.query(text, path)
    result = find(store, then, query, checked, limit, options.masking_of((then or store).schema, mask=mask))
    return emit(answer.ids(result) if form == "ids" else answer.table(result, query, every=every), form)
