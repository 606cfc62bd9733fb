"""Until when a customer is kept, by the record and `[retention]` of the settings, and what must be kept longer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

from crmtext.computed import COMPUTED
from crmtext.computed.figure import Figure
from crmtext.figures.created import CREATED
from crmtext.i18n import N_, _
from crmtext.model import day
from crmtext.problem import CrmError, Problem
from crmtext.query import path
from crmtext.query.computed_names import ComputedNames, Table
from crmtext.query.filter import Terms
from crmtext.settings.problems import value_problem
from crmtext.settings.retention import HOLD, KEEP, RETENTION, RetentionRule, retention_rule
from crmtext.snapshot import claimed_id
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.durations import Duration, duration, last_day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

#: The reasons for an end of retention, or for none.
OWN, RULE, HELD, NEVER, UNDATED, UNRULED = "record", "rule", HOLD, "never", "no-date", "no-rule"
TRANSACTIONS, CONTRACTS = "transactions", "cooperation.contracts"
_DATES = ("date", "partial")
#: The computed names that a rule can use: those of one record, and the day it was created.
_READABLE = ComputedNames(Table(COMPUTED, lambda snapshot: (snapshot.today, snapshot.settings)), CREATED)


class Kept(NamedTuple):
    """Until when a customer is kept, and why."""

    #: `record`, `rule`, `hold`, `never`, `no-date` or `no-rule`.
    why: str
    #: The last day of keeping; None if it has no end, or the date that it depends on is missing.
    until: date | None = None
    #: The reason in the record, or the rule of the status as written; empty for neither.
    rule: str = ""

    def is_past(self, today: date) -> bool:
        """Whether the last day of keeping is over."""
        return self.until is not None and self.until < today


class Duty(NamedTuple):
    """An entry that must be kept, whatever the rules say."""

    #: `transactions` or `cooperation.contracts`.
    field: str
    #: The index of the entry, from 0.
    number: int
    #: The last day; None if the entry has no date.
    until: date | None


class Retention:
    """The retention rules of a snapshot. Raises CrmError if one of them is wrong."""

    def __init__(self, snapshot: Snapshot) -> None:
        for problem in problems(snapshot):
            raise CrmError(problem)
        self._snapshot = snapshot
        self._settings = snapshot.settings
        self._hold = frozenset(self._settings.hold)
        # Checked when the settings were read.
        self._keep = cast("Duration", duration(self._settings.keep_transactions))
        self._values = _READABLE.of(snapshot)

    @classmethod
    def of(cls, snapshot: Snapshot) -> Retention:
        """Return the rules of a snapshot, which are read once."""
        return snapshot.once(cls)

    def kept(self, customer: Customer) -> Kept:
        """Return until when a customer is kept: a legal hold goes first, then the record's own date, then the rules."""
        own = customer.data.get("retention", {})
        if self._hold and not self._hold.isdisjoint((customer.id, *customer.data.get("merged_from", ()))):
            return Kept(HELD)
        if until := day(own.get("until")):
            return Kept(OWN, until, str(own.get("rule", "")))
        written = self._settings.retention_rules.get(customer.status)
        if written is None:
            return Kept(UNRULED)
        rule, date_of = self._rules[customer.status]
        if rule.kept_for is None:
            return Kept(NEVER, rule=written)
        last = date_of(customer)
        return Kept(RULE, rule.kept_for.after(last), written) if last else Kept(UNDATED, rule=written)

    def duties(self, customer: Customer) -> Iterator[Duty]:
        """Yield the transactions and contracts that must be kept: those younger than `keep_transactions`.

        A contract counts from its last day, without one from its first.
        """
        lists = (
            (TRANSACTIONS, customer.data.get("transactions", ()), ("date",)),
            (CONTRACTS, customer.data.get("cooperation", {}).get("contracts", ()), ("to", "from")),
        )
        for field, entries, names in lists:
            for number, entry in enumerate(entries):
                when = day(next((entry[name] for name in names if name in entry), None))
                until = self._keep.after(when) if when else None
                if until is None or until >= self._snapshot.today:
                    yield Duty(field, number, until)

    @cached_property
    def _rules(self) -> Mapping[str, tuple[RetentionRule, Callable[[Customer], date | None]]]:
        """The rule of each status, and the function that returns the date it counts from."""
        terms = _terms(self._snapshot)
        rules = ((status, retention_rule(written)) for status, written in self._settings.retention_rules.items())
        return {status: (rule, self._date_of(rule.after, terms)) for status, rule in rules if rule}

    def _date_of(self, name: str, terms: Terms) -> Callable[[Customer], date | None]:
        """The function that returns the last of the dates under a name; None if there is none."""
        value = path.resolve(name, terms).value if name else lambda _row: None

        def last(customer: Customer) -> date | None:
            dates = value(self._values(customer))
            return max(filter(None, map(last_day_of, dates if isinstance(dates, list) else [dates])), default=None)

        return last


