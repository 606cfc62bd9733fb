"""The columns of a list: their heads, what stands in them, and in which order that comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext import money
from crmtext.answer import Column
from crmtext.computed import COMPUTED
from crmtext.i18n import LANGUAGES, N_, _, language, speaking

if TYPE_CHECKING:
    from crmtext.schema import Field
    from crmtext.snapshot import Snapshot

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
    "recency": N_("Days since purchase"),
    "frequency": N_("Purchases in a year"),
    "monetary": N_("Turnover in a year"),
    "satisfaction": N_("Satisfaction"),
    "open_cases": N_("Open cases"),
    "completeness": N_("Complete %"),
    "age": N_("Age"),
}
#: Sums by currency, and other numbers.
_SUMS = ("open_value", "weighted_value", "transaction_sum", "monetary")
_NUMBERS = (
    "days_since_contact", "transaction_count", "recency", "frequency", "open_cases", "completeness", "age", *_SUMS,
)  # fmt: skip


def figure(typed: str) -> str:
    """The computed figure that a typed column head means, in whichever language; empty if none."""
    wanted = typed.strip().casefold()
    for each in LANGUAGES:
        with speaking(each):
            if name := next((name for name, head in _HEADS.items() if _(head).casefold() == wanted), ""):
                return name
    return ""


def head(name: str, snapshot: Snapshot) -> Column:
    """The head of the column of a key or a computed figure."""
    if name in _HEADS and name in (*COMPUTED, "path"):
        return Column(name, _(_HEADS[name]), fixed=True, right=name in _NUMBERS)
    field = field_of(name, snapshot)
    fixed = name == "id" or (field is not None and field.kind == "date")
    return Column(name, field.label if field else name, fixed)


def is_known(name: str, snapshot: Snapshot) -> bool:
    """Whether there is such a key inside a block, or whatever below an open one."""
    top = snapshot.schema.by_path.get(name.partition(".")[0])
    return name in inner(snapshot) or top is None or not top.children


def inner(snapshot: Snapshot) -> tuple[str, ...]:
    """The keys inside blocks, by path."""
    return tuple(path for path in snapshot.schema.by_path if "." in path and "[]" not in path)


def value(values: Mapping[str, Any], name: str) -> Any:
    """What a customer has under a name; None where that is nothing."""
    first, _dot, rest = name.partition(".")
    found = values.get(first)
    # A list asks thousands of times, and nearly always for a key at the top.
    for step in rest.split(".") if rest else ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def shower(name: str, snapshot: Snapshot) -> Callable[[Mapping[str, Any]], str]:
    """What shows the cells of a column to people, from the values of a customer."""
    said = _saying(name, snapshot)

    def shown(values: Mapping[str, Any]) -> str:
        found = value(values, name)
        if found is None or found is False or found in ((), {}):
            return ""
        return _("yes") if found is True else said(found)

    return shown


def _saying(name: str, snapshot: Snapshot) -> Callable[[Any], str]:
    field = field_of(name, snapshot)
    if name in _SUMS:
        return lambda found: " + ".join(money.show(amount, each, language()) for each, amount in found.items())
    if field and field.choices:
        labels = {choice.value: choice.label for choice in field.choices}
        return lambda found: labels.get(found, found) if isinstance(found, str) else _flat(found)
    if field and field.mark("x-handle"):
        shown = cache(snapshot.settings.shown)
        return lambda found: shown(str(found))
    return _flat


def field_of(name: str, snapshot: Snapshot) -> Field | None:
    """The field whose values stand in a column; None for a figure that has none."""
    return snapshot.schema.by_path.get(name if name != "lifecycle" else "classification.lifecycle")


def _flat(found: Any) -> str:
    if isinstance(found, str):
        return " ".join(found.split())
    if isinstance(found, list | tuple):
        return ", ".join(_flat(each) for each in found)
    if isinstance(found, Mapping):
        return "; ".join(f"{key}: {_flat(each)}" for key, each in found.items())
    return " ".join(str(found).split())


def order(name: str, snapshot: Snapshot) -> Callable[[Any], tuple[int, Any]]:
    """A key to sort a column by, whatever stands in it: fixed values in the schema's order, from lead to lost."""
    field = field_of(name, snapshot)
    places = {choice.value: place for place, choice in enumerate(field.choices)} if field else {}
    return lambda found: (0, float(places[found])) if places and found in places else _comparable(found)


def _comparable(found: Any) -> tuple[int, Any]:
    if isinstance(found, Mapping):
        return 0, float(sum(each for each in found.values() if not isinstance(each, str | dict | list)))
    if isinstance(found, bool | int | float):
        return 0, float(found)
    return 1, found.isoformat() if isinstance(found, date) else str(found)
