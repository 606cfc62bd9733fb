"""Whole records of our own export: their data is taken as it is, without what a record may not hold."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.columns.header import REJECTED
from crmtext.importers.columns.names import SEALED
from crmtext.importers.findings import BadCell, RowRef
from crmtext.importers.incoming import RowData
from crmtext.importers.values.convert import masked
from crmtext.importers.values.plain_text import damage
from crmtext.text.pointer import get, last, parent
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.importers.findings import Findings
    from crmtext.importers.mapping import Table
    from crmtext.importers.values.context import Context
    from crmtext.schema import Field

#: The object of these rows.
RECORDS = "records"
_REASONS = frozenset(name for names in REJECTED for name in names)


def read_records(table: Table, context: Context, findings: Findings) -> Iterator[RowData]:
    """Return the records of a table, each with its paths as columns."""
    schema = context.schema
    secret = [field.path for field in schema.marked("x-sensitive")]
    handles = [field.path for field in schema.marked("x-handle")]
    phones = [field.path for field in schema.using("phone")]
    for row, record in zip(table.rows, table.sheet.records, strict=True):
        at = RowRef(table.file, row.number)
        data: dict[str, Any] = {}
        for key, value in record.items():
            if key in _REASONS and key not in schema.root.by_key:
                continue
            data[key], hit = masked(deepcopy(value), key)
            findings.masked.update([key] if hit else ())
        _drop_unknown(data, schema.root, at, findings)
        for pointer, _value in [*schema.matching(data, secret, lambda value: value not in (None, "", [], {}))]:
            holder = get(data, parent(pointer))
            if isinstance(holder, dict):
                del holder[last(pointer)]
                field = schema.at(pointer)
                findings.withheld[field.label if field else pointer] += 1
        # From the end: an entry that is removed moves those behind it.
        for pointer, value in reversed([*schema.matching(data, phones, _damage)]):
            _remove(data, pointer)
            findings.cells.append(BadCell(at, schema.typed_at(parent(pointer), data), value, *_damage(value)))
        named = [*schema.matching(data, handles, lambda value: isinstance(value, str))]
        for pointer, value in reversed(named):
            _put_handle(data, pointer, value, context, at, findings)
        yield RowData(at, RECORDS, data, columns={path: path for path in _paths(data, "")})


def _damage(value: Any) -> tuple[str, str] | tuple[()]:
    """Why a spreadsheet has destroyed a phone number, and what to do; empty if it hasn't."""
    why = damage(value, value) if isinstance(value, str) else ("", "")
    return why if why[0] else ()


def _remove(data: Any, pointer: str) -> None:
    """Remove a text from a list, and a list that is empty then."""
    holder: Any = get(data, parent(pointer))
    if isinstance(holder, list):
        del holder[int(last(pointer))]
        if not holder:
            del get(data, parent(parent(pointer)))[last(parent(pointer))]
    elif isinstance(holder, dict):
        del holder[last(pointer)]


def _put_handle(data: Any, pointer: str, value: str, context: Context, at: RowRef, findings: Findings) -> None:
    """Replace a colleague by the one that the import's options name; ask about a stranger."""
    result = context.people(value)
    holder: Any = get(data, parent(pointer))
    key = last(pointer) if isinstance(holder, dict) else int(last(pointer))
    if result.ask:
        findings.ask(result.ask.key, result.ask.text, result.ask.options, at)
    elif result.value is None:
        del holder[key]
    else:
        holder[key] = result.value


def _drop_unknown(value: Any, field: Field | None, at: RowRef, findings: Findings, path: str = "") -> None:
    """Leave out what the schema has no field for."""
    if field is None or isinstance(value, list):
        for entry in value if isinstance(value, list) else ():
            _drop_unknown(entry, field.item if field else None, at, findings, path)
        return
    known = field.by_key
    if not isinstance(value, dict) or not known:
        return
    for key in [*value]:
        here = f"{path}.{key}" if path else key
        if key in known:
            was_empty = value[key] == {}
            _drop_unknown(value[key], known[key], at, findings, here)
            if value[key] == {} and not was_empty:
                del value[key]
        else:
            del value[key]
            if here in SEALED:
                findings.withheld[here] += 1
                continue
            fix = did_you_mean(nearest(key, known), _("see: crmtext explain"))
            findings.cells.append(BadCell(at, here, "", _("unknown field"), fix))


def _paths(value: Any, path: str) -> Iterator[str]:
    """The paths of a record's own values; those in lists need none."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _paths(below, f"{path}.{key}" if path else key)
    else:
        yield path
