"""The text that the search box of the index looks in, for each customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.search.entries import Reader
from crmtext.search.page import pairs, passages, row_text

if TYPE_CHECKING:
    from crmtext.reports.site import Site

#: The most text of interactions and notes in a page, in bytes: with more, it would open slowly.
MOST = 3_000_000
#: Notes have no day: they come before the newest interaction.
_NOTES = "9999-99-99"


class Searched(NamedTuple):
    """The folded text of each customer, and the traditional characters that stand for characters in it."""

    texts: tuple[str, ...]
    pairs: str
    #: The day of the oldest interactions that are searched, if older ones are not.
    since: str


def searched(site: Site, most: int = MOST) -> Searched:
    """Return the text of all customers, with that of the newest interactions."""
    reader = Reader(site.schema, site.settings)
    texts = [[row_text(customer, reader)] for customer in site.customers]
    prose = [
        (day or _NOTES, -place, text)
        for place, customer in enumerate(site.customers)
        for day, text in passages(customer, reader)
    ]
    # Sorting is stable: of one customer and day, the passages keep their order.
    prose.sort(key=lambda passage: passage[:2], reverse=True)
    since = ""
    for day, place, text in prose:
        most -= len(text.encode()) + 1
        if most < 0:
            since = day
            break
        texts[-place].append(text)
    whole = tuple("\n".join(parts) for parts in texts)
    return Searched(whole, pairs("".join(whole)), since)
