"""The options that answer a question, in words and in the current language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.columns.fields import field_path, typed_path
from crmtext.importers.columns.headers import norm
from crmtext.importers.columns.values import NONE
from crmtext.importers.columns.values import split as column_and_value
from crmtext.importers.options import PAIRS, pair, split
from crmtext.importers.values.scores import typed_scale
from crmtext.problem import CrmError
from crmtext.terminal.quoting import quoted
from crmtext.text.pointer import without_places

if TYPE_CHECKING:
    from crmtext.importers.plan.result import Plan
    from crmtext.schema import Field

#: Placeholders in options that users replace: a day, a colleague, a column.
PLACES = ("DATE", "HANDLE", "COLUMN")


def localized(plan: Plan, answer: str) -> str:
    """Return an answer's options with names of fields and values as users type them in the current language."""
    return " ".join(_localized(plan, *one) for one in parts(answer))


def _localized(plan: Plan, name: str, left: str, right: str) -> str:
    if name == "--default" and right:
        value = _typed_value(_field(plan, left), right)
        # A column keeps its own quotes: `@'Create Date'`.
        shown = f"@{quoted(right[1:])}" if right.startswith("@") else quoted(value)
        return f"{name} {quoted(typed_name(plan, left))}={shown}"
    if name == "--map":
        return f"{name} {quoted(f'{left}={typed_name(plan, right, _object(plan, left))}')}"
    if name == "--value":
        return f"{name} {quoted(f'{left}={_typed_value(_field_of_column(plan, left), right)}')}"
    return f"{name} {quoted(f'{left}={right}' if right else left)}".removesuffix(" ''")


def in_words(plan: Plan, answer: str) -> str:
    """Return what an answer does, for its number; several options are ways to find a value, in order."""
    return _(", else ").join(_in_words(plan, *one) for one in parts(answer))


def _in_words(plan: Plan, name: str, left: str, right: str) -> str:
    typed = {
        "DATE": _("a day that you type"),
        "HANDLE": _("a colleague whose name you type"),
        "COLUMN": _("the values of a column that you name"),
    }
    fixed = {
        "--drop": _("leave the column out"),
        "--day-first": _("the day comes first: 01/02 is 1 February"),
        "--month-first": _("the month comes first: 01/02 is 2 January"),
    }
    words = fixed.get(name, f"{name} {left}")
    if place := next((side for side in (left, right) if side in typed), ""):
        words = typed[place]
    elif name == "--map":
        words = _("the column goes to {field}").format(field=typed_path(plan.store.schema, right))
    elif name == "--same":
        words = _("the customer in row {row}").format(row=right)
    elif name == "--people" and right == NONE:
        words = _("nobody: the cell counts as empty")
    elif name == "--people":
        words = _named(plan.store.settings.shown(right), right)
    elif name == "--value" and typed_scale(right):
        words = _("the numbers go from {low} to {high}").format(
            low=left.rpartition(":")[2].partition("-")[0], high=left.rpartition("-")[2]
        )
    elif name == "--value":
        words = _value_in_words(plan, _field_of_column(plan, left), right) if right != NONE else _("no value")
    elif right.startswith("@"):
        words = _("the value of column '{column}'").format(column=right[1:])
    elif name == "--default":
        words = _value_in_words(plan, _field(plan, left), right)
    return words


def parts(answer: str) -> list[tuple[str, str, str]]:
    """Return the options of an answer: the name and both sides of the value of each."""
    return [(name, *(pair(name, value) if name in PAIRS else (value, ""))) for name, value in split(answer)]


def typed_name(plan: Plan, path: str, kind: str = "customers") -> str:
    """Return a field as it is typed for a sheet of an object: by its Chinese label alone if that is enough."""
    long = typed_path(plan.store.schema, path)
    short = long.rpartition(".")[2]
    try:
        return short if not short.isascii() and field_path(plan.store.schema, kind, short) == path else long
    except CrmError:
        return long


def _object(plan: Plan, column: str) -> str:
    """The object of the sheet with a column; customers for a placeholder."""
    tables = plan.understanding.tables
    having = (table.object for table in tables for one in table.columns if norm(one.name) == norm(column))
    return next(having, "customers")


def _field(plan: Plan, path: str) -> Field | None:
    known = plan.store.schema.by_path
    top, dot, key = without_places(path).partition(".")
    return known.get(path) or known.get(f"{top}[]{dot}{key}")


def _field_of_column(plan: Plan, typed: str) -> Field | None:
    columns = {norm(column.name): column.field for table in plan.understanding.tables for column in table.columns}
    named = column_and_value(typed, columns)
    return _field(plan, columns[named[0]]) if named else None


def _typed_value(field: Field | None, value: str) -> str:
    choices = field.choices if field else ()
    return next((choice.typed for choice in choices if choice.value == value), value)


def _value_in_words(plan: Plan, field: Field | None, value: str) -> str:
    if field and field.mark("x-handle"):
        return _named(plan.store.settings.shown(value), value)
    choices = field.choices if field else ()
    return _named(next((choice.label for choice in choices if choice.value == value), value), value)


def _named(label: str, value: str) -> str:
    return label if label == value else f"{label} ({value})"
