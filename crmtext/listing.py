"""Customers chosen, sorted and laid out in columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from crmtext import expression, money
from crmtext.answer import Column, Table, Text
from crmtext.computed import COMPUTED, compute
from crmtext.i18n import N_, _, language, plural
from crmtext.problem import usage
from crmtext.schema import near

if TYPE_CHECKING:
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

DEFAULT = ("id", "name", "status", "owner", "last_contact", "next_due")
_PRIORITY = {"key": 0, "normal": 1, "low": 2}
#: The names of computed figures as column heads.
_HEADS = {
    "path": N_("File"),
    "last_contact": N_("Last contact"),
    "days_since_contact": N_("Days since"),
    "next_due": N_("Next due"),
    "overdue": N_("Overdue"),
    "stale": N_("Stale"),
    "lifecycle": N_("Lifecycle"),
    "region": N_("Region"),
    "open_value": N_("Open opportunities"),
    "weighted_value": N_("Weighted"),
    "transaction_count": N_("Transactions"),
    "transaction_sum": N_("Turnover"),
    "last_transaction": N_("Last transaction"),
    "transaction_interval": N_("Days between"),
    "satisfaction": N_("Satisfaction"),
    "open_cases": N_("Open cases"),
    "completeness": N_("Complete %"),
    "age": N_("Age"),
}


@dataclass(frozen=True, slots=True)
class Query:
    """Which customers, in which order, with which columns."""

    owner: str = ""
    status: str = ""
    type: str = ""
    tag: str = ""
    #: Only those without contact for at least so many days.
    stale: int | None = None
    where: str = ""
    #: A name to sort by, `-` before it for descending; empty: key customers first, then by id.
    sort: str = ""
    columns: tuple[str, ...] = DEFAULT
    limit: int | None = None


@dataclass(frozen=True)
class Row:
    """A customer with its computed figures, which one mapping of names shows together."""

    customer: Customer
    computed: Mapping[str, Any]

    @property
    def values(self) -> Mapping[str, Any]:
        """Keys of the record and computed figures by name."""
        return {**self.customer.data, **self.computed, "path": self.customer.path}

    @property
    def comparable(self) -> Mapping[str, Any]:
        """The same as expressions see them: days as text, as they stand in records."""
        return {name: str(value) if isinstance(value, date) else value for name, value in self.values.items()}


def rows(snapshot: Snapshot, query: Query) -> tuple[Row, ...]:
    """The customers that a query asks for, in its order."""
    names = known(snapshot)
    matches = expression.compile_(query.where, names) if query.where else None
    lists = {field.key: () for field in snapshot.schema.fields if field.kind == "list"}
    found = (
        Row(each, compute(each, snapshot.today, snapshot.settings))
        for each in snapshot.customers
        if _simple(each, query)
    )
    kept = [
        row for row in found if _idle(row, query.stale) and (matches is None or matches({**lists, **row.comparable}))
    ]
    return tuple(_sorted(kept, query.sort, names)[: query.limit])


def known(snapshot: Snapshot) -> tuple[str, ...]:
    """The names that columns, sorting and expressions can use."""
    return (*(field.key for field in snapshot.schema.fields), *COMPUTED, "path")


def table(snapshot: Snapshot, query: Query) -> Table:
    """The customers as a table."""
    names = known(snapshot)
    for name in query.columns:
        if name.partition(".")[0] not in names:
            raise _no_name(name, names)
    found = rows(snapshot, query)
    cells = tuple(tuple(_cell(row, name, snapshot) for name in query.columns) for row in found)
    heads = tuple(_column(name, snapshot) for name in query.columns)
    return Table(heads, cells, document(snapshot, found), note(snapshot, found))


def document(snapshot: Snapshot, found: Iterable[Row]) -> Mapping[str, Any]:
    """The JSON document of a list."""
    customers = [{**row.customer.data, "path": row.customer.path, "computed": dict(row.computed)} for row in found]
    return {"customers": customers, "left_out": snapshot.left_out}


def note(snapshot: Snapshot, found: Sequence[Row]) -> str:
    """What is said when records are left out, or when nothing is listed; else empty."""
    if not snapshot.checked:
        return _("there are no customers yet; records/README.md shows how to write one")
    if not snapshot.left_out:
        return "" if found else _("no customer is like that")
    said = plural(
        "{n} record is left out because it has errors",
        "{n} records are left out because they have errors",
        snapshot.left_out,
    )
    return said + _("; see: crmtext check")


def comma_separated(shown: Table) -> Text:
    """The table as CSV (RFC 4180) that no spreadsheet takes for formulas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in shown.columns])
    writer.writerows([[_harmless(cell) for cell in row] for row in shown.rows])
    return Text(text.getvalue(), note=shown.note)


