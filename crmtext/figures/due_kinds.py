"""The kinds of things to do for a customer, and how each is found in a record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.cases import days_for
from crmtext.computed.contacts import has_left
from crmtext.computed.reach import holds, not_by
from crmtext.figures.messages import unanswered
from crmtext.figures.retention import Retention
from crmtext.figures.rules import FollowUps
from crmtext.i18n import N_, _, translations
from crmtext.model import day, next_steps, start_of
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.money import decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The final stages of an opportunity.
_CLOSED = ("won", "lost")
#: A birthday without its year: `--05-01`.
_YEARLESS = "--"


class Task(NamedTuple):
    """Something to do for a customer; None as the day means that it has none."""

    due: date | None
    action: str = ""
    #: The handle of the colleague; empty for the customer's owner.
    by: str = ""
    #: Distinguishes it from others of its kind and customer.
    key: str = ""
    #: The number of a next step, as `show` and `done` use it.
    number: int = 0
    #: The index of the entry of a list that it is about, from 0.
    entry: int = 0
    time: str = ""
    channels: tuple[str, ...] = ()
    say: str = ""
    #: The last day of a contract, which is due earlier.
    ends: date | None = None
    #: The contact that it is about; empty for the customer.
    contact: str = ""
    #: The amount and currency of a payment that its action doesn't say.
    amount: tuple[Decimal, str] | None = None


class Kind(NamedTuple):
    """A kind of task: its label, whether it is a promise, and the function that finds its tasks."""

    label: str
    find: Callable[[Customer, Snapshot], Iterator[Task]]
    #: Promises come before the other kinds.
    promise: bool = False
    #: Whether tasks may be of a colleague who isn't the customer's owner.
    personal: bool = False
    #: Whether it is about a field that reports leave out.
    sensitive: bool = False
    #: Whether it is marketing: the team gets in touch on its own account.
    marketing: bool = False
    #: The fields that the actions of its tasks are read from.
    fields: tuple[str, ...] = ()


def _next_steps(customer: Customer, _snapshot: Snapshot) -> Iterator[Task]:
    if not any(_is_open(interaction.get("next")) for interaction in customer.data.get("interactions", ())):
        return
    for step in next_steps(customer):
        if step.done is None:
            interaction = customer.data["interactions"][step.interaction]
            key = f"{interaction['date']}:{step.action}"
            channels = (step.channel,) if step.channel else ()
            yield Task(
                step.due,
                step.action,
                step.by,
                key,
                step.number,
                time=step.time,
                channels=channels,
                contact=interaction.get("contact", ""),
            )


def _is_open(step: Mapping[str, Any] | None) -> bool:
    return bool(step) and not (step or {}).get("done")


def _cases(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    for entry, case in enumerate(customer.data.get("cases", ())):
        if case["status"] != "closed":
            due = day(case.get("due")) or _after(
                day(case["opened"]), days_for(str(case.get("kind", "")), snapshot.settings)
            )
            # A team's schema may have numbers for texts.
            summary = str(case["summary"])
            yield Task(due, summary, case.get("owner", ""), f"{case['opened']}:{summary}", entry=entry)


def _deals(customer: Customer, _snapshot: Snapshot) -> Iterator[Task]:
    for entry, deal in _open_deals(customer):
        if due := day(deal.get("expected_close")):
            title = str(deal["title"])
            yield Task(due, title, deal.get("owner", ""), title, entry=entry)


def _open_deals(customer: Customer) -> Iterator[tuple[int, Mapping[str, Any]]]:
    deals = enumerate(customer.data.get("opportunities", ()))
    return ((entry, deal) for entry, deal in deals if deal["stage"] not in _CLOSED)


def _payments(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    for purchase in customer.data.get("transactions", ()):
        if purchase["amount"] > 0 and not purchase.get("paid") and (due := day(purchase.get("payment_due"))):
            # Without zeros after the point: 12000.00 is 12000.
            plain = f"{decimal(purchase['amount']):f}"
            plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
            currency = str(purchase.get("currency", snapshot.settings.currency))
            amount = f"{plain} {currency}"
            number = str(purchase.get("order_no") or purchase.get("invoice_no") or "")
            worth = (decimal(purchase["amount"]), currency) if number else None
            yield Task(due, number or amount, key=f"{purchase['date']}:{number or ''}:{amount}", amount=worth)


def _follow_ups(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    if follow_up := FollowUps.of(snapshot).next(customer):
        rule = follow_up.rule
        yield Task(follow_up.due, rule.name, key=rule.name, channels=rule.channels, say=rule.say)


def _unanswered(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    if message := unanswered(customer, snapshot):
        key = f"{message.day}:{message.summary}"
        yield Task(message.due, message.summary, key=key, channels=(message.channel,), contact=message.contact)


def _contracts(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    contracts = customer.data.get("cooperation", {}).get("contracts", ()) if customer.status == "active" else ()
    if ending := [contract for contract in contracts if contract.get("to")]:
        last = max(ending, key=lambda contract: str(contract["to"]))
        ends = day(last["to"])
        due = _after(ends, -snapshot.settings.contract_days)
        title, number = (str(last.get(name, "")) for name in ("title", "number"))
        yield Task(due, title or number, key=number or title, ends=ends)


def _satisfaction(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    if customer.status != "active":
        return
    cooperation = customer.data.get("cooperation", {})
    scores = [cooperation.get("satisfaction", {}).get("date")]
    scores += [answer["date"] for answer in customer.data.get("feedback", ()) if _is_score(answer)]
    # As of an earlier day, later scores don't count yet.
    given = [score for score in map(day, scores) if score and score <= snapshot.today]
    last = max(given, default=None) or day(start_of(cooperation.get("since")))
    by_value = snapshot.settings.satisfaction_days
    value = customer.data.get("classification", {}).get("value", "default")
    days = by_value.get(value, by_value["default"])
    if last and days:
        yield Task(_after(last, days))


def _is_score(answer: Mapping[str, Any]) -> bool:
    return answer["kind"] == "survey" and "score" in answer


def _birthdays(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    born = customer.data.get("person", {}).get("birth_date")
    people = [("", customer.name, born)] if born else []
    contacts = customer.data.get("contacts", ())
    people += [
        (str(contact["name"]), str(contact["name"]), contact["birthday"])
        for contact in contacts
        if "birthday" in contact and not has_left(contact, snapshot.today)
    ]
    if not people:
        return
    agreed = [
        str(consent.get("contact", ""))
        for consent in customer.data.get("consents", ())
        if _allows_wishes(consent, snapshot.today)
    ]
    # A person as a customer may be named as its own contact.
    agreed += [""] if customer.type == "person" and customer.name in agreed else []
    for contact, name, birthday in people:
        if contact not in agreed or not _may_be_contacted(customer, contact, snapshot):
            continue
        if due := _next_birthday(str(birthday), snapshot.today):
            yield Task(due, name, key=name, contact=contact)


def _may_be_contacted(customer: Customer, contact: str, snapshot: Snapshot) -> bool:
    """Whether there is a channel that neither the customer nor the contact excluded."""
    excluded = not_by(customer.data, snapshot.today, contact)
    field = snapshot.schema.by_path.get("preferences.do_not_contact") if excluded else None
    choices = (field.item or field).choices if field else ()
    return not choices or not {choice.value for choice in choices} <= {*excluded}


def _allows_wishes(consent: Mapping[str, Any], today: date) -> bool:
    purposes = "\n".join(map(str, consent.get("purposes", ()))).casefold()
    return holds(consent, today) and any(word in purposes for word in ("birthday", "生日"))


def _next_birthday(born: str, today: date) -> date | None:
    """The next day with that month and day; None if they are not known."""
    month_day = born.removeprefix(_YEARLESS) if born.startswith(_YEARLESS) else born[len("2000-") :]
    if len(month_day) != len("05-01"):
        return None
    month, number = (int(part) for part in month_day.split("-"))
    days = (_in_year(year, month, number) for year in (today.year, today.year + 1) if year <= date.max.year)
    return next((one for one in days if one and one >= today), None)


def _in_year(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        # Only this day is missing in some years; others are in no calendar.
        return date(year, 2, 28) if (month, number) == (2, 29) else None


def _retention(customer: Customer, snapshot: Snapshot) -> Iterator[Task]:
    kept = Retention.of(snapshot).kept(customer)
    if kept.until:
        yield Task(kept.until, kept.rule)


def _no_next_step(customer: Customer, _snapshot: Snapshot) -> Iterator[Task]:
    if customer.status in ("prospect", "active") and any(_open_deals(customer)):
        interactions = customer.data.get("interactions", ())
        if not any(_is_open(interaction.get("next")) for interaction in interactions):
            yield Task(None)


def _budgets(customer: Customer, _snapshot: Snapshot) -> Iterator[Task]:
    for entry, need in enumerate(customer.data.get("needs", ()) if customer.status != "lost" else ()):
        if need.get("status", "open") == "open" and need.get("budget", {}).get("basis") == "to-confirm":
            description = str(need["description"])
            yield Task(None, description, key=description, entry=entry)


def _after(day_: date | None, days: int) -> date | None:
    """The day that is this many days later; the last or first one of the calendar if there is none."""
    if day_ is None:
        return None
    try:
        return day_ + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


#: The kinds by name, in the order of a list on equal terms.
KINDS: Mapping[str, Kind] = {
    "next-step": Kind(
        N_("Next step"), _next_steps, promise=True, personal=True, fields=("interactions[].next.action",)
    ),
    "case": Kind(N_("Case"), _cases, promise=True, personal=True, fields=("cases[].summary",)),
    "deal": Kind(N_("Deal"), _deals, promise=True, personal=True, fields=("opportunities[].title",)),
    "payment": Kind(
        N_("Payment"),
        _payments,
        promise=True,
        fields=tuple(f"transactions[].{key}" for key in ("order_no", "invoice_no", "amount")),
    ),
    "rule": Kind(N_("Follow-up"), _follow_ups, marketing=True),
    "unanswered": Kind(N_("Unanswered"), _unanswered, promise=True, fields=("interactions[].summary",)),
    "contract": Kind(
        N_("Contract ends"), _contracts, fields=("cooperation.contracts[].title", "cooperation.contracts[].number")
    ),
    "satisfaction": Kind(N_("Satisfaction visit"), _satisfaction),
    "birthday": Kind(N_("Birthday"), _birthdays, sensitive=True),
    "retention": Kind(N_("Retention ends"), _retention, fields=("retention.rule",)),
    "no-next-step": Kind(N_("No next step"), _no_next_step),
    "budget": Kind(N_("Budget to confirm"), _budgets, fields=("needs[].description",)),
}


def named(typed: str) -> str:
    """Return the kind with this name, or this label in any language; empty if there is none."""
    wanted = typed.strip().casefold()
    names = {name: {name, *map(str.casefold, translations(kind.label).values())} for name, kind in KINDS.items()}
    return next((name for name in names if wanted in names[name]), "")


def known(typed: str) -> str:
    """Return the kind with this name or label. Raises CrmError with the nearest one if there is none."""
    if name := named(typed):
        return name
    labels = {name: _(kind.label) for name, kind in KINDS.items()}
    # Labels with blanks would need quotes.
    shown = (name if label.isascii() else label for name, label in labels.items())
    otherwise = _("kinds: {names}").format(names=_(", ").join(shown))
    message = _("unknown kind '{name}'").format(name=typed)
    raise usage("unknown-kind", message, did_you_mean(nearest(typed, [*labels, *labels.values()]), otherwise))
