"""Groups of customers that may be one: connected by pairs that are certainly or likely the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.compare import candidates, shared
from crmtext.duplicates.known import known
from crmtext.duplicates.names import likeness
from crmtext.duplicates.similarity import certain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.duplicates.known import Known
    from crmtext.duplicates.similarity import Mark
    from crmtext.model import Customer


class Pair(NamedTuple):
    """Two customers that may be one, the one with the earlier id first."""

    one: Customer
    other: Customer
    #: The similarity of the names from 0 to 1; 1 if the two are certainly the same.
    score: float
    certain: bool
    #: The shared values, as `shared` returns them.
    shared: tuple[Mark, ...]


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
    heads = connected((pair.one.path, pair.other.path) for pair in pairs)
    together: dict[str, list[Pair]] = {}
    for pair in pairs:
        together.setdefault(heads[pair.one.path], []).append(pair)
    return tuple(sorted(map(_group, together.values()), key=lambda group: (_rank(group), group.customers[0].id)))


def connected(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the members of the pairs, each with the member that stands for all that are connected with it."""
    heads: dict[str, str] = {}

    def head(member: str) -> str:
        while (above := heads.setdefault(member, member)) != member:
            heads[member] = heads[above]
            member = above
        return member

    for one, other in pairs:
        heads[head(one)] = head(other)
    return {member: head(member) for member in tuple(heads)}


def _pair(one: Known, other: Known) -> Pair | None:
    why = shared(one, other)
    if not why:
        return None
    sure = certain(one.customer.data, other.customer.data, one.marks & other.marks)
    score = 1.0 if sure else likeness(one, other)
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
