"""The content of the index page: customers by status and owner, what is due, and a row for every customer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmtext.computed import compute
from crmtext.i18n import _
from crmtext.model import day, next_steps
from crmtext.reports import charts
from crmtext.reports.timeline import contacts
from crmtext.values.money import total
from crmtext.wording import labels, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from crmtext.model import Customer
    from crmtext.reports.site import Site

SOON = 7


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
    found_by: str


@dataclass(frozen=True, slots=True)
class Task:
    """A next step or case with a due date."""

    due: date
    customer: str
    name: str
    action: str
    by: str


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
    overdue: tuple[Task, ...]
    soon: tuple[Task, ...]
    stale: tuple[Row, ...]
    open_value: str


def overview(site: Site) -> Overview:
    """Return the overview of the store."""
    rows: list[Row] = []
    tasks: list[Task] = []
    days: list[date] = []
    amounts: list[tuple[str, Decimal]] = []
    for customer in site.customers:
        figures = compute(customer, site.today, site.settings)
        promised = tuple(_tasks(customer, site))
        rows.append(_row(customer, figures, _marks(promised, site.today, stale=site.is_stale(customer))))
        amounts += figures["open_value"].items()
        days += contacts(customer)
        tasks += promised
    tasks.sort(key=lambda task: (task.due, task.customer))
    statuses = _statuses(rows, site)
    return Overview(
        rows=tuple(rows),
        statuses=statuses,
        status_bar=charts.stacked({status.key: status.count for status in statuses}, len(rows)),
        owners=_owners(rows, [status.key for status in statuses], site),
        weeks=charts.columns(charts.per_week(days, site.today)),
        overdue=tuple(task for task in tasks if _mark(task, site.today) == "overdue"),
        soon=tuple(task for task in tasks if _mark(task, site.today) == "soon"),
        stale=tuple(sorted((row for row in rows if "stale" in row.marks), key=lambda row: (-(row.days or 0), row.id))),
        open_value=numbers.sums(total(amounts)),
    )


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
        found_by=" ".join(_found_by(customer)),
    )


def _mark(task: Task, today: date) -> str:
    days = (task.due - today).days
    if days < 0:
        return "overdue"
    return "soon" if days <= SOON else ""


def _marks(promised: Iterable[Task], today: date, *, stale: bool) -> tuple[str, ...]:
    marks = {_mark(task, today) for task in promised} | ({"stale"} if stale else set())
    return tuple(mark for mark in ("overdue", "soon", "stale") if mark in marks)


def _found_by(customer: Customer) -> Iterator[str]:
    """Yield texts to find the customer by that the table does not show."""
    data = customer.data
    yield from data.get("aliases", ())
    yield from data.get("tags", ())
    for person in data.get("contacts", ()):
        yield person["name"]
        yield from person.get("phones", ())
    yield from data.get("phones", ())


def _tasks(customer: Customer, site: Site) -> Iterator[Task]:
    """Yield what people have to do; a pool has nothing to do."""

    def task(due: date, action: str, by: str) -> Iterator[Task]:
        member = site.settings.team.get(by)
        if member is None or not member.pool:
            yield Task(due, customer.id, customer.name, action, labels.person(site.settings, by))

    for step in next_steps(customer):
        if step.due and not step.done:
            yield from task(step.due, step.action, step.by or customer.owner)
    for case in customer.data.get("cases") or ():
        due = day(case.get("due"))
        if due and case["status"] != "closed":
            what = _("Case: {summary}").format(summary=case["summary"])
            yield from task(due, what, case.get("owner") or customer.owner)


def _statuses(rows: Iterable[Row], site: Site) -> tuple[Count, ...]:
    """Return every status of the schema in its order, including those without customers."""
    field = labels.find(site.schema, "status")
    counts = Counter(row.status for row in rows)
    order = [choice.value for choice in field.choices] if field else sorted(counts)
    return tuple(Count(key, labels.choice_label(field, key), counts[key]) for key in order)


def _owners(rows: Iterable[Row], statuses: list[str], site: Site) -> tuple[Count, ...]:
    counts: dict[str, Counter[str]] = {}
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
