"""Exports for somebody outside the team: masked, without sensitive fields, and with a disclosure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crmtext.answer import LazyList
from crmtext.computed.reach import channels_of, is_marketing, may_be_contacted, people, rule_against
from crmtext.exporters.columns import resolved
from crmtext.i18n import _, plural
from crmtext.layout import RECORDS
from crmtext.model import Customer
from crmtext.problem import CrmError, Exit, Problem
from crmtext.protection.exporting import chosen, disclosure, written
from crmtext.sealing import forms, free_text
from crmtext.sealing.mask import Masking
from crmtext.text.document import Document
from crmtext.text.pointer import escape
from crmtext.values import phones
from crmtext.wording.labels import choice_label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crmtext.exporters.export import Export
    from crmtext.protection.exporting import Given, Side, Wanted
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: The lists of phone numbers of which those at work come first.
_PHONES = ("phones", "contacts[].phones")


def write(store: Store, side: Side, wanted: Wanted, given: Given) -> list[str]:
    """Write an export for somebody outside and its disclosure, and return lines about them for the user."""
    first = disclosure(store, given)
    export = chosen(store, side, wanted, with_sensitive=False)
    reach = Reach(export.snapshot, given.purpose)
    left_out = [customer.id for customer in export.customers if not reach.may_get(customer)]
    result = masked(export, reach, {*left_out}, is_calendar=wanted.place.format == "ics")
    if left_out and not len(result.customers):
        raise CrmError(
            Problem("no-customer", _("no customer is left"), hint="\n".join(reach.notes(left_out))), Exit.FOUND
        )
    lines = written(store, result, wanted, side, first, left_out)
    return [*lines, *reach.notes(left_out), *side.notes()]


class Reach:
    """Leaves out who doesn't want to be contacted on the channels that a purpose names."""

    def __init__(self, snapshot: Snapshot, purpose: str) -> None:
        self._schema = snapshot.schema
        self._is_marketing = is_marketing(purpose)
        self._channels = channels_of(purpose, snapshot.schema)
        self._terms = (snapshot.today, snapshot.settings)
        #: The number of contacts that were left out, though their customers are in the export.
        self.contacts = 0

    def may_get(self, customer: Customer) -> bool:
        """Whether a customer may be contacted on each of the channels."""
        may = partial(may_be_contacted, customer, marketing=self._is_marketing)
        return all(may(channel, *self._terms) for channel in self._channels)

    def unwilling(self, customer: Customer) -> frozenset[str]:
        """Return the names of a customer's contacts who don't want to be contacted on one of the channels."""
        against = partial(rule_against, customer.data, marketing=self._is_marketing)
        names = [name for name, _contact in people(customer, self._terms[0])] if self._channels else []
        return frozenset(
            name for name in names if any(against(channel, *self._terms, name) for channel in self._channels)
        )

    def notes(self, left_out: Sequence[str]) -> list[str]:
        """Return the lines about those who were left out, and about a purpose whose channel isn't known."""
        names = self._labels()
        if not self._channels:
            return [_("the purpose names no channel: those who don't want to be contacted are not left out")]
        lines = []
        if left_out:
            lines.append(plural("{n} customer left out who must not be contacted by {channels}",
                                "{n} customers left out who must not be contacted by {channels}",
                                len(left_out), channels=names))  # fmt: skip
        if self.contacts:
            lines.append(plural("{n} contact left out who must not be contacted by {channels}",
                                "{n} contacts left out who must not be contacted by {channels}",
                                self.contacts, channels=names))  # fmt: skip
        return lines

    def _labels(self) -> str:
        field = self._schema.by_path.get("preferences.do_not_contact")
        known = (field.item or field) if field else None
        return _(", ").join(choice_label(known, channel) for channel in self._channels)


def masked(export: Export, reach: Reach, left_out: Collection[str], *, is_calendar: bool) -> Export:
    """Return the export with masked customers, and without some of them."""
    snapshot = export.snapshot
    records = Records(snapshot.schema, snapshot.settings, snapshot.customers, with_handles=is_calendar)
    kept = [number for number, customer in enumerate(export.customers) if customer.id not in left_out]
    named = {id_: records.masked_names(names) for id_, names in export.contacts.items()}

    def outside(number: int) -> Customer:
        customer = export.customers[number]
        only, without = export.contacts.get(customer.id), reach.unwilling(customer)
        return records.masked(_with_contacts(customer, only, without))

    reach.contacts = sum(len(reach.unwilling(export.customers[number])) for number in kept)
    result = replace(
        export,
        snapshot=replace(records.snapshot(snapshot), settings=records.settings),
        customers=LazyList(kept, outside),
        contacts=named,
        masked=True,
    )
    return replace(result, columns=_with_id(result))


