"""Customers chosen, sorted and laid out in columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.answer import Begun, Each, Table, Text
from crmtext.computed import COMPUTED, compute
from crmtext.i18n import _, plural
from crmtext.query import columns, path
from crmtext.query import filter as query_filter
from crmtext.query.filter import Terms
from crmtext.query.filter.kinds import fold
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

DEFAULT = ("id", "name", "status", "owner", "last_contact", "next_due")
#: What a spreadsheet takes for the beginning of a formula, in Chinese and Japanese ones the wide forms too.
_FORMULA = lazy.pattern(r"'*\s*[=+\-@＝＋－＠]|'*[\t\r]")
#: What a column of numbers may hold as it is, so that a spreadsheet adds up refunds, too.
_NUMBER = lazy.pattern(r"-?\d+(?:\.\d+)?", re.ASCII)
_NOTHING: tuple[object, ...] = (None, "", {}, [])
_PRIORITY = {"key": 0, "normal": 1, "low": 2}


class Query(NamedTuple):
    """Which customers, in which order, with which columns."""

    #: Handles, values and tags: one of each that is given.
    owner: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    #: Only those without contact for at least so many days.
    stale: int | None = None
    where: str = ""
    #: A second expression, of a view.
    view: str = ""
    #: A path to sort by, `-` before it for descending; empty: key customers first, then by id.
    sort: str = ""
    columns: tuple[str, ...] = ()
    limit: int | None = None


class Lazy(Mapping[str, Any]):
    """Values by name, each found when it is first asked for."""

    def __init__(self, names: Collection[str], find: Callable[[str], Any]) -> None:
        self._names = names
        self._find = find
        self._found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value; the mapping's own way is to raise and catch where there is none."""
        return self[name] if name in self._names else default

    def __contains__(self, name: object) -> bool:
        # The mapping's own way is to look for the value.
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Row(Mapping[str, Any]):
    """A customer as lists see it: keys of the record and computed figures by name."""

    def __init__(self, customer: Customer, computed: Lazy) -> None:
        self.customer = customer
        self.computed = computed

    def __getitem__(self, name: str) -> Any:
        if name == "path":
            return self.customer.path
        return self.computed[name] if name in self.computed else self.customer.data[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value; the mapping's own way is to raise and catch where there is none."""
        return self[name] if name == "path" or name in self.computed else self.customer.data.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(("path", *self.computed, *self.customer.data)))

    def __len__(self) -> int:
        return sum(1 for _name in self)


class Asked(NamedTuple):
    """A query whose expressions have been checked."""

    query: Query
    tests: tuple[query_filter.Filter, ...]

    @property
    def fixed(self) -> dict[str, tuple[str, ...]]:
        """The values that fields may have, for those that say so: what an index can be asked for."""
        found: dict[str, frozenset[str]] = {}
        plain = {name: frozenset(getattr(self.query, name)) for name in ("owner", "status", "type")}
        for each in ({name: values for name, values in plain.items() if values}, *(test.fixed for test in self.tests)):
            for name, values in each.items():
                found[name] = found[name] & values if name in found else values
        return {name: tuple(sorted(values)) for name, values in found.items()}

    @property
    def overdue(self) -> bool:
        """Whether it asks for those with a step that is overdue."""
        return any("overdue" in test.given for test in self.tests)


def asked(query: Query, terms: Terms) -> Asked:
    """The query, checked. Raises CrmError if an expression can't be answered."""
    return Asked(query, tuple(query_filter.compiled(text, terms) for text in (query.view, query.where) if text))


def terms(snapshot: Snapshot) -> Terms:
    """What the expressions of a snapshot are checked against."""
    return Terms(snapshot.schema, snapshot.settings, snapshot.today)


def rows(snapshot: Snapshot, query: Query | Asked) -> Sequence[Row]:
    """All customers that a query is about, in its order; its limit is for what is shown of them.

    Each row is made where it is asked for: of many customers only their places and what they are sorted by are held.
    """
    checked = query if isinstance(query, Asked) else asked(query, terms(snapshot))
    given = checked.query
    by = given.sort or "next_due" * checked.overdue
    key = _key(by, snapshot)
    sorted_: list[tuple[Any, int]] = []
    absent: list[int] = []
    for place, customer in enumerate(snapshot.customers):
        if not _simple(customer, given):
            continue
        row = _row(customer, snapshot)
        if _idle(row, given.stale) and all(test.matches(row) for test in checked.tests):
            value = key(row)
            if value is None:
                absent.append(place)
            else:
                sorted_.append((value, place))
    sorted_.sort(key=itemgetter(0), reverse=by.startswith("-"))
    places = [*(place for _value, place in sorted_), *absent]
    return Each(places, lambda place: _row(snapshot.customers[place], snapshot))


