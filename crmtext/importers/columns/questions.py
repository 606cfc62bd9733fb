"""Columns whose name fits two fields: their values decide, else the user is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.columns import fields
from crmtext.importers.columns.header import text
from crmtext.importers.columns.headers import norm
from crmtext.importers.columns.names import words
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.importers.columns.match import Matcher
    from crmtext.importers.findings import Findings
    from crmtext.importers.mapping import Column
    from crmtext.importers.options import Options
    from crmtext.importers.sheet import Row
    from crmtext.store import Store

_LABEL = re.compile(r"(Address \d+) - (?:Label|Type)")
_ADDRESS = re.compile(r"(Address \d+) - .+")
#: How many rows are looked at.
_ROWS = 2_000


def settle(
    columns: tuple[Column, ...],
    rows: Sequence[Row],
    matcher: Matcher,
    store: Store,
    options: Options,
    findings: Findings,
) -> tuple[Column, ...]:
    """Return the columns with their final fields, and ask about those that neither name nor values decide."""
    has_contact = any(column.field == "contacts.name" for column in columns)
    has_owner = any(column.field == "owner" for column in columns)
    settled = []
    for column in _private_addresses(columns, rows):
        if column.how in ("label", "synonym") and column.name in matcher.unclear:
            _ask(column, matcher.unclear[column.name], matcher, findings)
        elif (
            column.how in ("label", "synonym") and matcher.kind == "customers" and norm(column.name) in words("people")
        ):
            ours = _are_ours(column, rows, store, options)
            # Where another column has the contact's names, those of the owner are colleagues, known or not.
            if ours is False and has_contact != (column.field == "owner"):
                _ask(column, _choices(column), matcher, findings)
            elif ours and not has_owner and not (column.field == "interactions.by" and _logs(columns)):
                settled.append(column._replace(field="owner"))
                continue
        settled.append(column)
    return tuple(settled)


def _private_addresses(columns: Sequence[Column], rows: Sequence[Row]) -> Sequence[Column]:
    """The columns, with numbered addresses of people counted as home addresses unless their label says otherwise."""
    labels = {match[1]: one.position for one in columns if (match := _LABEL.fullmatch(one.name))}
    checked = []
    for column in columns:
        match = _ADDRESS.fullmatch(column.name)
        if match and column.how == "profile" and column.field.startswith("addresses["):
            at, here = labels.get(match[1]), column.position
            filled = [row.cells for row in rows if here < len(row.cells) and text(row.cells[here])]
            kinds = {"" if at is None or at >= len(cells) else norm(text(cells[at])) for cells in filled}
            if not kinds <= words("of_work"):
                checked.append(column._replace(field="person.home_address"))
                continue
        checked.append(column)
    return checked


def _choices(column: Column) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("owner", "contacts.name", column.field)))


def _logs(columns: Sequence[Column]) -> bool:
    return any(column.field in ("interactions.summary", "interactions.date") for column in columns)


def _are_ours(column: Column, rows: Sequence[Row], store: Store, options: Options) -> bool | None:
    """Whether the values of a column are colleagues; None if it is empty."""
    at = column.position
    values = {text(row.cells[at]) for row in rows[:_ROWS] if at < len(row.cells)} - {""}
    if not values:
        return None
    named = {name for name, _handle in options.people}
    ours = sum(1 for value in values if value in named or store.settings.member(value) is not None)
    return ours * 2 >= len(values)


def _ask(column: Column, paths: Sequence[str], matcher: Matcher, findings: Findings) -> None:
    message = _("column '{column}' fits several fields: {fields}").format(
        column=column.name, fields=_(", ").join(fields.typed_path(matcher.names, path) for path in paths)
    )
    ways = tuple(f"--map {quoted(f'{column.name}={path}')}" for path in paths[:6])
    findings.ask(f"column:{norm(column.name)}", message, (*ways, f"--drop {quoted(column.name)}"))
