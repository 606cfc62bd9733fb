"""Functions that a team's own templates may call: figures, customers and due work as plain values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmtext.figures import due as due_items
from crmtext.figures import due_kinds
from crmtext.figures.rules import NAMES
from crmtext.figures.stats import engine
from crmtext.figures.stats.periods import unit_of
from crmtext.figures.stats.query import Query
from crmtext.i18n import N_
from crmtext.query import listing, path
from crmtext.query.computed_names import Lazy
from crmtext.reports.day import as_due
from crmtext.reports.drawing import draw, sparkline
from crmtext.reports.view import Part, as_view
from crmtext.sealing.mask import Masking
from crmtext.wording.values import without_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmtext.figures.tables import FigureTable
    from crmtext.query.computed_names import Row
    from crmtext.reports.context import Context
    from crmtext.reports.drawing import Drawing
    from crmtext.schema import Schema


#: The cost of a call, for each customer that it reads, and for each cell that it makes. A page of a small store may
#: make a few hundred calls.
_CALL, _CUSTOMER, _CELL = 50_000, 1_536, 64
#: Figures by period read earlier states from git: so much for each of so many periods, and the customers so many times.
_PERIODS, _TOGETHER, _STATES = 2_000_000, 40, 3
#: About how many days a period has.
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}

#: The functions with their use, for `report NAME --context`.
DESCRIBED: Mapping[str, str] = {
    "stats(by, measure, period, where)": N_("a table of figures, as `crmtext stats` shows it"),
    "customers(where, sort)": N_("records that match, with `computed`; without sensitive fields"),
    "due(owner, days, kind)": N_("what is due: day, when, name, text, who, more"),
    "draw(table, kind)": N_("charts of a table of stats: bars, stacked, lines, funnel or heat"),
    "sparkline(numbers, title)": N_("a small line, for charts.drawing"),
}


def functions(context: Context, spend: Callable[[int], None]) -> Mapping[str, Callable[..., Any]]:
    """Return the functions by name; each charges for its work before it begins."""
    tables: dict[int, tuple[Part, FigureTable]] = {}
    known: dict[Query, Part] = {}

    def pay(unit: str = "") -> None:
        cost = _CUSTOMER * len(context.snapshot.customers)
        spend(_of_periods(unit, context) + _STATES * cost if unit else _CALL + cost)

    def stats(by: Any = "", measure: Any = "customers", period: str = "", where: str = "") -> Part:
        query = Query(
            by=_names(by),
            measures=_names(measure),
            period=str(period),
            since=context.since,
            until=context.until,
            where=" and ".join(f"({one})" for one in (context.where, str(where)) if one),
            owner=context.owner,
        )
        if query in known:
            spend(_CALL)
            return known[query]
        pay(unit_of(query.period) if query.period else "")
        table = engine.stats(context.snapshot, query, context.states)
        spend(_CELL * len(table.rows) * (len(table.by) + len(table.measures) + 1))
        shown = known[query] = as_view(table)
        tables[id(shown)] = shown, table
        return shown

    def customers(where: str = "", sort: str = "") -> list[Mapping[str, Any]]:
        pay()
        rows = _public_rows(context, listing.Query(where=str(where), sort=str(sort)))
        return [_record(row, context.snapshot.schema) for row in rows]

    def due(owner: str = "", days: int = due_items.AHEAD, kind: str = "") -> list[Any]:
        pay()
        own, snapshot = {customer.id for customer in context.customers}, context.snapshot
        listed = due_items.items(
            snapshot.full,
            owner=str(owner),
            days=int(days),
            kinds=[due_kinds.known(str(kind))] if kind else [],
            matches=lambda customer: customer.id in own,
            sensitive=False,
            masking=None if snapshot.full is snapshot else Masking(snapshot.schema),
        )
        return [as_due(item, snapshot) for item in listed]

    def drawn(table: Any, kind: str = "") -> tuple[Drawing, ...]:
        spend(_CALL)
        shown, table_ = tables.get(id(table), (None, None))
        if shown is not table or table_ is None:
            return table.charts if isinstance(table, Part) else ()
        return draw(table_, str(kind))

    def spark(numbers: Iterable[Any], title: str = "") -> Drawing:
        spend(_CALL)
        return sparkline([None if one is None else float(one) for one in numbers], str(title))

    return {"stats": stats, "customers": customers, "due": due, "draw": drawn, "sparkline": spark}


def _of_periods(unit: str, context: Context) -> int:
    """The cost of reading the states at the ends of the periods."""
    number = (context.until - context.since).days // _DAYS[unit]
    return _PERIODS * (1 + number // _TOGETHER)


def _public_rows(context: Context, query: listing.Query) -> Sequence[Row]:
    """The records that match a condition without sensitive fields: a match, or a place in an order, tells the value."""
    chosen = replace(context.snapshot, customers=context.customers)
    public = listing.terms(chosen, NAMES)._replace(with_sensitive=False)
    if query.sort:
        path.resolve(query.sort.removeprefix("-"), public)
    return listing.rows(chosen, listing.check(query, public), NAMES)


def _record(row: Row, schema: Schema) -> Mapping[str, Any]:
    """The fields of a record without sensitive values, and its computed names."""
    data = row.customer.data

    def field(name: str) -> Any:
        if name == "computed":
            return row.computed
        return without_hidden(data[name], schema.root.child(name), None) if name in data else None

    return Lazy({*data, *schema.root.by_key, "computed"}, field)


def _names(given: Any) -> tuple[str, ...]:
    """Names as a list, or in a text with commas."""
    parts = given.split(",") if isinstance(given, str) else given
    return tuple(name for part in parts if (name := str(part).strip()))
