"""What has become of records since the commit before: the answers of the checks that compare them with it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from crmtext.checks.related import ID
from crmtext.checks.scope import Scope, of
from crmtext.index.update import TOGETHER, found, part
from crmtext.snapshot import Previous

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.index.changes import Side
    from crmtext.index.database import Index
    from crmtext.index.key import StateKey


def renew(index: Index, terms: StateKey, side: Side, earlier: Previous | None) -> None:
    """Find out anew what the commit before has to say about the records."""
    index.drop_problems("since")
    for some in _parts(earlier) if earlier else ():
        ids = {each.id for one in (some, *some.sides) for each in one.customers}
        here = sorted({number for each in ids for number in index.holders((ID, each))})
        snapshot = replace(part(index, terms, side, here, here), earlier=partial(_same, some))
        told = found(index, snapshot, here, of(Scope.HISTORY))
        index.add_problems((number, "since", rule, line) for number, rule, line in told)


def _parts(earlier: Previous) -> Iterator[Previous]:
    """The same of some records at a time; of a merge it is little, and what both sides had is told once."""
    if earlier.sides:
        yield earlier
    customers = iter(earlier.customers)
    while some := tuple(islice(customers, TOGETHER)):
        yield Previous(earlier.commit, some)


def _same(earlier: Previous) -> Previous:
    return earlier
