"""Compare customers with each other: find candidate pairs, and the reasons why two may be duplicates."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from crmtext.duplicates.inverted import MOST_IN_COMMON, Inverted
from crmtext.duplicates.names import is_long, may_be_one
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.duplicates.known import Known
    from crmtext.duplicates.similarity import Mark
    from crmtext.model import Customer

_SECOND = ("phone", "email", "domain")


def candidates(compared: Iterable[Known]) -> Iterator[tuple[Known, Known]]:
    """Yield the pairs that share something, each once, without comparing all with all."""
    customers = tuple(compared)
    seen: set[tuple[str, str]] = set()
    for pair in _sharing(customers):
        key = (pair[0].customer.path, pair[1].customer.path)
        if key not in seen and pair[0] is not pair[1]:
            seen.add(key)
            yield pair


def crowds(compared: Iterable[Known]) -> Iterator[tuple[Mark, tuple[Known, ...]]]:
    """Yield values shared by too many customers, with these customers; branches of one company may share them."""
    for mark, members in _by_marks(compared).shared():
        first = members[: MOST_IN_COMMON + 1]
        if mark[0] in _SECOND and len(first) > MOST_IN_COMMON and not all(member.branch for member in first):
            yield mark, tuple(members)


def reasons(one: Known, other: Known) -> tuple[str, ...]:
    """Return why two customers may be duplicates, in words; empty as for `shared`."""
    return in_words(shared(one, other))


def shared(one: Known, other: Known) -> tuple[Mark, ...]:
    """Return what makes two customers likely duplicates; empty if it isn't enough, or they are known to differ.

    Similar names that aren't equal are `similar-name`, without a value.
    """
    if _are_distinct(one.customer, other.customer):
        return ()
    common = dict(sorted(one.marks & other.marks))
    second = any(kind in common for kind in _SECOND)
    if "uscc" not in common and not may_be_one(one, other, common, second=second):
        return ()
    kinds = ("uscc", "full-name", *_SECOND)
    values = tuple((kind, common[kind]) for kind in kinds if kind in common)
    return values if "full-name" in common else (*values, ("similar-name", ""))


def in_words(common: Iterable[Mark]) -> tuple[str, ...]:
    """Return what two customers share in the current language."""
    words = {
        "uscc": _("same credit code"),
        "full-name": _("same name"),
        "phone": _("same phone number {value}"),
        "email": _("same e-mail address {value}"),
        "domain": _("same domain {value}"),
        "similar-name": _("similar names"),
    }
    return tuple(words[kind].format(value=value) for kind, value in common)


def _sharing(customers: Sequence[Known]) -> Iterator[tuple[Known, Known]]:
    for _mark, members in _by_marks(customers).shared():
        if len(members) <= MOST_IN_COMMON:
            yield from combinations(members, 2)
        else:
            # In a crowd, each is only compared with the first of the same name.
            first: dict[str, Known] = {}
            for member in members:
                yield first.setdefault(member.name, member), member
    near: Inverted[str, Known] = Inverted()
    for customer in customers:
        near.add(customer, near_keys(customer.name))
    for _key, members in near.shared():
        yield from combinations(members[:MOST_IN_COMMON], 2)


def _by_marks(customers: Iterable[Known]) -> Inverted[Mark, Known]:
    index: Inverted[Mark, Known] = Inverted()
    for customer in customers:
        index.add(customer, customer.marks)
    return index


def near_keys(name: str) -> tuple[str, ...]:
    """Return a long name with its variants that lack one letter; names that differ in one letter share a key."""
    if not is_long(name):
        return ()
    return (name, *sorted({name[:at] + name[at + 1 :] for at in range(len(name))}))


def _are_distinct(one: Customer, other: Customer) -> bool:
    """Whether the records themselves say that they differ."""
    codes = {str(record.data["uscc"]).upper() for record in (one, other) if record.data.get("uscc")}
    if one.id == other.id or len(codes) > 1:
        return True
    return _names(one, other.id) or _names(other, one.id)


def _names(customer: Customer, id_: str) -> bool:
    """Whether a record refers to another one as a different customer."""
    data = customer.data
    return id_ in data.get("not_duplicate_of", ()) or any(
        relation["id"] == id_ for relation in data.get("relations", ())
    )
