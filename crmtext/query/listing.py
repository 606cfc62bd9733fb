"""Select, sort and lay out customers for `list`."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.answer import LazyList, PartlySerialised, Table, Text
from crmtext.i18n import _, plural
from crmtext.model import priority_rank
from crmtext.query import columns, path
from crmtext.query import filter as query_filter
from crmtext.query.filter import Terms
from crmtext.query.filter.kinds import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.query.computed_names import ComputedNames, Row
    from crmtext.sealing.mask import Masking, RecordMask
    from crmtext.snapshot import Snapshot

DEFAULT = ("id", "name", "status", "owner", "last_contact", "next_due")
_NOTHING: tuple[object, ...] = (None, "", {}, [])


class Query(NamedTuple):
    """The filters, order and columns of a list."""

    #: Handles, values and tags: a customer matches one of each that is given.
    owner: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    #: Only customers without contact for at least this many days.
    stale: int | None = None
    where: str = ""
    #: A second expression, of a view.
    view: str = ""
    #: A path to sort by, `-` before it for descending; empty: key customers first, then by id.
    sort: str = ""
    columns: tuple[str, ...] = ()
    limit: int | None = None


class CheckedQuery(NamedTuple):
    """A query whose expressions have been checked."""

    query: Query
    tests: tuple[query_filter.Filter, ...]

    @property
    def fixed(self) -> dict[str, tuple[str, ...]]:
        """The allowed values of each field that the query restricts, for a lookup in the index."""
        allowed: dict[str, frozenset[str]] = {}
        options = {name: frozenset(getattr(self.query, name)) for name in ("owner", "status", "type")}
        options = {name: values for name, values in options.items() if values}
        for fixed in (options, *(test.fixed for test in self.tests)):
            for name, values in fixed.items():
                allowed[name] = allowed[name] & values if name in allowed else values
        return {name: tuple(sorted(values)) for name, values in allowed.items()}

    @property
    def overdue(self) -> bool:
        """Whether an expression requires an overdue step."""
        return any("overdue" in test.given for test in self.tests)


def check(query: Query, terms: Terms) -> CheckedQuery:
    """Return the query with its expressions compiled. Raises CrmError if one is not valid."""
    return CheckedQuery(query, tuple(query_filter.compiled(text, terms) for text in (query.view, query.where) if text))


def terms(snapshot: Snapshot, names: ComputedNames) -> Terms:
    """Return what expressions about this snapshot are checked against."""
    return Terms(snapshot.schema, snapshot.settings, snapshot.today, names)


def rows(snapshot: Snapshot, query: Query | CheckedQuery, names: ComputedNames) -> Sequence[Row]:
    """Return all rows that match, in the query's order; the limit is not applied.

    Only positions and sort values are held; each row is built on access.
    """
    checked = query if isinstance(query, CheckedQuery) else check(query, terms(snapshot, names))
    given = checked.query
    by = given.sort or "next_due" * checked.overdue
    key, values_of = _key(by, snapshot, names), names.of(snapshot)
    sorted_: list[tuple[Any, int]] = []
    absent: list[int] = []
    for place, customer in enumerate(snapshot.customers):
        if not _simple(customer, given):
            continue
        row = values_of(customer)
        if _idle(row, given.stale) and all(test.matches(row) for test in checked.tests):
            value = key(row)
            if value is None:
                absent.append(place)
            else:
                sorted_.append((value, place))
    sorted_.sort(key=itemgetter(0), reverse=by.startswith("-"))
    places = [*(place for _value, place in sorted_), *absent]
    return LazyList(places, lambda place: values_of(snapshot.customers[place]))


def table(
    snapshot: Snapshot, query: Query | CheckedQuery, names: ComputedNames, masking: Masking | None = None
) -> Table:
    """Return the customers as a table; masked, it always has the id, because masked names aren't unique."""
    checked = query if isinstance(query, CheckedQuery) else check(query, terms(snapshot, names))
    wanted = checked.query.columns or (*DEFAULT, *["next_action"] * checked.overdue)
    if masking and "id" not in wanted:
        wanted = ("id", *wanted)
    paths = [path.resolve(name, terms(snapshot, names)) for name in wanted]
    matching = rows(snapshot, checked, names)
    shown = matching[: checked.query.limit]
    showers = [columns.cell_text(column, snapshot, names) for column in paths]

    def cells(row: Row) -> tuple[str, ...]:
        mask = masking.record(row.customer.data) if masking else None
        return tuple(show(row, mask) for show in showers)

    return Table(
        tuple(columns.head(column, snapshot, names) for column in paths),
        tuple(map(cells, shown)),
        document(snapshot, shown, names, masking),
        note(snapshot, matching, len(matching) - len(shown)),
    )


