"""Whose retention has ended or ends next, by rule, and what transactions and contracts must be kept."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crmtext.figures.retention import (
    HELD,
    NEVER,
    OWN,
    RULE,
    UNDATED,
    UNRULED,
    Duty,
    Kept,
    Retention,
    last_day,
    unknown_holds,
)
from crmtext.problem import CrmError, Exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The next dates of a rule that are named.
_NEXT = 3
#: The fields of the reduced record that stays while entries must be kept, besides these entries and `billing`.
REDUCED = ("id", "name", "type", "owner", "status")
_BILLING = "billing"


class Who(NamedTuple):
    """A customer in a list."""

    id: str
    name: str


class Rule(NamedTuple):
    """The customers of a rule, of their own dates, on hold, or without a rule."""

    #: `rule`, `record`, `hold` or `no-rule`.
    why: str
    #: The status and the rule as written; empty for the others.
    status: str
    written: str
    customers: int
    #: How many are past their date.
    past: int
    #: The next dates from today on.
    next: tuple[date, ...]
    #: The customers without the date that the rule counts from.
    undated: tuple[Who, ...]


class Plan(NamedTuple):
    """The fields that an erasure would remove from a record, and the entries that must stay."""

    #: The fields to remove, each with the number of its entries; 0 for one that is no list.
    remove: Mapping[str, int]
    #: The entries that must stay, each with its last day; None if it isn't known. `billing` stays with the last one.
    keep: tuple[tuple[str, date | None], ...]


class Past(NamedTuple):
    """A customer whose retention has ended."""

    who: Who
    status: str
    owner: str
    kept: Kept
    plan: Plan


class Overview(NamedTuple):
    """The retention of all customers of a snapshot."""

    snapshot: Snapshot
    rules: tuple[Rule, ...]
    #: By their date.
    past: tuple[Past, ...]
    #: The customers with transactions or contracts that must be kept, with the last day; None if it isn't known.
    duties: tuple[tuple[Who, date | None], ...]


def overview(snapshot: Snapshot) -> Overview:
    """Return the retention of all customers. Raises CrmError for a wrong rule, or an unknown id on hold."""
    if snapshot.settings.hold:
        for problem in unknown_holds(snapshot):
            raise CrmError(problem, Exit.FOUND)
    retention = Retention.of(snapshot)
    tallies = {line: _Tally() for line in _lines(snapshot)}
    past: list[Past] = []
    bound: list[tuple[Who, date | None]] = []
    for customer in snapshot.customers:
        kept, who = retention.kept(customer), Who(customer.id, customer.name)
        line = (RULE, customer.status) if kept.why in (RULE, NEVER, UNDATED) else (kept.why, "")
        tallies[line].add(kept, who, snapshot.today)
        entries = tuple(retention.duties(customer))
        if entries:
            bound.append((who, last_day(entries)))
        if kept.is_past(snapshot.today):
            past.append(Past(who, customer.status, customer.owner, kept, plan(customer, entries)))
    past.sort(key=lambda one: (one.kept.until or date.max, one.who.id))
    rules = (tally.rule(*line, snapshot) for line, tally in tallies.items())
    shown = tuple(rule for rule in rules if rule.customers or rule.why == RULE)
    return Overview(snapshot, shown, tuple(past), tuple(bound))


def plan(customer: Customer, entries: Sequence[Duty]) -> Plan:
    """Return what an erasure would remove from a record, and what must stay because of these entries."""
    data = customer.data
    if not entries:
        return Plan({key: _size(value) for key, value in data.items()}, ())
    parts = {key: value for key, value in data.items() if key not in (*REDUCED, _BILLING, "cooperation")}
    parts |= {f"cooperation.{key}": value for key, value in data.get("cooperation", {}).items()}
    staying = Counter(entry.field for entry in entries)
    remove = {key: _size(value) - staying[key] for key, value in parts.items()}
    keep = [(f"{entry.field}[{entry.number}]", entry.until) for entry in entries]
    if _BILLING in data:
        keep.append((_BILLING, last_day(entries)))
    # A list whose entries all stay has nothing to remove.
    return Plan({key: size for key, size in remove.items() if size or key not in staying}, tuple(keep))


def _size(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def _lines(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """The lines of the overview in order: the rules by status, then the others."""
    rules = snapshot.settings.retention_rules
    yield from ((RULE, choice.value) for choice in snapshot.schema.by_path["status"].choices if choice.value in rules)
    yield from ((OWN, ""), (HELD, ""), (UNRULED, ""))


class _Tally:
    """The customers of a line while they are counted."""

    def __init__(self) -> None:
        self._customers = self._past = 0
        self._coming: set[date] = set()
        self._undated: list[Who] = []

    def add(self, kept: Kept, who: Who, today: date) -> None:
        """Count a customer."""
        self._customers += 1
        if kept.is_past(today):
            self._past += 1
        elif kept.until:
            self._coming.add(kept.until)
        elif kept.why == UNDATED:
            self._undated.append(who)

    def rule(self, why: str, status: str, snapshot: Snapshot) -> Rule:
        """Return the line."""
        written = snapshot.settings.retention_rules.get(status, "")
        coming = tuple(sorted(self._coming)[:_NEXT])
        return Rule(why, status, written, self._customers, self._past, coming, tuple(self._undated))