def _row(customer: Customer, snapshot: Snapshot) -> Row:
    return Row(customer, Lazy(COMPUTED, lambda name: COMPUTED[name].find(customer, snapshot.today, snapshot.settings)))


def table(snapshot: Snapshot, query: Query | Asked) -> Table:
    """The customers as a table."""
    checked = query if isinstance(query, Asked) else asked(query, terms(snapshot))
    wanted = checked.query.columns or (*DEFAULT, *["next_action"] * checked.overdue)
    paths = [path.found(name, terms(snapshot)) for name in wanted]
    found = rows(snapshot, checked)
    shown = found[: checked.query.limit]
    showers = [columns.shower(each, snapshot) for each in paths]
    cells = tuple(tuple(show(row) for show in showers) for row in shown)
    heads = tuple(columns.head(each, snapshot) for each in paths)
    return Table(heads, cells, document(snapshot, shown), note(snapshot, found, len(found) - len(shown)))


def document(snapshot: Snapshot, found: Sequence[Row]) -> Mapping[str, Any]:
    """The JSON document of a list."""

    def customer(row: Row) -> dict[str, Any]:
        found = row.customer
        computed = compute(found, snapshot.today, snapshot.settings)
        return Begun(found.data, found.document.line, {"path": found.path, "computed": computed})

    return {"customers": Each(found, customer), "left_out": snapshot.left_out}


def data(snapshot: Snapshot, query: Query | Asked) -> Text:
    """The JSON document alone, for which no cell is laid out."""
    checked = query if isinstance(query, Asked) else asked(query, terms(snapshot))
    for name in checked.query.columns:
        path.found(name, terms(snapshot))
    found = rows(snapshot, checked)
    shown = found[: checked.query.limit]
    return Text("", document(snapshot, shown), note(snapshot, found, len(found) - len(shown)))


def ids(snapshot: Snapshot, query: Query | Asked) -> Text:
    """The ids alone, a line each."""
    found = rows(snapshot, query)
    shown = found[: (query.query if isinstance(query, Asked) else query).limit]
    return Text("".join(f"{row.customer.id}\n" for row in shown), note=note(snapshot, found, len(found) - len(shown)))


def note(snapshot: Snapshot, found: Sequence[Row], more: int = 0) -> str:
    """What is said when some are not shown, records are left out, or nothing is listed; else empty."""
    if not snapshot.checked:
        return _("no customers yet; add one: crmtext add NAME")
    told = [plural("and {n} more customer", "and {n} more customers", more)] if more else []
    if not snapshot.left_out:
        return "".join(told) if found else _("no customer matches")
    return "\n".join([*told, _left_out(snapshot)])


def _left_out(snapshot: Snapshot) -> str:
    said = plural(
        "{n} record with errors not listed",
        "{n} records with errors not listed",
        snapshot.left_out,
    )
    return said + _("; see: crmtext check")


def comma_separated(shown: Table) -> Text:
    """The table as CSV (RFC 4180) that Excel opens in UTF-8 and in which it finds no formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in shown.columns])
    numbers = [column.right for column in shown.columns]
    writer.writerows(
        [
            cell if number and _NUMBER.fullmatch(cell) else _harmless(cell)
            for number, cell in zip(numbers, row, strict=True)
        ]
        for row in shown.rows
    )
    return Text(text.getvalue(), note=shown.note, marked=True)


def _harmless(cell: str) -> str:
    # Quotes before the sign as well: whoever takes one off has the value again.
    return "'" + cell if _FORMULA.match(cell) else cell


def _simple(customer: Customer, query: Query) -> bool:
    return (
        (not query.owner or customer.owner in query.owner)
        and (not query.status or customer.status in query.status)
        and (not query.type or customer.type in query.type)
        and (not query.tag or not {*map(fold, query.tag)}.isdisjoint(map(fold, customer.data.get("tags", ()))))
    )


def _idle(row: Row, days: int | None) -> bool:
    if days is None:
        return True
    since = row.computed["days_since_contact"]
    return row.customer.status != "lost" and (since is None or since >= days)


def _key(by: str, snapshot: Snapshot) -> Callable[[Row], Any]:
    """What rows are sorted by; None for one that has nothing there, which comes last either way."""
    if not by:
        return lambda row: (_PRIORITY.get(row.customer.priority, 1), row.customer.id)
    column = path.found(by.removeprefix("-"), terms(snapshot))
    order = columns.order(column)

    def key(row: Row) -> Any:
        value = column.value(row)
        return None if value in _NOTHING else order(value)

    return key
