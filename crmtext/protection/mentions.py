"""The other customers whose text names a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.sealing import free_text
from crmtext.search.entries import Reader
from crmtext.snapshot import claimed_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from crmtext.snapshot import Snapshot

#: Shorter names occur by chance.
_SHORTEST = 2
_LISTS = ("aliases", "former_names")


class Mention(NamedTuple):
    """A field of another customer that names the person."""

    id: str
    #: The path of the field, such as `interactions[].summary`.
    field: str


def names(data: Mapping[str, Any], contact: str = "") -> frozenset[str]:
    """Return the full names of the person a record is about, or of its contact; none for a company."""
    known: list[Any] = [contact]
    if not contact and data.get("type") == "person":
        known = [data.get("name"), *(one for key in _LISTS for one in data.get(key) or ())]
    return frozenset(one for one in known if isinstance(one, str) and len(one) >= _SHORTEST)


def mentions(snapshot: Snapshot, wanted: Collection[str], own: Collection[str]) -> tuple[Mention, ...]:
    """Return the fields that hold one of these names, of customers with other ids; sensitive fields are not read."""
    if not wanted:
        return ()
    reader, stars = Reader.of(snapshot), dict.fromkeys(wanted, "*")
    documents = [*(customer.document for customer in snapshot.customers), *snapshot.broken]
    kept: dict[Mention, None] = {}
    for document in documents:
        id_ = claimed_id(document)
        if id_ in own or not isinstance(document.data, dict):
            continue
        for entry in reader.entries(document.data):
            if any(free_text.replaced(form, stars) != form for form in entry.forms):
                kept[Mention(id_, entry.path)] = None
    return tuple(kept)
