"""Compare the deals of two moments: new, closed, moved and postponed ones, and those with another amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.computed.deals import chance, is_open
from crmtext.i18n import N_
from crmtext.values.money import decimal
from crmtext.values.same_items import identity, pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The changes in the order in which they are shown; a deal can have several of the last ones.
CHANGES: Mapping[str, str] = {
    "won": N_("won"),
    "lost": N_("lost"),
    "new": N_("new deal"),
    "reopened": N_("opened again"),
    "removed": N_("removed"),
    "joined": N_("came to these customers"),
    "left": N_("left these customers"),
    "advanced": N_("advanced"),
    "back": N_("moved back"),
    "slipped": N_("later month"),
    "earlier": N_("earlier month"),
    "overdue": N_("past its date"),
    "amount": N_("amount changed"),
    "forecast": N_("only the forecast changed"),
}
#: The order of the open stages; one that a team has added has no place.
_STAGES = ("discovery", "qualified", "proposal", "negotiation")


class Side(NamedTuple):
    """A deal at one of the moments."""

    customer: Customer
    stage: str
    #: The month of the expected close; empty if there is none.
    month: str
    close: str
    #: None without an amount.
    amount: tuple[str, Decimal] | None
    #: The amount in the forecast; None also if it is closed, past its date or without one, or the customer is lost.
    weighted: tuple[str, Decimal] | None
    data: Mapping[str, Any]
    #: Whether the expected close was before the moment.
    is_past: bool

    @property
    def is_open(self) -> bool:
        """Whether it was neither won nor lost."""
        return is_open(self.data)


class DealChange(NamedTuple):
    """A deal that has changed; a side is None if the deal was missing, or not among the customers looked at."""

    before: Side | None
    after: Side | None
    #: Names in `CHANGES`.
    changes: tuple[str, ...]

    @property
    def now(self) -> Side:
        """The later side, or the earlier one of a deal that is gone."""
        return self.after or self.before  # type: ignore[return-value]  # one is there

    @property
    def worth(self) -> Iterator[tuple[str, Decimal]]:
        """Yield the amounts that it adds to the sum of open deals; those that it takes away are below zero."""
        if self.before and self.before.amount and self.before.is_open:
            yield self.before.amount[0], -self.before.amount[1]
        if self.after and self.after.amount and self.after.is_open:
            yield self.after.amount

    @property
    def forecast(self) -> Iterator[tuple[str, Decimal]]:
        """Yield the same of the weighted amounts."""
        if self.before and self.before.weighted:
            yield self.before.weighted[0], -self.before.weighted[1]
        if self.after and self.after.weighted:
            yield self.after.weighted


def deal_changes(
    then: Snapshot, now: Snapshot, chosen_then: Iterable[Customer], chosen_now: Iterable[Customer]
) -> Iterator[DealChange]:
    """Yield the deals that have changed, customer by customer; only deals of the chosen customers of each moment.

    A deal is the same one at both moments if it shares an external id, else if it has the same title. Deals of records
    that were merged are followed into the other record.
    """
    field = now.schema.by_path.get("opportunities")
    key = tuple(field.mark("x-key")) if field else ()
    shown_then, shown_now = ({customer.id for customer in chosen} for chosen in (chosen_then, chosen_now))
    heirs = {str(id_): one.id for one in now.customers for id_ in one.data.get("merged_from", ())}
    olds: dict[str, list[Side]] = {}
    for customer in then.customers:
        if deals := _sides(customer, then):
            id_ = customer.id if customer.id in now.by_id else heirs.get(customer.id, customer.id)
            olds.setdefault(id_, []).extend(deals)
    for customer in now.customers:
        before, after = olds.pop(customer.id, []), _sides(customer, now)
        if before or after:
            shown = customer.id in shown_now
            yield from _of_customer(before, after, key, shown_then, shown=shown)
    for before in olds.values():
        yield from _of_customer(before, [], key, shown_then, shown=False)


def _sides(customer: Customer, snapshot: Snapshot) -> list[Side]:
    settings, today = snapshot.settings, snapshot.today.isoformat()
    sides = []
    for deal in customer.data.get("opportunities", ()):
        amount = (currency_of(deal, settings), decimal(deal["amount"])) if "amount" in deal else None
        close = str(deal.get("expected_close", ""))
        weighted = None
        if amount and is_open(deal) and close >= today and customer.status != "lost":
            weighted = (amount[0], amount[1] * chance(deal, settings) / 100)
        month, is_past = close[: len("2026-12")], bool(close) and close < today
        sides.append(Side(customer, str(deal["stage"]), month, close, amount, weighted, deal, is_past))
    return sides


def _of_customer(
    before: Sequence[Side], after: Sequence[Side], key: Sequence[str], shown_then: set[str], *, shown: bool
) -> Iterator[DealChange]:
    same = pairs([identity(side.data, key) for side in before], [identity(side.data, key) for side in after])
    former = {new: old for old, new in same.items()}
    for place, new in enumerate(after):
        old = before[former[place]] if place in former else None
        was_shown = old is not None and old.customer.id in shown_then
        yield from _changed(old, new, was_shown=was_shown, shown=shown)
    for place, old in enumerate(before):
        if place not in same:
            yield from _changed(old, None, was_shown=old.customer.id in shown_then, shown=shown)


def _changed(old: Side | None, new: Side | None, *, was_shown: bool, shown: bool) -> Iterator[DealChange]:
    """Yield a deal that has changed among the customers shown."""
    if old and new and was_shown != shown:
        # The customer has another owner, or matches a condition only at one of the moments.
        side = new if shown else old
        if side.is_open:
            yield DealChange(None, new, ("joined",)) if shown else DealChange(old, None, ("left",))
        return
    if (old and not was_shown) or (new and not shown):
        return
    if changes := tuple(_changes(old, new)):
        yield DealChange(old, new, changes)
    elif old and new and old.weighted != new.weighted:
        # Another probability, a status of the customer, or a later day of the same month.
        yield DealChange(old, new, ("forecast",))


def _changes(old: Side | None, new: Side | None) -> Iterator[str]:
    if new is None or not new.is_open:
        if new is None and old and old.is_open:
            yield "removed"
        elif new and (old is None or old.stage != new.stage):
            yield new.stage
        return
    if old is None or not old.is_open:
        yield "reopened" if old else "new"
        return
    if old.stage != new.stage:
        stages = [_STAGES.index(side.stage) if side.stage in _STAGES else None for side in (old, new)]
        yield "back" if None not in stages and stages[0] > stages[1] else "advanced"  # type: ignore[operator]
    if old.month != new.month:
        # Without a date it is later than any month.
        yield "slipped" if (new.month or "~") > (old.month or "~") else "earlier"
    if new.is_past and not old.is_past:
        yield "overdue"
    if old.amount != new.amount:
        yield "amount"
