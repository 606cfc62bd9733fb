"""The customers of an export: one stream of records for all formats, and how the user wants them shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.exporters.cells import to_json
from crmtext.exporters.rows import Splitter
from crmtext.exporters.tables import Shape, Table, tables
from crmtext.i18n import N_
from crmtext.terminal.progress import Watch, unwatched
from crmtext.text.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot

_NOTHING: tuple[object, ...] = (None, "", [], {})
_CONTACTS = "contacts"


@dataclass
class Export:
    """The customers to write, for a writer of `FORMATS`."""

    snapshot: Snapshot
    #: The customers in the order of the export. Built on access: keep none of them.
    customers: Sequence[Customer]
    #: Whether headers and choices are labels in the current language; else the names of fields and values.
    labels: bool = False
    #: The columns that the user chose for a single table, as typed; empty for all that have a value.
    columns: tuple[str, ...] = ()
    #: Whether values of sensitive fields are exported.
    with_sensitive: bool = False
    #: Whether the customers are masked, for somebody outside the team.
    masked: bool = False
    #: The colleagues whose steps a calendar has; empty for all.
    people: frozenset[str] = frozenset()
    #: The contacts whose cards are written, by the customer's id; all of a customer that is missing here.
    contacts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Lines about the customers left out of an export for a channel.
    refused: tuple[str, ...] = ()
    watch: Watch = unwatched
    #: Collects the paths of the fields that have a value in the exported records; None for nobody who asks.
    seen: set[str] | None = None
    #: How many values of sensitive fields the last pass met, and left out without `with_sensitive`.
    sensitive: int = field(default=0, init=False)
    #: The ids of the customers that the file has something of, if it can be fewer; set by the writer.
    written: Collection[str] | None = field(default=None, init=False)
    #: Notes of the writer for the user, such as the number of entries that its format has no place for.
    notes: list[str] = field(default_factory=list, init=False)

    @property
    def schema(self) -> Schema:
        """The schema of the records."""
        return self.snapshot.schema

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the records: the customers, then the lists."""
        return tables(self.schema)

    @cached_property
    def sheet(self) -> Table:
        """The customers with the primary contact in columns, for a format with one table."""
        return sheet(self.tables)

    @cached_property
    def splitter(self) -> Splitter:
        """Splits records into the rows of the tables."""
        return Splitter(self.tables)

    def pairs(self, what: str = "") -> Iterator[tuple[Customer, dict[str, Any]]]:
        """Yield each customer with its record as exported, and count the values of sensitive fields.

        With a noun (a message id), progress is shown.
        """
        self.sensitive = 0
        customers = self.watch(self.customers, what, len(self.customers)) if what else self.customers
        for customer in customers:
            yield customer, self._exported(customer)

    def records(self, what: str = N_("customers exported")) -> Iterator[dict[str, Any]]:
        """Yield the records as exported: without values of sensitive fields, unless wanted."""
        return (record for _customer, record in self.pairs(what))

    def lines(self, what: str = N_("customers exported")) -> Iterator[str]:
        """Yield the records as JSON, one line each."""
        self.sensitive = 0
        for customer in self.watch(self.customers, what, len(self.customers)):
            line = customer.document.line
            # The name of a sensitive field rarely occurs: then the index's own line is the record.
            plain = line and self.seen is None and not self._secret_keys.search(line)
            yield line if plain else to_json(self._exported(customer))

    @cached_property
    def _secret(self) -> list[str]:
        return [field.path for field in self.schema.marked("x-sensitive")]

    @cached_property
    def _secret_keys(self) -> re.Pattern[str]:
        keys = {to_json(path.removesuffix("[]").rpartition(".")[2]) for path in self._secret}
        return re.compile("|".join(map(re.escape, sorted(keys))) or r"(?!)")

    def _exported(self, customer: Customer) -> dict[str, Any]:
        data: dict[str, Any] = customer.document.data
        pointers = frozenset(pointer for pointer, _value in self.schema.matching(data, self._secret, _is_filled))
        self.sensitive += len(pointers)
        left: dict[str, Any] = _without(data, pointers) if pointers and not self.with_sensitive else data
        if self.seen is not None:
            self.seen.update(_paths(left))
        return left


def sheet(tables: Sequence[Table]) -> Table:
    """Return the table of customers with the contacts as a map: the primary one."""
    customers = tables[0]
    parts: dict[str, Shape] = dict(customers.shape.parts or {})
    if (contacts := parts.get(_CONTACTS)) and contacts.kind == "list":
        parts[_CONTACTS] = replace(contacts, kind="map")
    return Table(customers.name, replace(customers.shape, parts=parts))


def with_primary(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record with its primary contact in place of the contacts: the marked one, else the first.

    Those who have left come last.
    """
    contacts = record.get(_CONTACTS)
    if not isinstance(contacts, list):
        return record
    ranked: list[Mapping[str, Any]] = sorted(contacts, key=lambda one: (bool(one.get("left")), not one.get("primary")))
    return {**record, _CONTACTS: ranked[0] if ranked else {}}


def _paths(value: Any, at: str = "") -> Iterator[str]:
    """Yield the path of each value in a record, as `contacts[].phones`."""
    for key, one in value.items():
        here = f"{at}.{key}" if at else key
        if isinstance(one, dict):
            yield from _paths(one, here)
        elif isinstance(one, list) and any(isinstance(item, dict) for item in one):
            for item in one:
                yield from _paths(item, f"{here}[]") if isinstance(item, dict) else (here,)
        elif one not in _NOTHING:
            yield here


def _is_filled(value: Any) -> bool:
    return value not in _NOTHING


def _without(value: Any, gone: frozenset[str], at: str = "") -> Any:
    """A copy of the record without the values at these pointers, and without maps that are empty then."""
    if isinstance(value, dict):
        kept = {}
        for key, one in value.items():
            here = f"{at}/{escape(key)}"
            if here not in gone:
                left = _without(one, gone, here)
                if left != {} or one == {}:
                    kept[key] = left
        return kept
    if isinstance(value, list):
        return [_without(one, gone, f"{at}/{n}") for n, one in enumerate(value) if f"{at}/{n}" not in gone]
    return value
