"""How the fields of the schema are used: fill rates, unused values, fields of `custom`, tags."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.values.did_you_mean import nearest
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.schema import Field, Schema

#: The share of customers, in percent, from which on a field of `custom` deserves a place in the schema.
_OFTEN = 20
#: Tags longer than this are compared as a whole, and if more are alike, as numbered ones are, they differ on purpose.
_LONGEST, _MOST_ALIKE = 200, 4
#: Fields that only persons have, and that all others have.
_PERSON, _COMPANY = "person", "company"
_CUSTOM = "custom"


class Fill(NamedTuple):
    """How many of the customers or items that may have a field have it."""

    field: Field
    filled: int
    of: int

    @property
    def rate(self) -> float:
        """The share, from 0 to 1; 1 if nothing may have it."""
        return self.filled / self.of if self.of else 1.0

    @property
    def missing(self) -> str:
        """The expression for the customers that may have the field and don't."""
        list_, inside, _rest = self.field.path.rpartition("[].")
        path = self.field.path.replace("[]", "")
        if inside:
            return f"{list_.replace('[]', '')} and {path} == none"
        only = {_PERSON: "type == 'person' and ", _COMPANY: "type != 'person' and "}.get(_top(self.field), "")
        return f"{only}{path} == none"


def fill_rates(customers: Sequence[Customer], schema: Schema) -> tuple[Fill, ...]:
    """Return the fill rate of each field, the lowest first.

    A field of the customer counts all customers whose type may have it: `person` only persons, `company` all others. A
    field of a list's items counts the customers with an item; it is filled in if one of their items has it.
    """
    counts: dict[str, Counter[str]] = {"": Counter(), _PERSON: Counter(), _COMPANY: Counter()}
    number: Counter[str] = Counter()
    for customer in customers:
        kind = _PERSON if customer.type == _PERSON else _COMPANY
        number[kind] += 1
        paths: set[str] = set()
        _add_filled((customer.data,), "", paths)
        counts[kind].update(paths)
    counts[""] = counts[_PERSON] + counts[_COMPANY]
    number[""] = number.total()

    def fill(field: Field) -> Fill:
        # A record of another type may have the block: that is only a warning.
        kind = top if (top := _top(field)) in (_PERSON, _COMPANY) else ""
        list_, inside, _rest = field.path.rpartition("[].")
        return Fill(field, counts[kind][field.path], counts[kind][list_] if inside else number[kind])

    rates = map(fill, _leaves(schema))
    return tuple(sorted((fill for fill in rates if fill.of), key=lambda fill: (fill.rate, fill.field.path)))


def unused_values(customers: Sequence[Customer], schema: Schema) -> Iterator[tuple[Field, tuple[str, ...]]]:
    """Yield the fields with values that no customer has, and these values in the schema's order."""
    for field in schema.by_path.values() if customers else ():
        if field.choices:
            used = {value for customer in customers for value in schema.all_values(customer.data, (field.path,))}
            if unused := tuple(choice.value for choice in field.choices if choice.value not in used):
                yield field, unused


def frequent_custom(customers: Sequence[Customer]) -> Iterator[tuple[str, int]]:
    """Yield the fields of `custom` that many customers have, most frequent first, and the number of customers."""
    counts = Counter(
        name for customer in customers for name, value in customer.data.get(_CUSTOM, {}).items() if _is_filled(value)
    )
    often = [(name, count) for name, count in counts.items() if 100 * count >= _OFTEN * len(customers)]
    yield from sorted(often, key=lambda pair: (-pair[1], pair[0]))


def tags_once(customers: Iterable[Customer]) -> tuple[tuple[str, Customer], ...]:
    """Return the tags that only one customer has, and the customer."""
    holders: dict[str, list[Customer]] = {}
    for customer in customers:
        for tag in customer.data.get("tags", ()):
            holders.setdefault(tag, []).append(customer)
    return tuple((tag, having[0]) for tag, having in sorted(holders.items()) if len(having) == 1)


def similar_tags(customers: Iterable[Customer]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of tags that may mean the same, the rarer one first."""
    counts = Counter(tag for customer in customers for tag in customer.data.get("tags", ()))
    alike: dict[str, list[str]] = {}
    for tag in sorted(counts):
        for form in _forms(folded(tag)):
            alike.setdefault(form, []).append(tag)
    near = {pair for tags in alike.values() if len(tags) <= _MOST_ALIKE for pair in combinations(tags, 2)}
    pairs = (pair for pair in sorted(near) if _is_similar(*pair))
    return tuple((one, other) if counts[one] <= counts[other] else (other, one) for one, other in pairs)


def _forms(word: str) -> set[str]:
    """The word, and the word without one of its letters: words that differ in one letter share such a form."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word) if len(word) <= _LONGEST else 0))}


def _is_similar(one: str, other: str) -> bool:
    """Whether two tags are the same but for case, width or blanks, or one wrong letter."""
    first, second = folded(one), folded(other)
    return first == second or bool(nearest(first, (second,)))


def _leaves(schema: Schema) -> Iterator[Field]:
    """The fields that hold values, not blocks or lists of them; what is below `custom` is the team's own."""
    for field in schema.by_path.values():
        blocks = field.children or (field.item and field.item.children)
        if field.path and not field.path.endswith("[]") and _top(field) != _CUSTOM and not blocks:
            yield field


def _add_filled(items: Iterable[Mapping[str, Any]], prefix: str, paths: set[str]) -> None:
    """Add the paths of all values in some maps that are filled in; those of `custom` have no field."""
    plain: set[str] = set()
    for item in items:
        # A field that is filled in is not looked at again: this runs for every value of every record.
        for key in item.keys() - plain:
            value, path = item[key], prefix + key
            if type(value) is dict:
                if value and path != _CUSTOM:
                    paths.add(path)
                    _add_filled((value,), f"{path}.", paths)
            elif type(value) is list:
                if value:
                    paths.add(path)
                    _add_filled([one for one in value if type(one) is dict], f"{path}[].", paths)
            elif value is not None and value != "":
                paths.add(path)
                plain.add(key)


def _top(field: Field) -> str:
    return field.path.partition(".")[0].removesuffix("[]")


def _is_filled(value: object) -> bool:
    return value not in (None, "", [], {})
