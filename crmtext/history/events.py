"""Events of a period: deals, cases, transactions, steps done and interactions, with the colleague who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.diff.customers import expanded, keys
from crmtext.merge.compare import Change, Item, compare
from crmtext.model import INTERNAL
from crmtext.values.money import decimal
from crmtext.wording.values import hidden, without_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from crmtext.diff.customers import Comparison, Difference
    from crmtext.settings import Settings

    _Data = Mapping[str, Any]

#: The lists that events are about.
_LISTS = ("opportunities", "cases", "transactions", "interactions")
#: Items that were removed and added, and are the same if they agree in these fields.
_ALIKE = {
    "cases": ("opened", "kind"),
    "transactions": ("date", "amount", "currency"),
    "interactions": ("date", "by", "channel"),
}
_CLOSED = frozenset({"won", "lost"})
#: The length of a day's year and month: `2026-11`.
_MONTH = 7


class Event(NamedTuple):
    """An event: what happened to an item of a customer's list, and who did it."""

    #: `opened`, `moved`, `won`, `lost` and `slipped` for deals; `case-opened`, `case-closed`, `transaction`, `paid`,
    #: `step-done` and `interaction`, which a note or handover is not.
    kind: str
    customer: Difference
    who: str
    item: _Data
    #: The stages of a deal, None before it was opened; of one that slipped, the days of its expected close.
    before: str | None = None
    after: str | None = None

    def amount(self, settings: Settings) -> tuple[str, Decimal] | None:
        """The currency and amount of a deal or transaction; None without an amount."""
        value = self.item.get("amount")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return currency_of(self.item, settings), decimal(value)


def events(comparison: Comparison, first: date, last: date) -> Iterator[Event]:
    """Yield the events between two snapshots, customer by customer, up to the last day.

    A new customer counts from the first day only: an import of old customers is not a week of work. Items of
    records that were merged into another one are not new in it. Sensitive values and secret numbers are left out.
    """
    known, fields = keys(comparison.new.schema), comparison.new.schema.by_path
    differences = comparison.full.differences
    gone = {one.id: one.data for one in differences if one.kind == "removed"}
    for customer in differences:
        if customer.after is None:
            continue
        before: _Data = customer.before.data if customer.before else {}
        changes = customer.expanded
        if merged := [gone[id_] for id_ in map(str, customer.data.get("merged_from") or ()) if id_ in gone]:
            before = {key: [item for data in (before, *merged) for item in _list(data, key)] for key in _LISTS}
            after = {key: _list(customer.data, key) for key in _LISTS}
            changes = tuple(part for change in compare(before, after, known) for part in expanded(change))
        period = ("" if customer.before or merged else first.isoformat(), first.isoformat(), last.isoformat())
        for key in _LISTS:
            field = fields.get(f"{key}[]")
            for old, new in _pairs(_list(before, key), _list(customer.data, key), key, changes):
                for event in _of_item(customer, key, old, new, period):
                    item = comparison.shown_item(event.item, f"{key}[]", customer)
                    yield event._replace(
                        customer=comparison.shown(customer), item=without_hidden(item, field, hidden())
                    )


def _pairs(
    olds: Sequence[_Data], news: Sequence[_Data], key: str, changes: Iterable[Change]
) -> Iterator[tuple[_Data, _Data]]:
    """Yield the items of a list that changed, as before and now; before is empty for a new one."""
    places = dict.fromkeys(
        change.path[1]
        for change in changes
        if change.path[0] == key and len(change.path) > 1 and isinstance(change.path[1], Item)
    )
    gone = [olds[place.old] for place in places if place.new is None and place.old is not None and olds]
    for place in places:
        if place.new is None or place.new >= len(news):
            continue
        new = news[place.new]
        if place.old is not None:
            yield (olds[place.old] if place.old < len(olds) else {}), new
            continue
        # An item without a number of its own is compared as removed and added, for example once it is paid.
        alike = [old for old in gone if key in _ALIKE and all(old.get(name) == new.get(name) for name in _ALIKE[key])]
        if alike:
            gone.remove(alike[0])
        yield (alike[0] if alike else {}), new


def _list(data: _Data, key: str) -> Sequence[_Data]:
    """The items of a list; none if it is not one, as in a record with errors."""
    value = data.get(key)
    return value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else ()


def _of_item(customer: Difference, key: str, old: _Data, new: _Data, period: tuple[str, str, str]) -> Iterator[Event]:
    """Yield the events of one item in the period: its start, empty for a customer who isn't new, and its days."""
    start, first, end = period
    owner = str(customer.data.get("owner", ""))
    who = str(new.get("owner") or owner)
    if key == "opportunities":
        yield from _of_deal(Event("", customer, who, new), old, start)
    elif key == "cases":
        was, now = old.get("status"), new.get("status")
        if (not old and str(new.get("opened", "")) >= start) or (was == "closed" != now):
            yield Event("case-opened", customer, who, new)
        if was != "closed" == now and str(new.get("closed", "")) >= start:
            yield Event("case-closed", customer, who, new)
    elif key == "transactions":
        if not old and start <= str(new.get("date", "")) <= end:
            yield Event("transaction", customer, owner, new)
        if not old.get("paid") and (start if old else first) <= str(new.get("paid", "~")) <= end:
            yield Event("paid", customer, owner, new)
    else:
        yield from _of_interaction(customer, old, new, start)


def _of_deal(event: Event, old: _Data, start: str) -> Iterator[Event]:
    new = event.item
    before, after = str(old["stage"]) if "stage" in old else None, str(new.get("stage", ""))
    if after in _CLOSED and str(new.get("closed", "")) < start:
        return
    if before != after:
        kind = after if after in _CLOSED else "moved" if before else "opened"
        yield event._replace(kind=kind, before=before, after=after)
    was, now = str(old.get("expected_close", "")), str(new.get("expected_close", ""))
    if was and after not in _CLOSED and was[:_MONTH] < now[:_MONTH]:
        yield event._replace(kind="slipped", before=was, after=now)


def _of_interaction(customer: Difference, old: _Data, new: _Data, start: str) -> Iterator[Event]:
    if not old and new.get("channel") not in INTERNAL and str(new.get("date", "")) >= start:
        yield Event("interaction", customer, str(new.get("by", "")), new)
    if (done := _done(new)) and not _done(old) and done >= start:
        yield Event("step-done", customer, str(new["next"].get("by") or new.get("by", "")), new)


def _done(interaction: _Data) -> str:
    """The day when an interaction's next step was done; empty if it is open or there is none."""
    step = interaction.get("next")
    return str(step.get("done") or "") if isinstance(step, dict) else ""


def of_kind(happened: Iterable[Event], kind: str) -> tuple[Event, ...]:
    """Return the events of a kind."""
    return tuple(event for event in happened if event.kind == kind)
