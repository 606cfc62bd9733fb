"""Groups of customers that may be one: connected by pairs that are certainly or likely the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.compare import candidates, known, reasons
from crmtext.duplicates.similarity import alike, certain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.duplicates.compare import Known
    from crmtext.model import Customer


class Pair(NamedTuple):
    """Two customers that may be one, the one with the earlier id first."""

    one: Customer
    other: Customer
    #: The similarity of the names from 0 to 1; 1 if the two are certainly the same.
    score: float
    certain: bool
    #: In words.
    reasons: tuple[str, ...]


class Group(NamedTuple):
    """Customers that are connected by pairs, by id."""

    customers: tuple[Customer, ...]
    pairs: tuple[Pair, ...]


def groups(customers: Iterable[Customer], least: float) -> tuple[Group, ...]:
    """Return the groups whose pairs have at least this score, the most certain ones first."""
    pairs = [
        pair
        for one, other in candidates(map(known, customers))
        if (pair := _pair(one, other)) is not None and pair.score >= least
    ]
    heads: dict[str, str] = {}

    def head(path: str) -> str:
        while (above := heads.setdefault(path, path)) != path:
            heads[path] = heads[above]
            path = above
        return path

    for pair in pairs:
        heads[head(pair.one.path)] = head(pair.other.path)
    together: dict[str, list[Pair]] = {}
    for pair in pairs:
        together.setdefault(head(pair.one.path), []).append(pair)
    return tuple(sorted(map(_group, together.values()), key=lambda group: (_rank(group), group.customers[0].id)))


def _pair(one: Known, other: Known) -> Pair | None:
    why = reasons(one, other)
    if not why:
        return None
    sure = certain(one.customer.data, other.customer.data, one.marks & other.marks)
    score = 1.0 if sure else round(alike(one.name, other.name), 2)
    first, second = sorted((one.customer, other.customer), key=lambda customer: (customer.id, customer.path))
    return Pair(first, second, score, sure, why)


def _group(pairs: list[Pair]) -> Group:
    members = {customer.path: customer for pair in pairs for customer in (pair.one, pair.other)}
    return Group(
        tuple(sorted(members.values(), key=lambda customer: (customer.id, customer.path))),
        tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.one.id, pair.other.id))),
    )


def _rank(group: Group) -> tuple[bool, float]:
    best = group.pairs[0]
    return not any(pair.certain for pair in group.pairs), -best.score