def _with_id(export: Export) -> tuple[str, ...]:
    """The columns, with the id first if they lack it: a masked name isn't unique."""
    has_id = not export.columns or any(resolved(typed, export).name == "id" for typed in export.columns)
    return export.columns if has_id else ("id", *export.columns)


def _with_contacts(customer: Customer, only: Collection[str] | None, without: Collection[str]) -> Customer:
    """The customer with the contacts that were named, or with all, but without some."""
    if only is None and not without:
        return customer
    contacts = [
        contact
        for contact in customer.data.get("contacts", ())
        if contact["name"] not in without and (only is None or contact["name"] in only)
    ]
    return Customer(replace(customer.document, data={**customer.data, "contacts": contacts}))


class _Masking(Masking):
    """Also masks the names of colleagues in free text."""

    def __init__(self, schema: Schema, colleagues: Mapping[str, str], customers: Iterable[Customer]) -> None:
        super().__init__(schema, customers)
        self._colleagues = colleagues

    def words(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Return the words that are masked in a record's free text, each with its masked form."""
        return free_text.by_length({**self._colleagues, **super().words(data)}.items())


class Records:
    """Masks records as those outside see them, colleagues included."""

    def __init__(
        self, schema: Schema, settings: Settings, customers: Iterable[Customer] = (), *, with_handles: bool = False
    ) -> None:
        members = [member for member in settings.team.values() if not member.pool]
        #: The masked form of each handle and name of a colleague.
        names = {word: forms.name(member.shown) for member in members for word in (member.handle, member.shown)}
        self._masking = _Masking(schema, names, customers)
        self._names = names
        self._handles = () if with_handles else tuple(field.path for field in schema.marked("x-handle"))
        team = {handle: member if member.pool else member._replace(name=names[handle], emails=())
                for handle, member in settings.team.items()}  # fmt: skip
        self.settings = replace(settings, team=team)
        self._pools = {member.handle: member.shown for member in settings.team.values() if member.pool}

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with masked customers, and without what its problems quote."""
        return self._masking.snapshot(snapshot)

    def masked_names(self, names: Collection[str]) -> frozenset[str]:
        """Return the masked forms of names."""
        return frozenset(map(forms.name, names))

    def masked(self, customer: Customer) -> Customer:
        """Return a customer masked; its path holds its id only, as file names may hold a name."""
        data = self._masking.data(_work_first(customer.data, self._masking.schema))
        shown = {pointer: self._shown(handle) for pointer, handle in self._handles_in(data)}
        return Customer(Document(f"{RECORDS}/{customer.id}.yaml", "", _with(data, shown)))

    def _handles_in(self, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        return (pair for path in self._handles for pair in self._masking.schema.values(data, path))

    def _shown(self, handle: Any) -> Any:
        if not isinstance(handle, str):
            return handle
        return self._names.get(handle) or self._pools.get(handle) or forms.name(handle)


def _work_first(data: Mapping[str, Any], schema: Schema) -> Mapping[str, Any]:
    """The record with the phone numbers of offices before mobiles."""
    lists = [pair for path in _PHONES for pair in schema.values(data, path) if isinstance(pair[1], list)]
    new = {
        pointer: sorted(numbers, key=lambda number: phones.kind(str(number)) == "mobile") for pointer, numbers in lists
    }
    sorted_: dict[str, Any] = _with(data, new)
    return sorted_


def _with(value: Any, new: Mapping[str, Any], at: str = "") -> Any:
    """A copy of a record with other values at some pointers."""
    if at in new:
        return new[at]
    if isinstance(value, dict):
        return {key: _with(one, new, f"{at}/{escape(key)}") for key, one in value.items()}
    if isinstance(value, list):
        return [_with(one, new, f"{at}/{number}") for number, one in enumerate(value)]
    return value
