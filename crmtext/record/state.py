"""Fill in and remove the dates and colleagues that a state requires, such as the day a deal was won.

The schema says which: a rule whose `if` names a field of a map, and whose `then` requires a date that cannot lie in
the future, or a colleague. A team's own fields and rules work the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmtext.record.change.steps import Step, change_text, put, removal
from crmtext.record.input import arguments, path
from crmtext.schema import fixes
from crmtext.text.pointer import get, last, parent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crmtext.record.input.path import Key
    from crmtext.schema import Field
    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.emit import Value


def steps(before: Document, after: Document, typed: Sequence[Key], store: Store) -> Iterator[Step]:
    """Yield a step for each date that follows from the places that were typed; those themselves are left alone."""
    for above in dict.fromkeys(parent(key.pointer) for key in typed):
        here = {last(key.pointer): key for key in typed if parent(key.pointer) == above}
        field = store.schema.at(above) if above else store.schema.root
        old, new = get(before.data, above), get(after.data, above)
        if field is None or not isinstance(new, Mapping):
            continue
        for name, value in required_values(field, old if isinstance(old, Mapping) else {}, new, here, store).items():
            if value == new.get(name):
                continue
            place = _beside(next(iter(here.values())), field, name)
            (operation,) = (removal(after, place.pointer),) if value is None else put(place, value, after, store)
            yield Step((operation,), change_text(place, new.get(name), value, store))


def required_values(
    field: Field, old: Mapping[str, Any], new: Mapping[str, Any], typed: Collection[str], store: Store
) -> dict[str, Value]:
    """Return by key the values that the map's new state requires; None for those it no longer allows.

    A move between two states that require the same field renews its value. Fields in `typed` are left alone.
    """
    values: dict[str, Value] = {}
    for rule in field.resolved.get("allOf", ()):
        names = [name for name in rule["if"].get("properties", ()) if name in typed]
        asked = [child for child in field.children if child.key in rule["then"].get("required", ())]
        if not names or not asked:
            continue
        held, holds = (fixes.fits(dict(side), rule["if"], store.schema) for side in (old, new))
        moved = held and any(old.get(name) != new.get(name) for name in names)
        for child in asked:
            is_filled_in = child.is_past or child.mark("x-handle")
            if child.key in typed or not is_filled_in:
                continue
            if holds and (moved or new.get(child.key) is None):
                values[child.key] = default(child, store)
            elif held and not holds and new.get(child.key) is not None:
                values[child.key] = None
    return values


def default(child: Field, store: Store) -> Any:
    """Return the value of a required field that was left out: its default, today or the current user; else None."""
    if (given := child.resolved.get("default")) is not None:
        return given
    if child.is_past:
        return store.today.isoformat()
    if child.mark("x-handle"):
        return arguments.colleague(store, "me")
    return None


def _beside(key: Key, field: Field, name: str) -> Key:
    """Return the place of another field of the same map."""
    holder = key._replace(
        pointer=parent(key.pointer), shown=key.shown.rpartition(".")[0], label=key.label.rpartition(" · ")[0]
    )
    return path.below(holder, field.by_key[name])
