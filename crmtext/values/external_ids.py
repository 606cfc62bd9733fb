"""Ids that a customer, or an item of its lists, has in other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The field, of a customer and of the items of some lists.
FIELD = "external_ids"


def placed(systems: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield system, id and the steps to it, of the value of the field."""
    for system, value in systems.items() if isinstance(systems, Mapping) else ():
        if isinstance(value, str):
            yield system, value, (system,)
        elif isinstance(value, list):
            yield from ((system, id_, (system, f"{at}")) for at, id_ in enumerate(value) if isinstance(id_, str))


def ids_of(value: Any) -> list[str]:
    """Return the ids in one system: a text or a list of them."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []
