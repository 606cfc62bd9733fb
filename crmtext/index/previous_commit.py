"""Problems of the checks that compare the records with the previous commit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from crmtext.checks.related import ID
from crmtext.checks.scope import Scope, of
from crmtext.index.update import TOGETHER, check, part
from crmtext.snapshot import Previous

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.index.changes import Side
    from crmtext.index.database import Index
    from crmtext.index.key import StateKey


def renew(index: Index, terms: StateKey, side: Side, earlier: Previous | None) -> None:
    """Check all records that differ from the previous commit again."""
    index.drop_problems("since")
    for some in _parts(earlier) if earlier else ():
        ids = {customer.id for one in (some, *some.sides) for customer in one.customers}
        here = sorted({number for id_ in ids for number in index.holders((ID, id_))})
        snapshot = replace(part(index, terms, side, here, here), earlier=partial(_same, some))
        problems = check(index, snapshot, here, of(Scope.HISTORY))
        index.add_problems((number, "since", rule, line) for number, rule, line in problems)


def _parts(earlier: Previous) -> Iterator[Previous]:
    """The previous commit in parts of some records; a merge in one part, so that no problem is reported twice."""
    if earlier.sides:
        yield earlier
    customers = iter(earlier.customers)
    while some := tuple(islice(customers, TOGETHER)):
        yield Previous(earlier.commit, some)


def _same(earlier: Previous) -> Previous:
    return earlier
