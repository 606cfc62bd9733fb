"""Figures computed from a record and never stored, by the names that lists, filters and templates use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext.computed import contacts, deals, profile, purchases
from crmtext.computed.figure import Figure
from crmtext.i18n import N_, translations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.model import Customer
    from crmtext.settings import Settings


def compute(customer: Customer, today: date, settings: Settings) -> dict[str, Any]:
    """Return all computed figures: dates as `date` or None, sums as a Decimal for each currency."""
    return {name: figure.find(customer, today, settings) for name, figure in COMPUTED.items()}


COMPUTED: Mapping[str, Figure] = {
    "last_contact": Figure(
        lambda c, today, _settings: contacts.last_contact(c, today), "date", N_("Last contact"),
        N_("the date of the last contact with the customer; notes, unanswered calls and outgoing messages don't count"),
        ("上次联系", "最近联系日期", "最后联系"),
    ),
    "days_since_contact": Figure(
        lambda c, today, _settings: contacts.days_since(c, today), "number", N_("Days since"),
        N_("days from the last contact to today"), ("未联系天数",),
    ),
    "next_due": Figure(
        lambda c, _today, _settings: contacts.next_due(c), "date", N_("Next due"),
        N_("the earliest due date of the open next steps"), ("下次跟进", "下次跟进日期"),
    ),
    "next_action": Figure(
        lambda c, _today, _settings: contacts.next_action(c), "text", N_("Next action"),
        N_("the action of the next step with that due date"), ("下次行动", "下一步行动"),
    ),
    "overdue": Figure(
        lambda c, today, _settings: contacts.is_overdue(c, today), "truth", N_("Overdue"),
        N_("whether the earliest due date of the open next steps is before today"), ("逾期", "过期"),
    ),
    "stale": Figure(
        contacts.is_stale, "truth", N_("Stale"),
        N_("not lost, and last contacted longer ago than followup.stale_days"),
        ("长期未联系",),
    ),
    "lifecycle": Figure(
        lambda c, _today, _settings: profile.lifecycle(c), "text", N_("Lifecycle"),
        N_("potential, new, existing or lost: the value in classification, or else derived from status and "
"transactions"),
        like="classification.lifecycle",
    ),
    "region": Figure(
        lambda c, _today, _settings: profile.region(c), "text", N_("Region"),
        N_("province and city of the registered address, or else of the first address"), ("区域",),
    ),
    "open_value": Figure(
        lambda c, _today, settings: deals.open_value(c, settings), "sums", N_("Open opportunities"),
        N_("the sum of the amounts of open opportunities, for each currency"), ("商机金额", "未结商机金额"),
    ),
    "weighted_value": Figure(
        lambda c, _today, settings: deals.weighted_value(c, settings), "sums", N_("Weighted"),
        N_("the sum of open opportunities, each amount times its probability (or else that of its stage)"),
        ("加权金额",),
    ),
    "transaction_count": Figure(
        lambda c, _today, _settings: len(c.data.get("transactions", ())), "number", N_("Transactions"),
        N_("the number of transactions"), ("交易次数",),
    ),
    "transaction_sum": Figure(
        lambda c, _today, settings: purchases.transaction_sum(c, settings), "sums", N_("Turnover"),
        N_("the sum of the amounts of all transactions, for each currency"), ("交易金额",),
    ),
    "last_transaction": Figure(
        lambda c, _today, _settings: purchases.last_transaction(c), "date", N_("Last transaction"),
        N_("the date of the last transaction"), ("最近成交",),
    ),
    "transaction_interval": Figure(
        lambda c, _today, _settings: purchases.transaction_interval(c), "number", N_("Days between"),
        N_("the median number of days between transactions"), ("购买间隔",),
    ),
    "recency": Figure(
        lambda c, today, _settings: purchases.recency(c, today), "number", N_("Days since purchase"),
        N_("days from the last transaction to today: the R of RFM"),
    ),
    "frequency": Figure(
        lambda c, today, _settings: purchases.frequency(c, today), "number", N_("Purchases in a year"),
        N_("the number of transactions in the last 365 days: the F of RFM"), ("购买频次",),
    ),
    "monetary": Figure(
        purchases.monetary, "sums", N_("Turnover in a year"),
        N_("the sum of the transactions in the last 365 days, for each currency: the M of RFM"),
    ),
    "satisfaction": Figure(
        lambda c, _today, _settings: profile.satisfaction(c), "number", N_("Satisfaction"),
        N_("the average of all scores of cooperation, feedback, cases and transactions"),
    ),
    "open_cases": Figure(
        lambda c, _today, _settings: sum(case["status"] != "closed" for case in c.data.get("cases", ())), "number",
        N_("Open cases"), N_("the number of cases that are not closed"), ("未结工单",),
    ),
    "completeness": Figure(
        lambda c, _today, _settings: profile.completeness(c), "number", N_("Complete %"),
        N_("the percentage of the useful fields that are filled in"), ("资料完整度",),
    ),
    "age": Figure(
        lambda c, today, _settings: profile.age(c, today), "number", N_("Age"),
        N_("the age of a person, if the year of birth is known"), tells="person.birth_date",
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
