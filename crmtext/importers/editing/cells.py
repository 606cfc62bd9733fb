"""Cells as they come back: which ones a colleague changed, and to what. Spreadsheets change the form of many others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.exporters.cells import decoder, encoder
from crmtext.exporters.editing_rows import is_person
from crmtext.i18n import LANGUAGES, _, speaking
from crmtext.importers.editing.book import text_of
from crmtext.importers.values.convert import Facts, choose
from crmtext.importers.values.outcome import EMPTY, Outcome, Yearless, bad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.exporters.editing_rows import Part
    from crmtext.exporters.tables import Shape
    from crmtext.importers.sheet import Cell
    from crmtext.importers.values.context import Context
    from crmtext.importers.values.outcome import Converter

#: The form of signs that XML can't hold, which some programs put at the end of a line.
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
#: Between the names of colleagues in a cell.
_BETWEEN = re.compile(r"\s*[;；,，、\n]\s*")
_CLEARED = "-"


class Reader:
    """Reads the cells of one field."""

    def __init__(self, part: Part, path: str, shape: Shape, column: str, context: Context) -> None:
        self._decode = decoder(shape)
        self._encoders = [encoder(shape, labels=True)]
        self._shape, self._settings = shape, context.settings
        self._convert = self._converter(choose(context, Facts(column, part.full_path(path), part.name)))
        #: The texts of values in each language, so that each value is written once.
        self._written: dict[str, tuple[str, ...]] = {}

    def _converter(self, convert: Converter) -> Converter:
        if not is_person(self._shape):
            return convert
        return self._people if self._shape.kind == "texts" else self._person

    def _person(self, cell: Cell) -> Outcome:
        member = self._settings.member(text_of(cell))
        if member:
            return Outcome(member.handle)
        why = _("'{handle}' is not on the team list").format(handle=text_of(cell))
        return bad(why, _("choose a colleague from the list"))

    def _people(self, cell: Cell) -> Outcome:
        outcomes = [self._person(name) for name in _BETWEEN.split(text_of(cell)) if name]
        wrong = next((one for one in outcomes if one.bad), None)
        return wrong or Outcome([one.value for one in outcomes])

    def is_changed(self, cell: Cell, before: Any) -> bool:
        """Whether a cell says anything else than the value that was exported. An empty one doesn't."""
        text = text_of(cell)
        if not text:
            return False
        if before is None or before == []:
            return text != _CLEARED
        if not isinstance(cell, str) and self._decode(cell) == before:
            return False
        plain, written = _plain(text), self._texts(before)
        if plain in written or (not isinstance(cell, str) and _is_number_of(cell, written)):
            return False
        decoded = self._decode(cell)
        return bool(decoded != before)

    def read(self, cell: Cell) -> Outcome:
        """Return what a changed cell means; None clears the field."""
        if text_of(cell) == _CLEARED:
            return Outcome(None)
        result = self._convert(cell)
        if result.ask:
            return bad(result.ask.text, _("choose a value from the list"))
        if result.bad or (result.value is not None and not isinstance(result.value, Yearless)):
            # Words for the day of a next step are no day: in a sheet of one's own work that is a slip.
            is_day = self._shape.kind != "date" or not isinstance(result.value, str) or _is_day(result.value)
            return result if is_day else bad(_("not a date"), _("enter a date such as 2024-05-01"))
        return bad(_("the value can't be read"), _("enter it as in the rows above"))

    def of_new(self, cell: Cell) -> Outcome:
        """Return what the cell of a new row means; a day without a year is left to the rest of its row."""
        return EMPTY if isinstance(self._convert(cell).value, Yearless) else self.read(cell)

    def _texts(self, value: Any) -> tuple[str, ...]:
        """The ways to write a value, in each language."""
        key = repr(value)
        if key not in self._written:
            texts = []
            for language in LANGUAGES:
                with speaking(language):
                    encode = encoder(self._shape, labels=True)
                    texts.append(_plain(text_of(encode(value))))
            if is_person(self._shape):
                names = [value] if isinstance(value, str) else value
                texts.append(_plain("; ".join(map(self._settings.shown, names))))
            self._written[key] = tuple(dict.fromkeys(texts))
        return self._written[key]


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def _plain(text: str) -> str:
    """A text without what spreadsheets change: signs at the ends of lines, and blanks around them."""
    text = _ESCAPED.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _is_number_of(cell: Cell, written: Sequence[str]) -> bool:
    """Whether a spreadsheet made a number of a text, such as a phone number: it has no sign and no zeros in front."""
    digits = text_of(cell)
    return digits.isdecimal() and any(re.sub(r"[\s+()-]", "", one).lstrip("0") == digits for one in written)
