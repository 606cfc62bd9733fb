"""Customers made up by rule, as many as are wanted: the same for the same seed and day."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from crmtext.demo.dealings import dealings
from crmtext.demo.people import Who, who
from crmtext.text import emit
from crmtext.text.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from crmtext.schema import Schema
    from crmtext.text.emit import Value

#: What ids end in: no letters or digits that are taken for others.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: A step through all endings of four signs that meets each once, as it has no divisor in common with their number.
_STRIDE = 611_953


def customers(count: int, seed: int, today: date, schema: Schema) -> Iterator[tuple[str, str]]:
    """Path and text of so many records; the first of many are those of few."""
    order = {field.key: place for place, field in enumerate(schema.fields)}
    style = Style(dates=frozenset(path for path, field in schema.by_path.items() if field.kind == "date"))
    for number in range(count):
        chance = Random(f"{seed} {number}")  # noqa: S311 - nothing secret: it has to be the same again
        person = who(chance, today, _ending(number + seed))
        record: dict[str, Value] = {**person.record, **dealings(chance, person, today)}
        ordered = dict(sorted(record.items(), key=lambda item: order[item[0]]))
        yield _path(person), "\n".join(emit.block(ordered, 0, "", style)) + "\n"


def _path(person: Who) -> str:
    return f"records/{person.folder}/{person.record['id']}.yaml"


def _ending(number: int) -> str:
    """Four signs that no other number below 900,000 has."""
    base = len(_SIGNS)
    rest = number * _STRIDE % base**4
    return "".join(_SIGNS[rest // base**place % base] for place in range(4))