def document(
    snapshot: Snapshot, shown: Sequence[Row], names: ComputedNames, masking: Masking | None = None
) -> Mapping[str, Any]:
    """Return the JSON document of a list."""
    if masking:
        return {
            "customers": LazyList(shown, lambda row: masked_row(row, names, masking)),
            "left_out": snapshot.left_out,
        }

    def fields(row: Row) -> dict[str, Any]:
        customer = row.customer
        more = {"path": customer.path, "computed": names.for_json(row)}
        return PartlySerialised(customer.data, customer.document.line, more)

    return {"customers": LazyList(shown, fields), "left_out": snapshot.left_out}


def masked_row(row: Row, names: ComputedNames, masking: Masking) -> dict[str, Any]:
    """Return the JSON of a customer masked. Computed values are those of the full record."""
    mask = masking.record(row.customer.data)
    return {**mask.data(), "path": mask.path(row.customer.path), "computed": for_json(row, names, mask)}


def for_json(row: Row, names: ComputedNames, mask: RecordMask | None) -> dict[str, Any]:
    """Return a row's computed values as JSON shows them, their texts masked if there is a mask."""
    computed = names.for_json(row)
    if mask:
        computed |= {name: mask.texts(computed[name]) for name, figure in names.items() if figure.is_text}
    return computed


def data(snapshot: Snapshot, query: Query | CheckedQuery, names: ComputedNames, masking: Masking | None = None) -> Text:
    """Return the JSON document alone; no cell is laid out."""
    checked = query if isinstance(query, CheckedQuery) else check(query, terms(snapshot, names))
    for name in checked.query.columns:
        path.resolve(name, terms(snapshot, names))
    matching = rows(snapshot, checked, names)
    shown = matching[: checked.query.limit]
    if shown:
        # What is wrong with the follow-up rules is said before the first line is printed.
        names.for_json(shown[0])
    return Text("", document(snapshot, shown, names, masking), note(snapshot, matching, len(matching) - len(shown)))


def ids(snapshot: Snapshot, query: Query | CheckedQuery, names: ComputedNames) -> Text:
    """Return the ids, one per line."""
    matching = rows(snapshot, query, names)
    shown = matching[: (query.query if isinstance(query, CheckedQuery) else query).limit]
    return Text(
        "".join(f"{row.customer.id}\n" for row in shown), note=note(snapshot, matching, len(matching) - len(shown))
    )


def note(snapshot: Snapshot, matching: Sequence[Row], more: int = 0) -> str:
    """Return the note below a list: rows beyond the limit, records left out, or an empty list; else empty."""
    if not snapshot.checked:
        return _("no customers yet; add one: crmtext add NAME")
    lines = [plural("and {n} more customer", "and {n} more customers", more)] if more else []
    if not snapshot.left_out:
        return "".join(lines) if matching else _("no customer matches")
    return "\n".join([*lines, left_out(snapshot)])


def left_out(snapshot: Snapshot) -> str:
    """Return the line with the number of records left out; empty for none."""
    if not snapshot.left_out:
        return ""
    shown = plural("{n} record with errors not listed", "{n} records with errors not listed", snapshot.left_out)
    return shown + _("; see: crmtext check")


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


def _key(by: str, snapshot: Snapshot, names: ComputedNames) -> Callable[[Row], Any]:
    """Return the sort key of rows; None for a missing value, which comes last in both directions."""
    if not by:
        return lambda row: (priority_rank(row.customer.priority), row.customer.id)
    if by == "id":
        # The index knows it without loading the record.
        return lambda row: row.customer.id
    column = path.resolve(by.removeprefix("-"), terms(snapshot, names))
    order = columns.sort_key(column)

    def key(row: Row) -> Any:
        value = column.value(row)
        return None if value in _NOTHING else order(value)

    return key
