"""What a command says that it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.wording import values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.record.input.path import Key
    from crmtext.store import Store


def changed(key: Key, old: Any, new: Any, store: Store) -> str:
    """A key whose value is another one now, one it did not have, or none."""
    if new is None:
        return _("{key} removed").format(key=key.label)
    now = values.value(key.field, new, store)
    if old is None or key.field.mark("x-sensitive"):
        return _("{key}: {value}").format(key=key.label, value=now)
    return _("{key}: {old} → {new}").format(key=key.label, old=values.value(key.field, old, store), new=now)


def both(parts: Iterable[str]) -> str:
    """Several things said, one after the other."""
    return _("; ").join(parts)
