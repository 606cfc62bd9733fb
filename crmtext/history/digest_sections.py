"""The sections of a digest about deals, cases, transactions, next steps and interactions."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.history.events import of_kind
from crmtext.i18n import _, plural
from crmtext.values.money import total
from crmtext.wording.labels import choice_label, find, heading, labelled, person
from crmtext.wording.numbers import sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.diff.customers import Difference
    from crmtext.history.events import Event
    from crmtext.snapshot import Snapshot


class Line(NamedTuple):
    """One line of a digest, with the customer's name and id if it is about one."""

    text: str
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; `key` names it in JSON, where sections of one key are one list."""

    key: str
    title: str
    lines: tuple[Line, ...]
    facts: tuple[Mapping[str, Any], ...]
    #: Number of things that the heading names.
    count: int
    #: Amounts in all, behind the heading.
    total: str = ""


def names_of(difference: Difference) -> dict[str, str]:
    """Return the name and id of a customer."""
    return {"name": difference.name, "id": difference.id}


def deals(happened: Sequence[Event], now: Snapshot) -> Iterator[Section]:
    """Yield the deals opened, moved, won and lost."""
    titles = {"opened": _("Deals opened"), "moved": _("Deals moved"), "won": _("Deals won"), "lost": _("Deals lost")}
    field = find(now.schema, "opportunities", "stage")
    for kind, title in titles.items():
        lines, facts, amounts = [], [], []
        for event in of_kind(happened, kind):
            names, name = names_of(event.customer), str(event.item.get("title", ""))
            stages = [choice_label(field, stage) for stage in (event.before, event.after) if stage is not None]
            amount = event.amount(now.settings)
            amounts += [amount] if amount else []
            worth = sums(dict([amount])) if amount else ""
            reason = str(event.item.get("lost_category", "")) if kind == "lost" else ""
            why = choice_label(find(now.schema, "opportunities", "lost_category"), reason) if reason else ""
            because = " ".join(str(event.item.get("lost_reason", "")).split()) if kind == "lost" else ""
            parts = (name, " → ".join(stages), worth, why, because, person(now.settings, event.who))
            lines.append(Line(" · ".join(filter(None, parts)), **names))
            currency, number = amount or (None, None)
            fact = {"title": name, "before": event.before, "after": event.after, "amount": number, "currency": currency}
            lost = {"lost_category": reason or None, "lost_reason": because or None} if kind == "lost" else {}
            facts.append({**names_of(event.customer), **fact, **lost})
        closing = kind in ("won", "lost")
        yield Section("deals", title, tuple(lines), tuple(facts), len(lines), sums(total(amounts)) if closing else "")


def slipped(happened: Sequence[Event], now: Snapshot) -> Section:
    """Return the open deals that are expected to close in a later month than before."""
    lines, facts = [], []
    for event in of_kind(happened, "slipped"):
        names, title, amount = names_of(event.customer), str(event.item.get("title", "")), event.amount(now.settings)
        worth = sums(dict([amount])) if amount else ""
        parts = (title, f"{event.before} → {event.after}", worth, person(now.settings, event.who))
        lines.append(Line(" · ".join(filter(None, parts)), **names))
        currency, number = amount or (None, None)
        fact = {"title": title, "before": event.before, "after": event.after, "amount": number, "currency": currency}
        facts.append({**names, **fact})
    return Section("slipped", _("Deals expected later"), tuple(lines), tuple(facts), len(lines))


def payments(happened: Sequence[Event], now: Snapshot) -> Section:
    """Return the payments received."""
    lines, facts, amounts = [], [], []
    for event in of_kind(happened, "paid"):
        names, amount = names_of(event.customer), event.amount(now.settings)
        amounts += [amount] if amount else []
        number = str(event.item.get("order_no") or event.item.get("invoice_no") or "")
        paid = str(event.item.get("paid", ""))
        parts = (paid, number, sums(dict([amount])) if amount else "", person(now.settings, event.who))
        lines.append(Line(" · ".join(filter(None, parts)), **names))
        currency, worth = amount or (None, None)
        facts.append({**names, "paid": paid, "number": number or None, "amount": worth, "currency": currency})
    return Section("payments", _("Payments received"), tuple(lines), tuple(facts), len(lines), sums(total(amounts)))


def cases(happened: Sequence[Event], now: Snapshot) -> Iterator[Section]:
    """Yield the cases opened and closed."""
    titles = {"opened": _("Cases opened"), "closed": _("Cases closed")}
    field = find(now.schema, "cases", "kind")
    for kind, title in titles.items():
        lines, facts = [], []
        for event in of_kind(happened, f"case-{kind}"):
            what, summary = str(event.item.get("kind", "")), str(event.item.get("summary", ""))
            parts = (choice_label(field, what), summary, person(now.settings, event.who))
            lines.append(Line(" · ".join(filter(None, parts)), **names_of(event.customer)))
            facts.append({**names_of(event.customer), "kind": what, "summary": summary, "event": kind})
        yield Section("cases", title, tuple(lines), tuple(facts), len(lines))


def transactions(happened: Sequence[Event], now: Snapshot) -> Section:
    """Return the transactions by the owner of the customer."""
    done = of_kind(happened, "transaction")
    lines = []
    for handle, theirs in _by_colleague(done):
        amounts = total(amount for event in theirs if (amount := event.amount(now.settings)))
        number = plural("{n} transaction", "{n} transactions", len(theirs))
        customers = plural("with {n} customer", "with {n} customers", len({event.customer.id for event in theirs}))
        text = _("{who}: {interactions} {customers} ({channels})").format(
            who=person(now.settings, handle), interactions=number, customers=customers, channels=sums(amounts) or "0"
        )
        lines.append(Line(text))
    amounts = total(amount for event in done if (amount := event.amount(now.settings)))
    return Section("transactions", heading(now.schema, "transactions"), tuple(lines), (), len(done), sums(amounts))


def steps_done(happened: Sequence[Event], now: Snapshot) -> Section:
    """Return the number of next steps done, by the colleague who did them."""
    done = of_kind(happened, "step-done")
    lines = (labelled(person(now.settings, handle), str(len(theirs))) for handle, theirs in _by_colleague(done))
    return Section("steps_done", _("Steps done"), tuple(map(Line, lines)), (), len(done))


def interactions(happened: Sequence[Event], now: Snapshot) -> Section:
    """Return the interactions by colleague, without notes and handovers."""
    lines, facts = [], []
    done = of_kind(happened, "interaction")
    for handle, theirs in _by_colleague(done):
        channels = Counter(str(event.item.get("channel", "")) for event in theirs)
        customers = len({event.customer.id for event in theirs})
        lines.append(_interaction_line(handle, channels, customers, now))
        facts.append({"by": handle, "interactions": len(theirs), "customers": customers, "channels": dict(channels)})
    return Section("interactions", heading(now.schema, "interactions"), tuple(lines), tuple(facts), len(done))


def _interaction_line(by: str, channels: Counter[str], customers: int, now: Snapshot) -> Line:
    field = now.schema.by_path.get("interactions[].channel")
    parts = _(", ").join(f"{choice_label(field, channel)} {n}" for channel, n in channels.most_common())
    total = plural("{n} interaction", "{n} interactions", channels.total())
    reached = plural("with {n} customer", "with {n} customers", customers)
    who = person(now.settings, by)
    return Line(
        _("{who}: {interactions} {customers} ({channels})").format(
            who=who, interactions=total, customers=reached, channels=parts
        )
    )


def _by_colleague(happened: Iterable[Event]) -> list[tuple[str, list[Event]]]:
    """The events of each colleague, those with most first."""
    by: dict[str, list[Event]] = defaultdict(list)
    for event in happened:
        by[event.who].append(event)
    return sorted(by.items(), key=lambda pair: (-len(pair[1]), pair[0]))
