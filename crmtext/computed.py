"""Figures computed from a record and never stored, by the names that lists, filters and templates use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import N_, translations
from crmtext.model import Customer, day, exists
from crmtext.values.money import decimal, total
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from datetime import date

    from crmtext.settings import Settings

Sums = Mapping[str, Decimal]
_YEAR = 365


def compute(customer: Customer, today: date, settings: Settings) -> dict[str, Any]:
    """Return all computed figures: dates as `date` or None, sums as a Decimal for each currency."""
    return {name: figure.find(customer, today, settings) for name, figure in COMPUTED.items()}


def next_action(customer: Customer) -> str | None:
    """The action of the earliest open next step."""
    return str(customer.nearest_step["action"]) if customer.nearest_step else None


def next_due(customer: Customer) -> date | None:
    """The day of the earliest open next step."""
    return day(customer.nearest_step["due"]) if customer.nearest_step else None


def is_overdue(customer: Customer, today: date) -> bool:
    """Whether an open next step is past its due date."""
    due = next_due(customer)
    return due is not None and due < today


def is_stale(customer: Customer, today: date, settings: Settings) -> bool:
    """Whether a customer, not lost, was last contacted longer ago than its value allows."""
    days = _days_since(customer, today)
    value = customer.data.get("classification", {}).get("value", "default")
    limit = settings.stale_days.get(value, settings.stale_days["default"])
    return customer.status != "lost" and days is not None and days > limit


def lifecycle(customer: Customer) -> str:
    """Potential, new, existing or lost: the recorded value, else the one of status and transactions."""
    recorded = customer.data.get("classification", {}).get("lifecycle")
    return str(recorded) if recorded else natural_lifecycle(customer)


def natural_lifecycle(customer: Customer) -> str:
    """The lifecycle that follows from status and transactions."""
    if customer.status == "lost":
        return "lost"
    if customer.status in ("lead", "prospect"):
        return "potential"
    return "existing" if len(customer.data.get("transactions", ())) > 1 else "new"


def region(customer: Customer) -> str:
    """Province and city of the registered address, else of the first one."""
    addresses = customer.data.get("addresses", ())
    registered = [address for address in addresses if address.get("kind") == "registered"]
    chosen = (registered or list(addresses) or [{}])[0]
    parts = dict.fromkeys(chosen[key] for key in ("province", "city") if key in chosen)
    return " ".join(parts) or str(chosen.get("country", ""))


def open_value(customer: Customer, settings: Settings) -> Sums:
    """The amounts of open opportunities."""
    return total((_currency(o, settings), decimal(o["amount"])) for o in _open(customer) if "amount" in o)


def weighted_value(customer: Customer, settings: Settings) -> Sums:
    """The amounts of open opportunities, each times its probability, or else its stage's."""
    return total(
        (_currency(o, settings), decimal(o["amount"]) * _chance(o, settings) / 100)
        for o in _open(customer)
        if "amount" in o
    )


def transaction_sum(customer: Customer, settings: Settings) -> Sums:
    """The amounts of all transactions."""
    return total((_currency(t, settings), decimal(t["amount"])) for t in customer.data.get("transactions", ()))


def last_transaction(customer: Customer) -> date | None:
    """The day of the last transaction."""
    return day(
        max([str(transaction["date"])[:10] for transaction in customer.data.get("transactions", ())], default=None)
    )


def transaction_interval(customer: Customer) -> int | None:
    """The median of the days between transactions; None with fewer than two."""
    from statistics import median

    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(_transaction_days(customer)))]
    return round(median(gaps)) if gaps else None


def recency(customer: Customer, today: date) -> int | None:
    """How many days ago the last transaction was: the R of RFM."""
    last = last_transaction(customer)
    return (today - last).days if last else None


def frequency(customer: Customer, today: date) -> int:
    """How many transactions there were within a year: the F of RFM."""
    return len(_within_a_year(customer, today))


def monetary(customer: Customer, today: date, settings: Settings) -> Sums:
    """The amounts of the transactions within a year: the M of RFM."""
    return total(
        (_currency(transaction, settings), decimal(transaction["amount"]))
        for transaction in _within_a_year(customer, today)
    )


