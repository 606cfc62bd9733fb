"""Next steps of imported interactions: a task that moves to another interaction, or to another day, stays one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.importers.plan.items import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.importers.plan.base import Base


def without_known(have: Sequence[Any], new: Sequence[Any], base: Base) -> list[Any]:
    """The new interactions without the next steps that another one has, or had: a task moves to a newer interaction."""
    steps = [item["next"] for item in new if isinstance(item, dict) and isinstance(item.get("next"), dict)]
    if not steps:
        return [*new]
    held = [item for item in have if isinstance(item, dict) and "next" in item]
    known = {_key(item["next"]) for item in held}
    if not {_key(step) for step in steps} <= known:
        former = (item for items in base.every() if isinstance(items, list) for item in items if isinstance(item, dict))
        known |= {_key(item["next"]) for item in former if isinstance(item.get("next"), dict)}
    return [
        {key: value for key, value in item.items() if key != "next"}
        if isinstance(item, dict) and isinstance(item.get("next"), dict) and _key(item["next"]) in known
        else item
        for item in new
    ]


def moved(
    have: Sequence[Any], new: Sequence[Any], every: Sequence[Any], known: Mapping[int, int], bases: Mapping[int, Base]
) -> list[int]:
    """Return the interactions whose step is in another one now, on another day; `every` has all steps of the files.

    The source wrote the step and has it no more, nobody changed it here, and a new one has the same words.
    """
    there = {_key(item["next"]) for item in every if isinstance(item, dict) and isinstance(item.get("next"), dict)}
    left = {}
    for at, base in bases.items():
        step = have[at].get("next") if isinstance(have[at], dict) else None
        last = base.child("next").last() if isinstance(step, dict) and _key(step) not in there else None
        if last and last.value == step:
            left[at] = step
    places = []
    for number, item in enumerate(new):
        step = item.get("next") if isinstance(item, dict) else None
        if not isinstance(step, dict) or (number in known and "next" in have[known[number]]):
            continue
        words = plain(step.get("action"))
        for at in [at for at, former in left.items() if plain(former.get("action")) == words][:1]:
            del left[at]
            places.append(at)
    return places


def _key(step: Any) -> tuple[Any, Any]:
    return (plain(step.get("action")), step.get("due")) if isinstance(step, dict) else (None, None)