def last_day(entries: Collection[Duty]) -> date | None:
    """Return the last day of entries that must be kept; None without any, or if one has no date."""
    days = [entry.until for entry in entries]
    return None if None in days else max(filter(None, days), default=None)


def problems(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield what is wrong with the statuses and dates of the rules."""
    settings, schema = snapshot.settings, snapshot.schema
    for status, written in settings.retention_rules.items():
        yield from _unknown_status(status, schema, settings)
        rule = retention_rule(written)
        if rule and rule.after:
            yield from _wrong_date(status, rule.after, snapshot)


def unknown_holds(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield a problem for each id on hold that no record has; the snapshot has all records."""
    known = {id_ for customer in snapshot.customers for id_ in (customer.id, *customer.data.get("merged_from", ()))}
    known |= {claimed_id(document) for document in snapshot.broken}
    for id_ in snapshot.settings.hold:
        if id_ not in known:
            message = _("no customer has the id '{id}', which is on hold").format(id=id_)
            hint = did_you_mean(nearest(id_, known), _("fix the id, or remove it from the list"))
            yield _problem(snapshot.settings, HOLD, message, hint, id_)


def _unknown_status(status: str, schema: Schema, settings: Settings) -> Iterator[Problem]:
    choices = schema.by_path["status"].choices
    if status in {choice.value for choice in choices}:
        return
    names = {name: choice.value for choice in choices for name in choice.names()} | {KEEP: KEEP, HOLD: HOLD}
    known = _("one of: {values}").format(values=", ".join(dict.fromkeys(names.values())))
    message = _("unknown status '{value}' in [retention]").format(value=status)
    yield _problem(settings, status, message, did_you_mean(names.get(nearest(status, names), ""), known))


def _wrong_date(status: str, name: str, snapshot: Snapshot) -> Iterator[Problem]:
    names = ("churn.date", "last_contact", "last_transaction", "created")
    dates = _("dates are, for example: {names}").format(names=_(", ").join(names))
    try:
        column = path.resolve(name, _terms(snapshot))
    except CrmError as error:
        if error.problem.rule == "unknown-column":
            message = _("unknown date '{name}' in the retention rule of '{status}'").format(name=name, status=status)
        else:
            message = _("the retention rule '{status}' is invalid: {message}")
            message = message.format(status=status, message=error.problem.message)
        yield _problem(snapshot.settings, status, message, f"{error.problem.hint}\n{dates}".strip(), name)
        return
    if column.type.kind not in _DATES:
        message = _("'{name}' is not a date, and the retention of '{status}' is counted from it")
        yield _problem(snapshot.settings, status, message.format(name=name, status=status), dates, name)


def _problem(settings: Settings, key: str, message: str, hint: str, part: str = "") -> Problem:
    return value_problem(settings, "retention-rule", RETENTION, key, message, hint, part)


def _terms(snapshot: Snapshot) -> Terms:
    return Terms(snapshot.schema, snapshot.settings, snapshot.today, _READABLE)


RETENTION_NAMES = Table(
    {
        "retention_until": Figure(
            lambda customer, retention: retention.kept(customer).until, "date", N_("Kept until"),
            N_("the last day of keeping: retention.until, else by the rule of the status in [retention]; missing on "
               "legal hold, without a rule, and without the date that the rule counts from"),
            ("保留到期日", "retention end"),
        ),
        "must_keep_until": Figure(
            lambda customer, retention: last_day(tuple(retention.duties(customer))), "date", N_("Must be kept until"),
            N_("the last day on which transactions or contracts must be kept, by keep_transactions in [retention]; "
               "missing if there are none, or if one has no date"),
            ("法定保存至", "duty to keep"),
        ),
    },
    lambda snapshot: (Retention.of(snapshot),),
)  # fmt: skip