def _harmless(cell: str) -> str:
    return "'" + cell if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r") else cell


def _simple(customer: Customer, query: Query) -> bool:
    return (
        query.owner in ("", customer.owner)
        and query.status in ("", customer.status)
        and query.type in ("", customer.type)
        and (not query.tag or query.tag in customer.data.get("tags", ()))
    )


def _idle(row: Row, days: int | None) -> bool:
    since = row.computed["days_since_contact"]
    return days is None or (row.customer.status != "lost" and (since is None or since >= days))


def _sorted(found: list[Row], by: str, names: tuple[str, ...]) -> list[Row]:
    if not by:
        return sorted(
            found, key=lambda row: (_PRIORITY.get(str(row.customer.data.get("priority")), 1), row.customer.id)
        )
    name = by.removeprefix("-")
    if name not in names:
        raise _no_name(name, names)
    present = [row for row in found if row.values.get(name) not in (None, "", {})]
    absent = [row for row in found if row.values.get(name) in (None, "", {})]
    return sorted(present, key=lambda row: _order(row.values[name]), reverse=by.startswith("-")) + absent


def _order(value: Any) -> tuple[int, Any]:
    """A key by which values of one column can be compared, whatever their kinds."""
    if isinstance(value, Mapping):
        return (
            (0, float(sum(each for each in value.values() if not isinstance(each, str | dict | list))))
            if value
            else (0, 0.0)
        )
    if isinstance(value, bool | int | float):
        return (0, float(value))
    if isinstance(value, date):
        return (1, value.isoformat())
    return (1, str(value))


def _column(name: str, snapshot: Snapshot) -> Column:
    if name in _HEADS and name in (*COMPUTED, "path"):
        right = name in (
            "days_since_contact",
            "transaction_count",
            "open_cases",
            "completeness",
            "age",
            "open_value",
            "weighted_value",
            "transaction_sum",
        )
        return Column(name, _(_HEADS[name]), fixed=True, right=right)
    field = snapshot.schema.by_path.get(name)
    return Column(
        name, field.label if field else name, fixed=name == "id" or (field is not None and field.kind == "date")
    )


def _cell(row: Row, name: str, snapshot: Snapshot) -> str:
    value: Any = row.values
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None or (isinstance(value, tuple | Mapping) and not value):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else ""
    if name in ("open_value", "weighted_value", "transaction_sum"):
        return " + ".join(money.show(amount, currency, language()) for currency, amount in value.items())
    field = snapshot.schema.by_path.get(name if name != "lifecycle" else "classification.lifecycle")
    if field and field.choices:
        return next((choice.label for choice in field.choices if choice.value == value), str(value))
    if field and field.mark("x-handle"):
        return snapshot.settings.shown(str(value))
    return _flat(value)


def _flat(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_flat(each) for each in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_flat(each)}" for key, each in value.items())
    return " ".join(str(value).split())


def _no_name(name: str, names: tuple[str, ...]) -> Exception:
    close = near.word(name, names)
    hint = (
        _("did you mean '{key}'?").format(key=close) if close else _("one of: {values}").format(values=", ".join(names))
    )
    return usage("unknown-column", _("there is no column '{name}'").format(name=name), hint)
