"""The addresses and numbers by which people may be reached on a channel, and how many must be left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from crmtext.computed.profile import main_address
from crmtext.computed.reach import DO_NOT_CONTACT, people, rule_against, unknown_channels
from crmtext.problem import CrmError
from crmtext.values import phones

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The field of a customer or contact that has the addresses of a channel. A visit goes to the customer's address.
FIELDS: Mapping[str, str] = {"email": "emails", "phone": "phones", "sms": "phones", "wechat": "wechat"}
#: Numbers that take a text message.
_MOBILE = ("mobile", "international")
_ADDRESS = ("province", "city", "district", "street")


class Recipient(NamedTuple):
    """A person, or a company itself, and the address or number to use: the first one in the record."""

    id: str
    name: str
    #: Empty for the customer itself.
    contact: str
    address: str


class Recipients(NamedTuple):
    """The people of some customers who may be reached on a channel."""

    channel: str
    listed: tuple[Recipient, ...]
    #: The number of customers left out because nobody there may be contacted, by rule.
    refused: Mapping[str, int]
    #: The contacts, and customers themselves, left out although others of the customer are listed, by rule.
    partly: Mapping[str, int]
    #: The number of customers without an address or number.
    without: int


def recipients(snapshot: Snapshot, customers: Iterable[Customer], channel: str) -> Recipients:
    """Return who of these customers may be written to, called or visited, in their order."""
    reach = Reach(snapshot, channel)
    listed: list[Recipient] = []
    refused: Counter[str] = Counter()
    partly: Counter[str] = Counter()
    without = 0
    for customer in customers:
        persons = tuple(reach.people(customer))
        if rule := refusal(persons):
            refused[rule] += 1
            continue
        here: dict[str, Recipient] = {}
        for person in persons:
            if person.allowed:
                address = person.allowed[0]
                here.setdefault(_same(address, channel), Recipient(customer.id, customer.name, person.contact, address))
        listed += here.values()
        without += not here
        partly.update(person.rule or DO_NOT_CONTACT for person in persons if person.known and not person.allowed)
    return Recipients(channel, tuple(listed), refused, partly, without)


class Person(NamedTuple):
    """A customer itself, or a contact who hasn't left."""

    #: The name of the contact; empty for the customer.
    contact: str
    #: Their addresses or numbers in the record's order.
    known: Sequence[str]
    #: The rule that forbids to contact them; empty if there is none.
    rule: str
    #: Those of their addresses that may be used.
    allowed: Sequence[str]


def refusal(persons: Collection[Person]) -> str:
    """Return the rule for which none of these people of a customer may be contacted; empty if somebody may.

    Those with an address count; without any, all do.
    """
    if any(person.allowed for person in persons):
        return ""
    known = [person.rule or DO_NOT_CONTACT for person in persons if person.known]
    rules = known or [person.rule for person in persons]
    if "" in rules:
        return ""
    return DO_NOT_CONTACT if DO_NOT_CONTACT in rules else rules[0]


class Reach:
    """Who may be reached on a channel for marketing.

    An address that somebody of the whole snapshot does not want to be used may not be used wherever it is. Raises
    CrmError for an unknown channel in the settings, because consents would not be asked for.
    """

    def __init__(self, snapshot: Snapshot, channel: str) -> None:
        check_channels(snapshot)
        self._snapshot = snapshot
        self._channel = channel
        # Several customers may share a building: an unwanted visit to one says nothing about the others.
        every = snapshot.customers if channel != "visit" else ()
        self._unwanted = frozenset(address for customer in every for address in self._refused(customer, DO_NOT_CONTACT))

    def people(self, customer: Customer) -> Iterator[Person]:
        """Yield the customer itself and the contacts who haven't left, with the addresses that may be used."""
        blocked = self._unwanted.union(self._refused(customer))
        for contact, person in (("", customer.data), *people(customer, self._snapshot.today)):
            known, rule = _addresses(customer, person, self._channel), self.rule(customer, contact)
            allowed = () if rule else [one for one in known if _same(one, self._channel) not in blocked]
            yield Person(contact, known, rule, allowed)

    def rule(self, customer: Customer, contact: str) -> str:
        """Return the rule that forbids to contact the customer or the contact; empty if there is none."""
        today, settings = self._snapshot.today, self._snapshot.settings
        return rule_against(customer.data, self._channel, today, settings, contact, marketing=True)

    def _refused(self, customer: Customer, only: str = "") -> Iterator[str]:
        """The addresses of those who may not be contacted, by one rule or by any, also of contacts who have left."""
        data = customer.data
        for contact, person in (("", data), *((str(one["name"]), one) for one in data.get("contacts", ()))):
            known = _addresses(customer, person, self._channel)
            if known and (rule := self.rule(customer, contact)) and only in ("", rule):
                yield from (_same(one, self._channel) for one in known)


def check_channels(snapshot: Snapshot) -> None:
    """Raise CrmError for a channel of `privacy.require_consent` that the schema doesn't have."""
    for problem in unknown_channels(snapshot.settings, snapshot.schema):
        raise CrmError(problem)


def _addresses(customer: Customer, person: Mapping[str, Any], channel: str) -> Sequence[str]:
    """The addresses or numbers of a person for a channel, in the record's order."""
    if channel == "visit":
        address = main_address(customer) if person is customer.data else {}
        parts = dict.fromkeys(str(address[key]) for key in _ADDRESS if key in address)
        return (" ".join(parts),) if parts else ()
    value = person.get(FIELDS.get(channel, ""), ())
    if channel == "sms":
        return [number for number in value if phones.kind(number) in _MOBILE]
    return (value,) if isinstance(value, str) else value


def _same(address: str, channel: str) -> str:
    """The form of an address by which two are compared."""
    return "".join(phones.split(address)) if FIELDS.get(channel) == "phones" else address.casefold()
