"""The columns of a list: heads, the text of the cells, and sort keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext.answer import Column
from crmtext.i18n import _, language
from crmtext.query.computed_names import FILE, PATH
from crmtext.values import lazy, money

if TYPE_CHECKING:
    from crmtext.query.computed_names import ComputedNames
    from crmtext.query.filter.kinds import Type
    from crmtext.query.path import Path
    from crmtext.sealing.mask import RecordMask
    from crmtext.snapshot import Snapshot

_POSITION = lazy.pattern(r"\[-?\d+\]")


def head(column: Path, snapshot: Snapshot, names: ComputedNames) -> Column:
    """The head of a column."""
    name = column.name
    if name == PATH:
        return Column(name, _(FILE), fixed=True)
    if figure := names.get(name):
        return Column(
            name,
            _(figure.label),
            fixed=figure.kind != "text" or figure.is_fixed,
            right=figure.kind in ("number", "sums"),
        )
    # A list of plain values is typed as one of them.
    path = column.type.field.path.removesuffix("[]") if column.type.field else name
    field = snapshot.schema.by_path.get(path) or column.type.field
    label = snapshot.schema.label(field) if field else name
    single = column.type.kind if not column.type.many else ""
    return Column(name, label, name == "id" or single == "date", right=single == "number")


def cell_text(
    column: Path, snapshot: Snapshot, names: ComputedNames
) -> Callable[[Mapping[str, Any], RecordMask | None], str]:
    """Return a function from the values of a customer, and its mask if any, to the text of the column's cell."""
    one = word(column.type, snapshot)
    masked = _masker(column, names)
    figure = names.get(column.name)
    sure_with = figure.sure_with if figure else ""

    def text(values: Mapping[str, Any], mask: RecordMask | None) -> str:
        value = column.value(values)
        if value is None or value is False or value in ((), {}, []):
            return ""
        if mask and masked:
            value = masked(mask, value)
        mark = "?" if sure_with and values[sure_with] is None else ""
        return (", ".join(map(one, value)) if isinstance(value, list) else one(value)) + mark

    return text


def _masker(column: Path, names: ComputedNames) -> Callable[[RecordMask, Any], Any] | None:
    """Return a function that masks a value of the column; None if nothing is ever masked there."""
    if column.name == PATH:
        return lambda mask, value: mask.path(value)
    if figure := names.get(column.name):
        return (lambda mask, value: mask.texts(value)) if figure.is_text else None
    # A position in a list says nothing about the field.
    path = column.type.field.path if column.type.field else _POSITION.sub("[]", column.name)
    return lambda mask, value: mask.value(path, value)


def word(type_: Type, snapshot: Snapshot) -> Callable[[Any], str]:
    """Return a function from one value of a type to its text in the current language."""
    if type_.kind == "sums":
        return lambda value: " + ".join(
            money.show(money.rounded(amount), currency, language()) for currency, amount in value.items()
        )
    if type_.field and type_.fixed:
        labels = {choice.value: choice.label for choice in type_.field.choices}
        return lambda value: labels.get(value, value)
    if type_.handle:
        display = cache(snapshot.settings.shown)
        return lambda value: display(str(value))
    return _flat


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list | tuple):
        return ", ".join(_flat(item) for item in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_flat(item)}" for key, item in value.items())
    return " ".join(str(value).split())


def sort_key(column: Path) -> Callable[[Any], tuple[int, Any]]:
    """Return the sort key of a column: fixed values sort in the schema's order, from lead to lost."""
    field = column.type.field if column.type.fixed else None
    places = {choice.value: place for place, choice in enumerate(field.choices)} if field else {}

    def of_one(value: Any) -> tuple[int, Any]:
        return (0, float(places[value])) if places and value in places else _comparable(value)

    return lambda value: (2, [of_one(item) for item in value]) if isinstance(value, list) else of_one(value)


def _comparable(value: Any) -> tuple[int, Any]:
    if isinstance(value, Mapping):
        return 0, float(sum(amount for amount in value.values() if not isinstance(amount, str | dict | list)))
    if isinstance(value, bool | int | float | Decimal):
        return 0, float(value)
    return 1, value.isoformat() if isinstance(value, date) else str(value)
