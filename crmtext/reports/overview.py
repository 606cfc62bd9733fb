"""The content of the index page: customers by status and owner, open cases, and a row for every customer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmtext.computed import compute
from crmtext.model import day
from crmtext.reports import charts
from crmtext.reports.day import short
from crmtext.reports.timeline import contacts
from crmtext.values.money import total
from crmtext.wording import labels, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from crmtext.model import Customer
    from crmtext.reports.day import Day
    from crmtext.reports.site import Site


@dataclass(frozen=True, slots=True)
class Row:
    """A customer in the table; `marks` are those of `overdue`, `soon` and `stale` that apply."""

    id: str
    name: str
    also: str
    status: str
    owner: str
    last: str
    days: int | None
    due: str
    late: bool
    marks: tuple[str, ...]
    value: str
    value_order: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case that is not closed."""

    day: str
    short_day: str
    when: str
    tone: str
    customer: str
    name: str
    text: str
    who: str
    more: str


@dataclass(frozen=True, slots=True)
class Count:
    """The number of customers of a status or an owner, and the segments of its bar."""

    key: str
    label: str
    count: int
    segments: tuple[charts.Segment, ...] = ()
    by_status: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """The content of the index page."""

    rows: tuple[Row, ...]
    statuses: tuple[Count, ...]
    status_bar: tuple[charts.Segment, ...]
    owners: tuple[Count, ...]
    weeks: tuple[charts.Bar, ...]
    cases: tuple[Case, ...]
    open_value: str


def overview(site: Site, due: Day, people: Iterable[str]) -> Overview:
    """Return the content of the index page; `due` is by customer, `people` are listed also without customers."""
    rows: list[Row] = []
    days: list[date] = []
    cases: list[tuple[tuple[str, ...], Case]] = []
    amounts: list[tuple[str, Decimal]] = []
    for customer in site.customers:
        figures = compute(customer, site.today, site.settings)
        states = {one.state for one in due.get(customer.id, ())}
        rows.append(_row(customer, figures, tuple(_marks(states, stale=site.is_stale(customer)))))
        amounts += figures["open_value"].items()
        days += contacts(customer)
        cases += _cases(customer, site)
    statuses = _statuses(rows, site)
    return Overview(
        rows=tuple(rows),
        statuses=statuses,
        status_bar=charts.stacked({status.key: status.count for status in statuses}, len(rows)),
        owners=_owners(rows, [status.key for status in statuses], people, site),
        weeks=charts.columns(charts.per_week(days, site.today)),
        cases=tuple(case for _order, case in sorted(cases, key=lambda pair: pair[0])),
        open_value=numbers.sums(total(amounts)),
    )


def row(customer: Customer, site: Site) -> Row:
    """Return a customer's row for a table without filters."""
    return _row(customer, compute(customer, site.today, site.settings), ())


def _row(customer: Customer, figures: Mapping[str, Any], marks: tuple[str, ...]) -> Row:
    value = figures["open_value"]
    return Row(
        id=customer.id,
        name=customer.name,
        also=str(customer.data.get("short_name") or ""),
        status=customer.status,
        owner=customer.owner,
        last=str(figures["last_contact"] or ""),
        days=figures["days_since_contact"],
        due=str(figures["next_due"] or ""),
        late=figures["overdue"],
        marks=marks,
        value=numbers.sums(value),
        value_order=" ".join(f"{code} {amount:020.2f}" for code, amount in value.items()),
    )


def _marks(states: set[str], *, stale: bool) -> Iterator[str]:
    if "overdue" in states:
        yield "overdue"
    if states & {"today", "coming"}:
        yield "soon"
    if stale:
        yield "stale"


def _cases(customer: Customer, site: Site) -> Iterator[tuple[tuple[str, ...], Case]]:
    """Yield the open cases, each after what it is sorted by: its due date, its first day, the customer."""
    for case in customer.data.get("cases", ()):
        if case["status"] == "closed":
            continue
        due, opened = day(case.get("due")), day(case["opened"])
        field = labels.find(site.schema, "cases")
        kind, status = (
            labels.choice_label(labels.find(site.schema, "cases", key), case[key]) for key in ("kind", "status")
        )
        who = labels.person(site.settings, str(case.get("owner", customer.owner)))
        shown = Case(
            day=str(due or opened),
            short_day=short(due or opened, site.today),
            when=numbers.until(due, site.today)
            if due
            else labels.key_label(field.child("opened") if field else None, "opened"),
            tone="late" if due is not None and due < site.today else "",
            customer=customer.id,
            name=customer.short,
            text=str(case["summary"]),
            who=who,
            more=" · ".join((kind, status)),
        )
        yield (str(due or "~"), str(opened), customer.id), shown


def _statuses(rows: Iterable[Row], site: Site) -> tuple[Count, ...]:
    """Return every status of the schema in its order, including those without customers."""
    field = labels.find(site.schema, "status")
    counts = Counter(row.status for row in rows)
    order = [choice.value for choice in field.choices] if field else sorted(counts)
    return tuple(Count(key, labels.choice_label(field, key), counts[key]) for key in order)


def _owners(rows: Iterable[Row], statuses: list[str], people: Iterable[str], site: Site) -> tuple[Count, ...]:
    counts: dict[str, Counter[str]] = {handle: Counter() for handle in people}
    for row in rows:
        counts.setdefault(row.owner, Counter())[row.status] += 1
    most = max((counter.total() for counter in counts.values()), default=0)
    order = sorted(counts.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    return tuple(
        Count(
            handle,
            labels.person(site.settings, handle),
            counter.total(),
            charts.stacked({key: counter[key] for key in statuses}, most),
            tuple(counter[key] for key in statuses),
        )
        for handle, counter in order
    )
