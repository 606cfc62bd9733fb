"""An export for a channel: without customers who may not be contacted on it, and without addresses not to be used."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmtext.answer import LazyList
from crmtext.figures.recipients import FIELDS, Reach, refusal
from crmtext.figures.recipients_text import left_out
from crmtext.model import Customer
from crmtext.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from crmtext.exporters.export import Export


def for_channel(export: Export, channel: str) -> Export:
    """Return the export without the customers where nobody may be contacted, and with a line about these.

    The records keep only those addresses or numbers of the channel that may be used on it. The snapshot has all
    records: one may say what holds for another.
    """
    reach = Reach(export.snapshot, channel)
    kept: list[int] = []
    refused: Counter[str] = Counter()
    for number, customer in enumerate(export.customers):
        if rule := refusal(tuple(reach.people(customer))):
            refused[rule] += 1
        else:
            kept.append(number)

    def usable(number: int) -> Customer:
        return _usable(export.customers[number], reach, FIELDS.get(channel, ""))

    lines = tuple(left_out(refused, channel, export.schema))
    return replace(export, customers=LazyList(kept, usable), refused=lines)


def _usable(customer: Customer, reach: Reach, key: str) -> Customer:
    """Return the customer without the addresses that may not be used; itself if it has none."""
    data = customer.data
    allowed: defaultdict[str, set[str]] = defaultdict(set)
    for person in reach.people(customer):
        allowed[person.contact].update(person.allowed)
    changed = _only(data, key, allowed[""])
    if "contacts" in data:
        contacts = [_only(one, key, allowed[str(one["name"])]) for one in data["contacts"]]
        changed = changed if contacts == data["contacts"] else {**changed, "contacts": contacts}
    return customer if changed is data else Customer(Document(customer.path, "", changed))


def _only(person: Mapping[str, Any], key: str, allowed: Collection[str]) -> Mapping[str, Any]:
    """Return a person with only these addresses; the same object if nothing changes."""
    value = person.get(key)
    if isinstance(value, str):
        left: Any = value if value in allowed else None
    else:
        left = [one for one in value or () if one in allowed]
    if value is None or left == value:
        return person
    rest = {name: one for name, one in person.items() if name != key}
    return {**rest, key: left} if left else rest
