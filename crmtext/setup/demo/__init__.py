"""Generate any number of customers; the same seed and day give the same customers."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from crmtext.layout import RECORDS
from crmtext.setup.demo.dealings import Life, life
from crmtext.setup.demo.people import Who, who
from crmtext.text.edit import emit
from crmtext.text.edit.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from crmtext.schema import Schema
    from crmtext.text.edit.emit import Value

#: The characters of the ends of ids; none looks like another.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: A step that visits all ends of four characters once, as it is coprime to their number.
_STRIDE = 611_953
#: One in this many customers is a duplicate, so that a check finds something.
_TWINS = 400
#: The distance between the first names of two seeds.
_APART = 7_919


class Generated(NamedTuple):
    """A generated customer."""

    path: str
    life: Life


def customers(count: int, seed: int, today: date) -> Iterator[Generated]:
    """Yield this many customers; a larger count only adds some."""
    for number in range(count):
        chance = Random(f"{seed} {number}")  # noqa: S311 - not for secrets; it must be reproducible
        person = _twin(number, seed, today) if number % _TWINS == _TWINS - 1 else _own(number, seed, today, chance)
        yield Generated(f"{RECORDS}/{person.folder}/{person.record['id']}.yaml", life(chance, person, today))


class Writer:
    """Writes generated records as text."""

    def __init__(self, schema: Schema) -> None:
        self._order = {field.key: place for place, field in enumerate(schema.fields)}
        self._style = Style(dates=frozenset(path for path, field in schema.by_path.items() if field.kind == "date"))

    def text(self, record: Mapping[str, Value]) -> str:
        """Return the text of a record, with its fields in the schema's order."""
        ordered = dict(sorted(record.items(), key=lambda item: self._order[item[0]]))
        return "\n".join(emit.block(ordered, 0, "", self._style)) + "\n"


def _own(number: int, seed: int, today: date, chance: Random) -> Who:
    return who(chance, today, _ending(number + seed), number + seed * _APART)


def _twin(number: int, seed: int, today: date) -> Who:
    """A duplicate of an earlier customer: with the long legal form, and another owner."""
    before = number - _TWINS // 2
    person = _own(before, seed, today, Random(f"{seed} {before}"))  # noqa: S311 - as above
    record = dict(person.record)
    record["id"] = str(record["id"])[: -len(_ending(0))] + _ending(number + seed)
    record["name"] = str(record["name"]).replace("有限公司", "有限责任公司")
    record["owner"] = "hanmei" if person.owner == "lilei" else "lilei"
    return person._replace(record=record)


def _ending(number: int) -> str:
    """Four characters, unique for numbers below 900,000."""
    base = len(_SIGNS)
    rest = number * _STRIDE % base**4
    return "".join(_SIGNS[rest // base**place % base] for place in range(4))