def satisfaction(customer: Customer) -> float | None:
    """The average of all scores given: cooperation, feedback, cases and transactions."""
    data = customer.data
    scores = [item["score"] for key in ("feedback", "cases") for item in data.get(key, ()) if "score" in item]
    scores += [item["rating"] for item in data.get("transactions", ()) if "rating" in item]
    if current := data.get("cooperation", {}).get("satisfaction"):
        scores.append(current["score"])
    return round(sum(scores) / len(scores), 1) if scores else None


def age(customer: Customer, today: date) -> int | None:
    """The years since a person's birth; None if the year is unknown, or the date is impossible."""
    born = str(customer.data.get("person", {}).get("birth_date", ""))
    if not born[:4].isdigit() or not exists(born) or born > f"{today}":
        return None
    return today.year - int(born[:4]) - (born[5:10] > f"{today:%m-%d}")


def completeness(customer: Customer) -> int:
    """The percentage of the useful fields that are filled in."""
    data = customer.data
    wanted = [
        bool(data.get(key)) for key in ("industry", "addresses", "sources", "tags", "needs", "interactions", "priority")
    ]
    wanted.append(_reachable(data))
    wanted.append(
        any("title" in contact or "role" in contact for contact in data.get("contacts", ()))
        or customer.type == "person"
    )
    wanted.append(bool(data.get("classification", {}).get("value")))
    return round(100 * sum(wanted) / len(wanted))


def _reachable(data: Mapping[str, Any]) -> bool:
    people = (data, *data.get("contacts", ()))
    return any(person.get(key) for person in people for key in ("phones", "emails", "wechat"))


def _days_since(customer: Customer, today: date) -> int | None:
    last = customer.last_contact
    return (today - last).days if last else None


def _open(customer: Customer) -> list[Mapping[str, Any]]:
    return [
        opportunity
        for opportunity in customer.data.get("opportunities", ())
        if opportunity["stage"] not in ("won", "lost")
    ]


def _chance(opportunity: Mapping[str, Any], settings: Settings) -> Decimal:
    return decimal(opportunity.get("probability", settings.probability.get(opportunity["stage"], 0)))


def _currency(item: Mapping[str, Any], settings: Settings) -> str:
    code = str(item.get("currency", settings.currency))
    # RMB is CNY: a check reports it, and until it is fixed both count as one sum.
    return currencies.code_of(code) or code


def _within_a_year(customer: Customer, today: date) -> list[Mapping[str, Any]]:
    days = ((transaction, day(transaction["date"])) for transaction in customer.data.get("transactions", ()))
    return [transaction for transaction, when in days if when and 0 <= (today - when).days < _YEAR]


def _transaction_days(customer: Customer) -> list[date]:
    return [when for transaction in customer.data.get("transactions", ()) if (when := day(transaction["date"]))]


class Figure(NamedTuple):
    """A computed figure: its function, type, label and meaning."""

    find: Callable[[Customer, date, Settings], Any]
    #: `text`, `date`, `number`, `truth`, or `sums`, an amount for each currency.
    kind: str
    label: str
    about: str
    #: Other names that users can type.
    synonyms: tuple[str, ...] = ()
    #: The field whose values it has.
    like: str = ""


