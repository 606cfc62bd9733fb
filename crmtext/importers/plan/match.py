"""Which customer of the store a customer of the files is: by id, external id, credit code, name, phone or e-mail."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.duplicates.compare import shared
from crmtext.duplicates.inverted import MOST_IN_COMMON, Inverted
from crmtext.duplicates.known import known
from crmtext.duplicates.names import likeness
from crmtext.duplicates.similarity import Mark, certain, core, marks
from crmtext.importers.joining.ids import comparable, forms
from crmtext.importers.plan.customer_names import CustomerNames, other_names
from crmtext.model import Customer
from crmtext.text.document import Document
from crmtext.values.external_ids import FIELD, ids_of
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from crmtext.importers.incoming import Incoming

#: The fields of the values by which rows name who answered.
_REACH = {"phone": "phones", "email": "emails"}
_GENERAL = frozenset({"name", "full-name"})


class Likely(NamedTuple):
    """A customer that the files' one may be."""

    customer: Customer
    #: From 0 to 1.
    score: float
    #: The values that both have.
    shared: tuple[Mark, ...]


class Index:
    """The customers of a store by everything that finds them."""

    def __init__(self, customers: Iterable[Customer], sources: Iterable[str]) -> None:
        #: The names of the source in external ids.
        self._sources = tuple(dict.fromkeys(filter(None, sources)))
        self.by_id: dict[str, Customer] = {}
        self._foreign: dict[str, Customer] = {}
        self._customers = tuple(customers)
        for customer in self._customers:
            self.by_id[customer.id] = customer
            for former in customer.data.get("merged_from", ()):
                self.by_id.setdefault(str(former), customer)
            for foreign in self._ids(customer):
                self._foreign.setdefault(foreign, customer)

    # Made when a customer is looked up by them: those of a source that comes again are found by their ids.
    @cached_property
    def _marks(self) -> Inverted[Mark, Customer]:
        """The customers by the values that duplicates share."""
        having: Inverted[Mark, Customer] = Inverted()
        for customer in self._customers:
            having.add(customer, marks(customer.data))
        return having

    @cached_property
    def _numbers(self) -> Mapping[str, Customer]:
        """The customers by their ids in the only system that the store knows; empty if there are several."""
        numbers: dict[str, Customer] = {}
        systems: set[str] = set()
        for customer in self._customers:
            for system, texts in (customer.data.get(FIELD) or {}).items():
                systems.add(system)
                numbers.update((comparable(text), customer) for text in ids_of(texts))
        return numbers if len(systems) <= 1 else {}

    @cached_property
    def _in_systems(self) -> Mapping[tuple[str, str], Customer]:
        """The customers by their ids in all systems."""
        return {mark: customer for customer in self._customers for mark in _system_ids(customer.data)}

    @cached_property
    def _names(self) -> CustomerNames:
        return CustomerNames(self.by_id)

    def named(self, incoming: Incoming) -> tuple[Customer, ...]:
        """Return the customers that rows mean that only name one, by any of its names."""
        return next(filter(None, (self._names.of(value) for kind, value in incoming.of if kind == "name")), ())

    def find(self, incoming: Incoming) -> Customer | None:
        """Return the customer that it certainly is; None if there is none."""
        if not self.by_id:
            return None
        if customer := self._by_ids(incoming):
            return customer
        numbers = [(kind, value) for kind, value in incoming.of if kind in _REACH]
        if incoming.data.get("name"):
            data = {**incoming.data, **{_REACH[kind]: [value] for kind, value in numbers}}
            shared = self._shared(data)
            sure = [customer for customer, common in shared if self._sure(incoming, customer, common)]
            if incoming.of and not numbers and (fitting := self.named(incoming)):
                sure = [*fitting]
            elif incoming.of and not sure and not numbers:
                # A row that only names its customer, such as an answer, gives nothing else to compare.
                sure = [customer for customer, common in shared if "full-name" in {kind for kind, _value in common}]
            if not (sure or numbers) and (incoming.of or not incoming.own_rows):
                companies = (
                    customer
                    for customer in self._names.by_other_name(str(incoming.data["name"]))
                    if customer.data.get("type") != "person"
                )
                sure = [customer for customer in companies if not self._differ(incoming, customer)]
            if sure or not numbers:
                return sure[0] if len(sure) == 1 else None
        return self._reached(numbers, str(incoming.data.get("name", ""))) if numbers else None

    @staticmethod
    def settle_name(incoming: Incoming, customer: Customer) -> None:
        """Keep the customer's name: a contact's row that has another of its names for the company renames nothing."""
        if not incoming.own_rows and folded(str(incoming.data.get("name", ""))) in other_names(customer):
            incoming.data["name"] = customer.name

    def _by_ids(self, incoming: Incoming) -> Customer | None:
        """The customer with our own id, the source's, one of another system, or one that another object's row names."""
        if incoming.own_id and incoming.own_id in self.by_id:
            return self.by_id[incoming.own_id]
        if incoming.source_id and (customer := self._foreign.get(comparable(incoming.source_id))):
            return customer
        named = [value for kind, value in incoming.of if kind == "id"]
        others = [
            *(self._in_systems.get(mark) for mark in _system_ids(incoming.data)),
            *(self._named(value) or self._numbered(incoming, value) for value in named),
        ]
        return next(filter(None, others), None)

    def _reached(self, numbers: Iterable[tuple[str, str]], name: str) -> Customer | None:
        """The only customer with a number or address, which a person of this name has there."""
        fitting = {
            customer.id: customer
            for kind, value in numbers
            for mark in marks({_REACH[kind]: [value]})
            if mark[0] == kind
            for customer in self._marks.having(mark)
        }
        having = [customer for customer in fitting.values() if not name or _is_named(customer, name)]
        return having[0] if len(having) == 1 else None

    def _named(self, foreign: str) -> Customer | None:
        """The customer that a row of another object names by an id."""
        known = (self._foreign[form] for form in forms(foreign) if form in self._foreign)
        return next(known, None) or self.by_id.get(foreign)

    def _numbered(self, incoming: Incoming, number: str) -> Customer | None:
        """The customer with a number that a sheet of another source names, such as that of a survey."""
        customer = self._numbers.get(comparable(number))
        name = str(incoming.data.get("name", ""))
        return customer if customer and (not name or _is_named(customer, name)) else None

    def likely(self, incoming: Incoming, present: Collection[str] = ()) -> Likely | None:
        """Return the customer that it probably is; None if there is none. `present` are the ids of the files."""
        if not self.by_id:
            return None
        own = known(Customer(Document("", "", {"id": "", "type": "", **incoming.data})))
        matches = []
        for customer, common in self._shared(incoming.data):
            other = known(customer)
            if self._differ(incoming, customer) and not self._has_new_id(incoming, customer, common, present):
                continue
            if not (why := shared(own, other)):
                continue
            matches.append(Likely(customer, likeness(own, other), why))
        return max(matches, key=lambda match: (match.score, match.customer.id), default=None)

    def _differ(self, incoming: Incoming, customer: Customer) -> bool:
        """Whether the two have different ids in the same system, or are marked as different."""
        if customer.id in incoming.data.get("not_duplicate_of", ()):
            return True
        foreign = self._ids(customer)
        return bool(foreign and incoming.source_id and comparable(incoming.source_id) not in foreign)

    def _has_new_id(self, incoming: Incoming, customer: Customer, common: set[Mark], present: Collection[str]) -> bool:
        """Whether the source may have given a customer another id: the one that it had isn't in the files."""
        marked = customer.id in incoming.data.get("not_duplicate_of", ())
        gone = not any(id_ in present for id_ in self._ids(customer))
        return not marked and gone and certain(incoming.data, customer.data, common)

    def _ids(self, customer: Customer) -> list[str]:
        """The ids of a customer in the source."""
        ids = customer.data.get("external_ids", {})
        return [comparable(text) for source in self._sources for text in ids_of(ids.get(source))]

    def _sure(self, incoming: Incoming, customer: Customer, common: set[Mark]) -> bool:
        if self._differ(incoming, customer):
            return False
        if certain(incoming.data, customer.data, common):
            return True
        kinds = {kind for kind, _value in common}
        return "full-name" in kinds and bool(kinds & {"email", "phone"})

    def _shared(self, data: Mapping[str, Any]) -> list[tuple[Customer, set[Mark]]]:
        shared: dict[str, set[Mark]] = {}
        for mark in marks(data):
            having = self._marks.having(mark)
            if len(having) <= MOST_IN_COMMON or mark[0] in _GENERAL:
                for customer in having:
                    shared.setdefault(customer.id, set()).add(mark)
        return [(self.by_id[id_], common) for id_, common in shared.items()]


def _is_named(customer: Customer, name: str) -> bool:
    """Whether a customer, or one of its contacts, has a name."""
    people = (contact.get("name", "") for contact in customer.data.get("contacts", ()))
    names = (customer.name, customer.data.get("short_name", ""), *customer.data.get("aliases", ()))
    if folded(name) in {folded(str(one)) for one in people}:
        return True
    wanted = core(name)
    return any(wanted in one or one in wanted for one in map(core, map(str, names)) if one)


def _system_ids(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids of a customer, each with its system."""
    for system, texts in (data.get(FIELD) or {}).items():
        yield from ((system, comparable(text)) for text in ids_of(texts))
