"""Values as cells, and back: both ways of each kind of value stand side by side."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, time
from decimal import Decimal
from math import isinf
from typing import TYPE_CHECKING, Any

from crmtext.i18n import LANGUAGES, N_, _, translations
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmtext.exporters.tables import Shape
    from crmtext.schema.dictionary import Choice

#: A cell; formats with kinds of cells keep its kind.
Cell = str | int | float | bool

#: How long a text in a cell of a workbook may be, in UTF-16 units.
LARGEST = 32_767
#: Between the texts of a list.
BETWEEN = "; "
#: Texts that would be read as nothing, a list or a map; one `'` in front keeps them texts.
_CLOSED = lazy.pattern(r"'*(?:\Z|[\[{])")
#: Texts that a spreadsheet runs as a formula, with the `'` in front of them.
_FORMULA = lazy.pattern(r"'*[=+\-@\t\r＝＋－＠]")
#: Numbers that are written bare, so that a spreadsheet adds up refunds, too.
_BARE = lazy.pattern(r"-?[0-9]+(?:\.[0-9]+)?")
#: Numbers and truths in an open column of a text file.
_TYPED = lazy.pattern(r"'*(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|true|false)")
#: Longer texts are no numbers: the longest finite one has fewer digits, and Python rejects integers of over 4,300.
_LONGEST = 400
#: `2024/5/1`, as a spreadsheet shows and saves a day.
_DAY = lazy.pattern(r"([0-9]{4})([/.])([0-9]{1,2})\2([0-9]{1,2})")
_TRUTHS = {"true": True, "false": False}
_NAMES = {True: N_("yes"), False: N_("no")}


def encoder(shape: Shape, *, labels: bool) -> Callable[[Any], Cell]:
    """Return the function from values of a shape to cells; with `labels`, choices are labels in the language in use."""
    if shape.kind in ("id", "open", "map", "list"):
        return _open
    named = _words(shape) if labels else {}
    if shape.kind == "texts":
        return lambda value: _joined([named.get(one, one) for one in value])
    return lambda value: named.get(value, value) if isinstance(value, Cell) else to_json(value)


def decoder(shape: Shape) -> Callable[[Any], Any]:
    """Return the function from cells to values of a shape. A cell that is no such value is returned as it is."""
    if shape.kind in ("choice", "texts"):
        meant = _meanings(_choices(shape))
        if shape.kind == "choice":
            return lambda cell: _meant(_text(cell), meant)
        return lambda cell: [_meant(one, meant) if isinstance(one, str) else one for one in _split(_text(cell))]
    if shape.kind == "date" or (shape.field and shape.field.is_partial):
        return lambda cell: _day(_opened(cell))
    return _DECODERS.get(shape.kind, _text)


def as_text(cell: Cell, *, number: bool = False, is_open: bool = False) -> str:
    """Return a cell of a text file, which no spreadsheet runs.

    A text gets a `'` in front if a spreadsheet would run it, and in an open column if it looks like a number. Numbers
    are written bare, in a number column texts of digits, too.
    """
    if not isinstance(cell, str):
        return _digits(cell)
    if number and _BARE.fullmatch(cell):
        return cell
    return f"'{cell}" if _FORMULA.match(cell) or (is_open and _TYPED.fullmatch(cell)) else cell


def from_text(text: str, *, is_open: bool = False) -> Cell:
    """Return the cell of a text file: `as_text` the other way."""
    if text[:1] == "'" and (_FORMULA.match(rest := text[1:]) or (is_open and _TYPED.fullmatch(rest))):
        return rest
    if is_open and _TYPED.fullmatch(text):
        return _TRUTHS[text] if text in _TRUTHS else _number(text)
    return text


def to_json(value: Any) -> str:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def _digits(number: float) -> str:
    """A number as digits, never with an exponent."""
    text = to_json(number)
    if isinstance(number, bool) or "e" not in text:
        return text
    digits = f"{Decimal(text):f}"
    return digits if "." in digits else f"{digits}.0"


def _number(text: str) -> Any:
    """The number in a text; the text if it is none."""
    if len(text) > _LONGEST or not _BARE.fullmatch(text):
        return text
    number = float(text)
    if isinf(number):
        return text
    return number if "." in text else int(text)


def _text(cell: Any) -> Any:
    """The text in a cell into which a spreadsheet put a number, a day or a truth."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return to_json(cell)


def _truth(cell: Any) -> Any:
    """The truth in a cell; the cell if it is none."""
    words = {word.casefold(): truth for truth, name in _NAMES.items() for word in (*translations(name).values(),)}
    return cell if isinstance(cell, bool) else (_TRUTHS | words).get(str(cell).casefold(), cell)


def _day(value: Any) -> Any:
    """A day that a spreadsheet has put in its own form on saving, as the records have it."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    return f"{match[1]}-{int(match[3]):02}-{int(match[4]):02}" if match else value


def _open(value: Any) -> Cell:
    """A value of any kind: lists and maps are JSON, and texts that look like them get a `'`."""
    if isinstance(value, str):
        return f"'{value}" if _CLOSED.match(value) else value
    return to_json(value) if isinstance(value, list | dict) else value


def _opened(cell: Any) -> Any:
    """The value of a cell: `_open` the other way."""
    if not isinstance(cell, str):
        return cell if isinstance(cell, bool | int | float) else _text(cell)
    if cell[:1] == "'" and _CLOSED.match(cell[1:]):
        return cell[1:]
    if cell[:1] in ("[", "{"):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    return cell


def _joined(texts: list[str]) -> str:
    """The texts of a list in a cell: between semicolons if they come apart again, else as JSON."""
    text = BETWEEN.join(texts)
    return text if text and _split(text) == texts else to_json(texts)


def _split(text: str) -> list[Any]:
    if text.startswith("["):
        try:
            texts = json.loads(text)
        except (ValueError, RecursionError):
            texts = None
        if isinstance(texts, list):
            return texts
    return text.split(BETWEEN)


def _choices(shape: Shape) -> Sequence[Choice]:
    field = shape.field
    return (field.item or field).choices if field else ()


def _words(shape: Shape) -> dict[Any, str]:
    """The words of values in the current language; a choice whose label another one has keeps its value."""
    if shape.kind == "boolean":
        return {truth: _(name) for truth, name in _NAMES.items()}
    choices = _choices(shape)
    names = Counter(name for choice in choices for name in {choice.label, choice.value})
    return {choice.value: choice.label if names[choice.label] == 1 else choice.value for choice in choices}


def _meanings(choices: Sequence[Choice]) -> dict[str, str]:
    """The values by their names, folded; a value's own name and labels count before synonyms."""
    meant = {name.casefold(): choice.value for choice in choices for name in choice.synonyms}
    for language in reversed(LANGUAGES):
        meant |= {choice.labels[language].casefold(): choice.value for choice in choices if language in choice.labels}
    meant |= {choice.value.casefold(): choice.value for choice in choices}
    return meant | {choice.value: choice.value for choice in choices}


def _meant(text: str, meanings: Mapping[str, str]) -> str:
    return meanings.get(text) or meanings.get(text.casefold(), text)


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "number": lambda cell: _number(cell) if isinstance(cell, str) else cell,
    "boolean": _truth,
    "id": lambda cell: _opened(_text(cell)),
    "open": _opened,
    "map": _opened,
    "list": _opened,
}