COMPUTED: Mapping[str, Figure] = {
    "last_contact": Figure(
        lambda c, _today, _settings: c.last_contact, "date", N_("Last contact"),
        N_("the date of the last contact with the customer; notes and unanswered calls don't count"),
        ("上次联系", "最近联系日期", "最后联系"),
    ),
    "days_since_contact": Figure(
        lambda c, today, _settings: _days_since(c, today), "number", N_("Days since"),
        N_("days from the last contact to today"), ("未联系天数",),
    ),
    "next_due": Figure(
        lambda c, _today, _settings: next_due(c), "date", N_("Next due"),
        N_("the earliest due date of the open next steps"), ("下次跟进", "下次跟进日期"),
    ),
    "next_action": Figure(
        lambda c, _today, _settings: next_action(c), "text", N_("Next action"),
        N_("the action of the next step with that due date"), ("下次行动", "下一步行动"),
    ),
    "overdue": Figure(
        lambda c, today, _settings: is_overdue(c, today), "truth", N_("Overdue"),
        N_("whether the earliest due date of the open next steps is before today"), ("逾期", "过期"),
    ),
    "stale": Figure(
        is_stale, "truth", N_("Stale"),
        N_("not lost, and last contacted longer ago than followup.stale_days"),
        ("长期未联系",),
    ),
    "lifecycle": Figure(
        lambda c, _today, _settings: lifecycle(c), "text", N_("Lifecycle"),
        N_("potential, new, existing or lost: the value in classification, or else derived from status and "
"transactions"),
        like="classification.lifecycle",
    ),
    "region": Figure(
        lambda c, _today, _settings: region(c), "text", N_("Region"),
        N_("province and city of the registered address, or else of the first address"), ("区域",),
    ),
    "open_value": Figure(
        lambda c, _today, settings: open_value(c, settings), "sums", N_("Open opportunities"),
        N_("the sum of the amounts of open opportunities, for each currency"), ("商机金额", "未结商机金额"),
    ),
    "weighted_value": Figure(
        lambda c, _today, settings: weighted_value(c, settings), "sums", N_("Weighted"),
        N_("the sum of open opportunities, each amount times its probability (or else that of its stage)"),
        ("加权金额",),
    ),
    "transaction_count": Figure(
        lambda c, _today, _settings: len(c.data.get("transactions", ())), "number", N_("Transactions"),
        N_("the number of transactions"), ("交易次数",),
    ),
    "transaction_sum": Figure(
        lambda c, _today, settings: transaction_sum(c, settings), "sums", N_("Turnover"),
        N_("the sum of the amounts of all transactions, for each currency"), ("交易金额",),
    ),
    "last_transaction": Figure(
        lambda c, _today, _settings: last_transaction(c), "date", N_("Last transaction"),
        N_("the date of the last transaction"), ("最近成交",),
    ),
    "transaction_interval": Figure(
        lambda c, _today, _settings: transaction_interval(c), "number", N_("Days between"),
        N_("the median number of days between transactions"), ("购买间隔",),
    ),
    "recency": Figure(
        lambda c, today, _settings: recency(c, today), "number", N_("Days since purchase"),
        N_("days from the last transaction to today: the R of RFM"),
    ),
    "frequency": Figure(
        lambda c, today, _settings: frequency(c, today), "number", N_("Purchases in a year"),
        N_("the number of transactions in the last 365 days: the F of RFM"), ("购买频次",),
    ),
    "monetary": Figure(
        monetary, "sums", N_("Turnover in a year"),
        N_("the sum of the transactions in the last 365 days, for each currency: the M of RFM"),
    ),
    "satisfaction": Figure(
        lambda c, _today, _settings: satisfaction(c), "number", N_("Satisfaction"),
        N_("the average of all scores of cooperation, feedback, cases and transactions"),
    ),
    "open_cases": Figure(
        lambda c, _today, _settings: sum(case["status"] != "closed" for case in c.data.get("cases", ())), "number",
        N_("Open cases"), N_("the number of cases that are not closed"), ("未结工单",),
    ),
    "completeness": Figure(
        lambda c, _today, _settings: completeness(c), "number", N_("Complete %"),
        N_("the percentage of the useful fields that are filled in"), ("资料完整度",),
    ),
    "age": Figure(
        lambda c, today, _settings: age(c, today), "number", N_("Age"),
        N_("the age of a person, if the year of birth is known"),
    ),
}  # fmt: skip

#: The name and label of the record's file, which is not computed from the record.
PATH, FILE = "path", N_("File")


@cache
def names_of(name: str) -> tuple[str, ...]:
    """All names of a computed figure, or of the file: name, labels and synonyms."""
    label = COMPUTED[name].label if name in COMPUTED else FILE
    synonyms = COMPUTED[name].synonyms if name in COMPUTED else ()
    return (name, *translations(label).values(), *synonyms)


def named(typed: str) -> str:
    """The computed name for a name, label or synonym in any language; empty if there is none."""
    wanted = typed.strip().casefold()
    return next((name for name in (*COMPUTED, PATH) if wanted in map(str.casefold, names_of(name))), "")
