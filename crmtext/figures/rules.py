"""Follow-up rules: how often a customer is contacted, and the computed names that depend on the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.computed import COMPUTED
from crmtext.computed.contacts import days_since, last_contact
from crmtext.computed.figure import Figure
from crmtext.figures.created import CREATED, first_day
from crmtext.figures.messages import MESSAGES
from crmtext.figures.retention import RETENTION_NAMES
from crmtext.figures.rfm import RFM
from crmtext.i18n import N_, _
from crmtext.model import INTERNAL
from crmtext.problem import CrmError, Problem
from crmtext.query import filter as query_filter
from crmtext.query.computed_names import ComputedNames, Table
from crmtext.settings import FollowUpRule
from crmtext.settings.rule_tables import FOLLOW_UP, rule_problem
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.workdays import later

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot


class FollowUp(NamedTuple):
    """The next regular contact with a customer."""

    due: date
    #: The rule with its name, channels and text; without rules in the settings, one without a name.
    rule: FollowUpRule
    #: The last contact that the rule counts; None if there was none.
    last: date | None


class FollowUps:
    """The follow-up rules of a snapshot. Raises CrmError if one of them is wrong."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._filters: list[query_filter.Filter | None] = []
        for _rule, compiled in _compiled(snapshot):
            if isinstance(compiled, Problem):
                raise CrmError(compiled)
            self._filters.append(compiled)
        self._values = _READABLE.of(snapshot)

    @classmethod
    def of(cls, snapshot: Snapshot) -> FollowUps:
        """Return the rules of a snapshot, which are compiled once."""
        return snapshot.once(cls)

    def rule(self, customer: Customer) -> FollowUpRule | None:
        """Return the first rule that applies to a customer; None if there is none.

        Without rules in the settings, `stale_days` is one for each value; it doesn't apply to lost customers.
        """
        settings = self._snapshot.settings
        if not settings.follow_up_rules:
            value = customer.data.get("classification", {}).get("value", "default")
            days = settings.stale_days.get(value, settings.stale_days["default"])
            return FollowUpRule("", days) if customer.status != "lost" else None
        values = self._values(customer)
        pairs = zip(settings.follow_up_rules, self._filters, strict=True)
        return next((rule for rule, test in pairs if test is None or test.matches(values)), None)

    def next(self, customer: Customer) -> FollowUp | None:
        """Return the next regular contact.

        None without a rule that asks for one, with an open next step that has a due date, or if a customer without
        contact was added before the first commit of a shallow clone.
        """
        if customer.nearest_step:
            return None
        rule = self.rule(customer)
        if rule is None or not rule.every_days:
            return None
        last = last_contact(customer, self._snapshot.today, rule.channels)
        since = last or first_day(customer, self._snapshot)
        due = later(since, rule.every_days) if since else None
        return FollowUp(due, rule, last) if due else None

    def due(self, customer: Customer) -> date | None:
        """Return the day of the next regular contact."""
        follow_up = self.next(customer)
        return follow_up.due if follow_up else None

    def is_stale(self, customer: Customer) -> bool:
        """Whether a customer, not lost, was last contacted longer ago than its rule allows."""
        days = days_since(customer, self._snapshot.today)
        if customer.status == "lost" or not days:
            return False
        rule = self.rule(customer)
        return rule is not None and 0 < rule.every_days < days


def problems(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield what is wrong with the conditions and channels of the rules."""
    yield from (compiled for _rule, compiled in _compiled(snapshot) if isinstance(compiled, Problem))


def reads(snapshot: Snapshot) -> Iterator[tuple[str, tuple[query_filter.Read, ...]]]:
    """Yield what each rule that is valid reads, under its name in an error."""
    if not snapshot.settings.follow_up_rules:
        # See FollowUps.rule.
        yield "stale_days", (query_filter.Read("classification.value"),)
    for rule, compiled in _compiled(snapshot):
        if isinstance(compiled, query_filter.Filter):
            yield _("followup rule {name}").format(name=rule.name), compiled.reads()


def _compiled(snapshot: Snapshot) -> Iterator[tuple[FollowUpRule, query_filter.Filter | Problem | None]]:
    """The filter of each rule, None for a rule without a condition; also the problems."""
    settings = snapshot.settings
    terms = query_filter.Terms(snapshot.schema, settings, snapshot.today, _READABLE, dependent=_RULED)
    field = snapshot.schema.by_path.get("interactions[].channel")
    channels = [choice for choice in field.choices if choice.value not in INTERNAL] if field else []
    for number, rule in enumerate(settings.follow_up_rules):
        for channel in rule.channels:
            if channel not in {choice.value for choice in channels}:
                names = {name: choice.value for choice in channels for name in choice.names()}
                known = _("one of: {values}").format(values=", ".join(choice.value for choice in channels))
                near = names.get(nearest(channel, names), "")
                message = _("unknown channel '{value}' in the follow-up rule '{name}'")
                message = message.format(value=channel, name=rule.name)
                yield rule, rule_problem(settings, FOLLOW_UP, number, "channel", message, did_you_mean(near, known))
        try:
            yield rule, query_filter.compiled(rule.where, terms) if rule.where else None
        except CrmError as error:
            inner = error.problem
            message = _("the follow-up rule '{name}' is invalid: {message}")
            message = message.format(name=rule.name, message=inner.message)
            yield rule, rule_problem(settings, FOLLOW_UP, number, "where", message, inner.hint, rule.where, inner.place)


RULED = Table(
    {
        "stale": Figure(
            lambda customer, rules: rules.is_stale(customer), "truth", N_("Stale"),
            N_("not lost, and last contacted longer ago than the first follow-up rule that applies allows; without "
               "rules, than followup.stale_days"),
            ("长期未联系",), reads=(FOLLOW_UP.name,),
        ),
        "follow_up_due": Figure(
            lambda customer, rules: rules.due(customer), "date", N_("Follow-up due"),
            N_("the date of the next regular contact: the last contact, or else the first commit, plus the days of the "
               "first follow-up rule that applies; none with an open next step that has a due date"),
            ("定期跟进日", "应跟进日期"), reads=(FOLLOW_UP.name,),
        ),
    },
    lambda snapshot: (FollowUps.of(snapshot),),
)  # fmt: skip
_RULED = ComputedNames(RULED)
#: The names of one record, by the customer, the day and the settings.
_OF_RECORD = Table(COMPUTED, lambda snapshot: (snapshot.today, snapshot.settings))
#: The names that a rule can use.
_TABLES = (_OF_RECORD, MESSAGES, CREATED, RFM)
_READABLE = ComputedNames(*_TABLES)
#: All computed names.
NAMES = ComputedNames(*_TABLES, RULED, RETENTION_NAMES)
