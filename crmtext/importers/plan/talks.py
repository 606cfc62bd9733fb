"""New interactions of customers of the store, and where they go among those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.text.edit.operations import Append, Insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.text.edit.operations import Operation

_TALKS = "interactions"
_POINTER = f"/{_TALKS}"


def by_date(operations: Iterable[Operation], data: Mapping[str, Any]) -> tuple[list[Operation], list[Append | Insert]]:
    """Return the operations without those that add interactions, and these: each after all of its day or earlier."""
    days = [_day(talk) for talk in data.get(_TALKS) or ()]
    rest: list[Operation] = []
    added: list[Append | Insert] = []
    for one in operations:
        if not isinstance(one, Append) or one.pointer != _POINTER or not days:
            rest.append(one)
            continue
        number = _place(days, _day(one.value))
        added.append(one if number == len(days) else Insert(_POINTER, number, one.value))
        days.insert(number, _day(one.value))
    return rest, added


def _place(days: Sequence[str], day: str) -> int:
    if not day:
        return len(days)
    return next((at for at in range(len(days), 0, -1) if days[at - 1] <= day), 0)


def _day(talk: Any) -> str:
    return str(talk.get("date", ""))[:10] if isinstance(talk, dict) else ""
