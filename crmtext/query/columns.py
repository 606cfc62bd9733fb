"""The columns of a list: their heads, what stands in them, and in which order that comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext.answer import Column
from crmtext.computed import COMPUTED, FILE, PATH
from crmtext.i18n import _, language
from crmtext.values import money

if TYPE_CHECKING:
    from crmtext.query.filter.kinds import Type
    from crmtext.query.path import Path
    from crmtext.snapshot import Snapshot


def head(column: Path, snapshot: Snapshot) -> Column:
    """The head of a column."""
    name = column.name
    if name == PATH:
        return Column(name, _(FILE), fixed=True)
    if found := COMPUTED.get(name):
        return Column(
            name, _(found.label), fixed=found.kind != "text" or bool(found.like), right=found.kind in ("number", "sums")
        )
    # Of a list of plain values the type is that of one of them.
    path = column.type.field.path.removesuffix("[]") if column.type.field else name
    field = snapshot.schema.by_path.get(path) or column.type.field
    label = field.label if field else name
    if field and "[]." in field.path:
        # Several lists have names, titles and owners.
        label = f"{snapshot.schema.by_path[field.path.partition('[]')[0]].label} · {label}"
    single = column.type.kind if not column.type.many else ""
    return Column(name, label, name == "id" or single == "date", right=single == "number")


def shower(column: Path, snapshot: Snapshot) -> Callable[[Mapping[str, Any]], str]:
    """What shows the cells of a column to people, from the values of a customer."""
    say = _saying(column.type, snapshot)

    def shown(values: Mapping[str, Any]) -> str:
        found = column.value(values)
        if found is None or found is False or found in ((), {}, []):
            return ""
        return ", ".join(map(say, found)) if isinstance(found, list) else say(found)

    return shown


def _saying(type_: Type, snapshot: Snapshot) -> Callable[[Any], str]:
    if type_.kind == "sums":
        return lambda found: " + ".join(money.show(amount, each, language()) for each, amount in found.items())
    if type_.field and type_.fixed:
        labels = {choice.value: choice.label for choice in type_.field.choices}
        return lambda found: labels.get(found, found)
    if type_.handle:
        shown = cache(snapshot.settings.shown)
        return lambda found: shown(str(found))
    return _flat


def _flat(found: Any) -> str:
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    if isinstance(found, str):
        return " ".join(found.split())
    if isinstance(found, list | tuple):
        return ", ".join(_flat(each) for each in found)
    if isinstance(found, Mapping):
        return "; ".join(f"{key}: {_flat(each)}" for key, each in found.items())
    return " ".join(str(found).split())


def order(column: Path) -> Callable[[Any], tuple[int, Any]]:
    """A key to sort a column by, whatever stands in it: fixed values in the schema's order, from lead to lost."""
    field = column.type.field if column.type.fixed else None
    places = {choice.value: place for place, choice in enumerate(field.choices)} if field else {}

    def of_one(found: Any) -> tuple[int, Any]:
        return (0, float(places[found])) if places and found in places else _comparable(found)

    return lambda found: (2, [of_one(each) for each in found]) if isinstance(found, list) else of_one(found)


def _comparable(found: Any) -> tuple[int, Any]:
    if isinstance(found, Mapping):
        return 0, float(sum(each for each in found.values() if not isinstance(each, str | dict | list)))
    if isinstance(found, bool | int | float | Decimal):
        return 0, float(found)
    return 1, found.isoformat() if isinstance(found, date) else str(found)
