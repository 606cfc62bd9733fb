"""Columns whose name fits two fields: their values decide, else the user is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.columns import fields
from crmtext.importers.columns.header import looks_like_data, text
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
#: Fields of days with those of the texts that columns of the same name may have.
_TEXTS = {"interactions.date": "interactions.summary", "interactions.next.due": "interactions.next.action"}
#: Longer values are sentences.
_LONGEST_DAY = 20
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
    for one in _private_addresses(columns, rows):
        column = _of_days(one, rows)
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


def _of_days(column: Column, rows: Sequence[Row]) -> Column:
    """The column; if its name stands for a day or a text and its values are texts, it goes to the field for texts."""
    if column.field not in _TEXTS or column.how != "synonym" or norm(column.name) not in words("days_or_texts"):
        return column
    at = column.position
    cells = [row.cells[at] for row in rows[:_ROWS] if at < len(row.cells) and text(row.cells[at])]
    of_days = sum(looks_like_data(cell) and len(text(cell)) <= _LONGEST_DAY for cell in cells)
    return column if of_days * 2 >= len(cells) else column._replace(field=_TEXTS[column.field])


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
