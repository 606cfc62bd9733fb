"""Any part of a record as labelled text, by what the schema says of it: a new key needs no code here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.values.standards import industry
from crmtext.wording import labels, links, numbers
from crmtext.wording.links import stem

if TYPE_CHECKING:
    from crmtext.schema import Field
    from crmtext.settings import Settings

_AMOUNTS = frozenset({"amount", "min", "max"})
#: Not those of a year, which the schema calls text.
_NUMBERS = frozenset({"number", "integer"})
_SPAN = ("min", "max", "basis")
_TABLE_CELL = 60
_TABLE_COLUMNS = 9


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as text; `tone` is `number`, `date`, `choice`, `customer` or empty."""

    text: str
    href: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key's label and what stands under it: values, or maps."""

    key: str
    label: str
    cells: tuple[Cell, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def tone(self) -> str:
        """That of its first value."""
        return self.cells[0].tone if self.cells else ""


@dataclass(frozen=True, slots=True)
class Group:
    """A map: its entries in the schema's order, and the text that names it."""

    entries: tuple[Entry, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Maps side by side."""

    columns: tuple[Entry, ...]
    rows: tuple[tuple[tuple[Cell, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """What is looked up while a record is put into words."""

    settings: Settings
    names: Mapping[str, str]


def entry(key: str, value: object, field: Field | None, book: Book) -> Entry:
    """What stands under a key."""
    label = labels.key_label(field, key)
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    maps = tuple(item for item in values if isinstance(item, Mapping))
    if maps:
        titled = value is values
        return Entry(key, label, groups=tuple(group(item, field, book, titled=titled) for item in maps))
    inner = field.item if field and field.item else field
    return Entry(key, label, tuple(cell(key, item, inner, book) for item in values if item is not None))


def entries(data: Mapping[str, object], field: Field | None, book: Book) -> tuple[Entry, ...]:
    """A map's keys in the schema's order, then the ones that the schema does not know."""
    known = labels.children(field)
    amounts = _amounts(data, book) if "currency" in known else {}
    order = [key for key in known if key in data] + [key for key in data if key not in known]
    made = (
        Entry(key, labels.key_label(known.get(key), key), (Cell(amounts[key], tone="number"),))
        if key in amounts
        else entry(key, data[key], known.get(key), book)
        for key in order
        if not (key == "currency" and amounts)
    )
    return tuple(one for one in made if one.cells or one.groups)


def group(data: Mapping[str, object], field: Field | None, book: Book, *, titled: bool = True) -> Group:
    """A map with the text that names it taken out of its entries, when it has one."""
    every = entries(data, field, book)
    name = next((one for one in every if titled and _is_title(one, field)), None)
    if name is None:
        return Group(every)
    return Group(tuple(one for one in every if one is not name), name.cells[0].text)


def cell(key: str, value: object, field: Field | None, book: Book) -> Cell:
    """One value in words."""
    if isinstance(value, bool):
        return Cell(_("yes") if value else _("no"))
    if isinstance(value, int | float | Decimal) and (field is None or field.kind in _NUMBERS):
        return Cell(numbers.number(value, field.mark("x-unit") if field else ""), tone="number")
    if isinstance(value, date):
        return Cell(value.isoformat(), tone="date")
    text = str(value)
    if field is None:
        return Cell(text, links.to(key, text))
    return _known(key, text, field, book)


def table(groups: tuple[Group, ...]) -> Table | None:
    """The maps as a table, when they are short and alike enough to be read as one."""
    columns = {one.key: one for made in groups for one in made.entries}
    cells = [value for made in groups for one in made.entries for value in flat(one)]
    if len(groups) < 2 or len(columns) > _TABLE_COLUMNS or any(made.title for made in groups):
        return None
    if any(len(value.text) > _TABLE_CELL for value in cells):
        return None
    order = tuple(columns.values())
    return Table(order, tuple(_row(made, order) for made in groups))


def flat(made: Entry) -> tuple[Cell, ...]:
    """All values under an entry, maps run together: for a place where there is no room for more."""
    return made.cells + tuple(Cell(" · ".join(_texts(one))) for one in made.groups)


def _texts(made: Group) -> Iterable[str]:
    if made.title:
        yield made.title
    rest = made.entries
    if span := _span({one.key: flat(one)[0].text for one in rest if len(flat(one)) == 1}):
        yield span
        rest = tuple(one for one in rest if one.key not in _SPAN)
    for one in rest:
        value = _(", ").join(value.text for value in flat(one))
        yield labels.labelled(one.label, value)


def _span(known: Mapping[str, str]) -> str:
    """A budget: the least and the most amount, and what they rest on, as `¥180,000-¥240,000 (stated)`."""
    low, high, basis = (known.get(key, "") for key in _SPAN)
    if not low and not high:
        return basis if known.keys() <= {*_SPAN, "text"} else ""
    both = low if low == high else f"{low}-{high}"
    text = (
        both
        if low and high
        else _("from {amount}").format(amount=low)
        if low
        else _("up to {amount}").format(amount=high)
    )
    return _("{text} ({more})").format(text=text, more=basis) if basis else text


def _row(made: Group, order: tuple[Entry, ...]) -> tuple[tuple[Cell, ...], ...]:
    found = {one.key: flat(one) for one in made.entries}
    return tuple(found.get(column.key, ()) for column in order)


def _known(key: str, text: str, field: Field, book: Book) -> Cell:
    if field.choices:
        return Cell(labels.choice_label(field, text), tone="choice")
    if field.mark("x-handle"):
        return Cell(labels.person(book.settings, text))
    if field.mark("x-reference"):
        name = book.names.get(text)
        return Cell(f"{name} ({text})", stem(text), "customer") if name else Cell(text)
    if field.kind == "date":
        return Cell(text, tone="date")
    if field.path == "industry" and (name := industry(text)):
        return Cell(f"{text} {name}")
    return Cell(text, links.to(key, text))


def _amounts(data: Mapping[str, object], book: Book) -> Mapping[str, str]:
    currency = str(data.get("currency") or book.settings.currency)
    return {
        key: numbers.amount(value, currency)
        for key, value in data.items()
        if key in _AMOUNTS and isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    }


def _is_title(made: Entry, field: Field | None) -> bool:
    found = labels.children(field).get(made.key)
    if found is None or len(made.cells) != 1 or made.cells[0].href:
        return False
    if found.choices or found.mark("x-handle") or found.mark("x-reference"):
        return False
    return found.kind == "text" and made.key in labels.required(field)
