"""Parts of a record as labelled text, driven by the schema: a new field needs no code here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crmtext.i18n import _, bracketed
from crmtext.values.standards import industry, region
from crmtext.wording import labels, links, numbers
from crmtext.wording.links import stem

if TYPE_CHECKING:
    from crmtext.schema import Field
    from crmtext.settings import Settings

_AMOUNTS = frozenset({"amount", "min", "max", "limit"})
#: A year is text in the schema, so it gets no thousands separator.
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
    """A field's label with its values or maps."""

    key: str
    label: str
    cells: tuple[Cell, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def tone(self) -> str:
        """The tone of the first value."""
        return self.cells[0].tone if self.cells else ""


@dataclass(frozen=True, slots=True)
class Group:
    """A map: its entries in the schema's order, and its title."""

    entries: tuple[Entry, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Maps as rows with common columns."""

    columns: tuple[Entry, ...]
    rows: tuple[tuple[tuple[Cell, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Lookups for the words of a record: settings, and names of customers by id."""

    settings: Settings
    names: Mapping[str, str]


def entry(key: str, value: object, field: Field | None, book: Book) -> Entry:
    """Return the entry of a key."""
    label = labels.key_label(field, key)
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    maps = tuple(item for item in values if isinstance(item, Mapping))
    inner = field.item if field and field.item else field
    cells = tuple(cell(key, item, inner, book) for item in values if not (item is None or isinstance(item, Mapping)))
    return Entry(key, label, cells, tuple(group(item, field, book, titled=value is values) for item in maps))


def entries(data: Mapping[str, object], field: Field | None, book: Book) -> tuple[Entry, ...]:
    """Return the entries of a map in the schema's order, then those of unknown keys."""
    known = labels.children(field)
    amounts = _amounts(data, book) if "currency" in known else {}
    order = [key for key in known if key in data] + [key for key in data if key not in known]
    every = (
        Entry(key, labels.key_label(known.get(key), key), (Cell(amounts[key], tone="number"),))
        if key in amounts
        else entry(key, data[key], known.get(key), book)
        for key in order
        if not (key == "currency" and amounts)
    )
    return tuple(entry for entry in every if entry.cells or entry.groups)


def group(data: Mapping[str, object], field: Field | None, book: Book, *, titled: bool = True) -> Group:
    """Return a map with its title taken out of its entries, if it has one."""
    every = entries(data, field, book)
    name = next((entry for entry in every if titled and _is_title(entry, field)), None)
    if name is None:
        return Group(every)
    return Group(tuple(entry for entry in every if entry is not name), name.cells[0].text)


def cell(key: str, value: object, field: Field | None, book: Book) -> Cell:
    """Return one value in words."""
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
    """Return the maps as a table if they are short and alike; else None."""
    columns = {entry.key: entry for group in groups for entry in group.entries}
    cells = [value for group in groups for entry in group.entries for value in flat(entry)]
    if len(groups) < 2 or len(columns) > _TABLE_COLUMNS or any(group.title for group in groups):
        return None
    if any(len(value.text) > _TABLE_CELL for value in cells):
        return None
    rows = ({entry.key: flat(entry) for entry in group.entries} for group in groups)
    return Table(tuple(columns.values()), tuple(tuple(row.get(key, ()) for key in columns) for row in rows))


def flat(entry: Entry) -> tuple[Cell, ...]:
    """Return all values of an entry in one row, with maps as text, for a place without room for more."""
    return entry.cells + tuple(Cell(" · ".join(_texts(group))) for group in entry.groups)


def _texts(group: Group) -> Iterable[str]:
    if group.title:
        yield group.title
    rest = group.entries
    if span := _budget_text({entry.key: flat(entry)[0].text for entry in rest if len(flat(entry)) == 1}):
        yield span
        rest = tuple(entry for entry in rest if entry.key not in _SPAN)
    for entry in rest:
        value = _(", ").join(value.text for value in flat(entry))
        yield labels.labelled(entry.label, value)


def _budget_text(known: Mapping[str, str]) -> str:
    """Return a budget as one text: `¥180,000-¥240,000 (stated)`."""
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


def _known(key: str, text: str, field: Field, book: Book) -> Cell:
    if field.choices:
        return Cell(labels.choice_label(field, text), tone="choice")
    if field.mark("x-handle"):
        return Cell(labels.person(book.settings, text))
    if field.mark("x-reference"):
        name = book.names.get(text)
        return Cell(bracketed(name, text), stem(text), "customer") if name else Cell(text)
    if field.kind == "date" or field.is_past:
        return Cell(text, tone="date")
    if is_code(field):
        return Cell(code_words(field, text))
    return Cell(text, links.to(key, text))


def is_code(field: Field) -> bool:
    """Whether a field holds the code of an industry or region."""
    return field.path == "industry" or field.key == "region_code"


def code_words(field: Field, code: str) -> str:
    """Return the code of an industry or region with its name; an unknown code as it is."""
    names = (industry(code),) if field.path == "industry" else region(code) or ()
    return " ".join(filter(None, (code, *names)))


def _amounts(data: Mapping[str, object], book: Book) -> Mapping[str, str]:
    currency = str(data.get("currency") or book.settings.currency)
    return {
        key: numbers.amount(value, currency)
        for key, value in data.items()
        if key in _AMOUNTS and isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    }


def _is_title(entry: Entry, field: Field | None) -> bool:
    child = labels.children(field).get(entry.key)
    if child is None or len(entry.cells) != 1 or entry.cells[0].href:
        return False
    if child.choices or child.mark("x-handle") or child.mark("x-reference"):
        return False
    return child.kind == "text" and entry.key in labels.required(field)
