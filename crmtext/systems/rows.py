"""The rows of a customer in the files of a system: its own, and those of its lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Where a person has what other customers' contacts have.
_OF_PERSON = {
    "name": ("name",), "phones": ("phones",), "emails": ("emails",), "notes": ("notes",),
    "title": ("person", "title"), "gender": ("person", "gender"), "opted_out": ("preferences", "do_not_contact"),
}  # fmt: skip
#: The kind of a row in its id: a system may want ids that are unique among all objects.
_LETTERS = {
    "contacts": "P", "opportunities": "D", "interactions": "A", "tasks": "T", "cases": "S", "transactions": "B",
}  # fmt: skip


@dataclass(slots=True)
class Source:
    """A customer that is being exported, and which of its values went into a file."""

    record: Mapping[str, Any]
    #: The name of the system in external ids.
    system: str
    #: Whether the system has people without a company as contacts, and this is one.
    is_contact: bool
    #: The longest text of a cell; 0 if there is no limit.
    longest: int = 0
    #: The places of the values that were written: keys and positions.
    taken: set[tuple[str | int, ...]] = field(default_factory=set)
    #: The places of values that a cell holds in part or in another form, so that they don't come back.
    changed: set[tuple[str | int, ...]] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The id of its row: that of the system, if it has one."""
        return self._own(self.record, ()) or str(self.record["id"])

    def entry_id(self, kind: str, place: tuple[str | int, ...], number: int) -> str:
        """The id of the row of an entry."""
        entry = self.at(place)
        own = self._own(entry, place) if kind != "tasks" and isinstance(entry, dict) else ""
        if kind not in _LETTERS:
            return ""
        return own or f"{self.record['id']}-{_LETTERS[kind]}{number + 1:05d}"

    def at(self, place: tuple[str | int, ...]) -> Any:
        """The value at a place; None if it is missing."""
        value: Any = self.record
        for step in place:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def _own(self, entry: Mapping[str, Any], place: tuple[str | int, ...]) -> str:
        own = (entry.get("external_ids") or {}).get(self.system)
        if not isinstance(own, str):
            return ""
        self.taken.add((*place, "external_ids", self.system))
        return own.rpartition(" ")[2]

    def contact_id(self, name: str) -> str:
        """The id of the row of a contact with a name; empty if there is none."""
        contacts = self.record.get("contacts") or ()
        for number, contact in enumerate(contacts):
            if contact.get("name") == name:
                return self.entry_id("contacts", ("contacts", number), number)
        return ""

    def has_named(self, name: str) -> bool:
        """Whether the contact with a name went into a file as it is."""
        places = (("contacts", n, "name") for n, one in enumerate(self.record["contacts"]) if one["name"] == name)
        return not self.taken.isdisjoint(places)


@dataclass(slots=True)
class Row:
    """A row: a customer, or an entry of one of its lists."""

    source: Source
    #: The kind of the sheet.
    object: str
    #: Where the entry is in the record.
    place: tuple[str | int, ...]
    id: str

    def where(self, key: str) -> tuple[str | int, ...]:
        """Return the place of a field of the entry."""
        if self.object == "contacts" and not self.place:
            return _OF_PERSON.get(key, ("contacts", -1))
        return (*self.place, *key.split("."))

    def get(self, key: str) -> Any:
        """Return a field of the entry."""
        return self.source.at(self.where(key))

    @property
    def customer_id(self) -> str:
        """The id of the customer's row among the customers; empty if it is a contact."""
        return "" if self.source.is_contact else self.source.id

    @property
    def contact_id(self) -> str:
        """The id of the contact's row: the customer itself, or whom the entry names."""
        if self.source.is_contact:
            return self.source.id
        talk = self.place[:2] if self.object == "tasks" else self.place
        name = self.source.at((*talk, "contact"))
        id_ = self.source.contact_id(name) if isinstance(name, str) else ""
        if id_ and self.object == "interactions" and self.source.has_named(name):
            self.source.taken.add((*talk, "contact"))
        return id_


def rows(source: Source, kind: str) -> Iterator[Row]:
    """Yield the rows of a customer for a sheet of a kind."""
    if kind == "customers":
        if not source.is_contact:
            yield Row(source, kind, (), source.id)
        return
    if kind == "contacts" and source.is_contact:
        yield Row(source, kind, (), source.id)
        return
    name = "interactions" if kind == "tasks" else kind
    for number, entry in enumerate(source.record.get(name) or ()):
        if not isinstance(entry, dict):
            continue
        place: tuple[str | int, ...] = (name, number)
        if kind == "tasks":
            step = entry.get("next")
            if not isinstance(step, dict) or "done" in step:
                continue
            place = (*place, "next")
        yield Row(source, kind, place, source.entry_id(kind, place, number))
