"""The newest past day that the files name: it dates what the files know without a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crmtext.text.pointer import without_places
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.importers.mapping import Table
    from crmtext.schema import Schema

_DAY = lazy.pattern(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")


class Newest:
    """Collects days as the rows come; planned ones don't count, so that a later import of the files finds the same."""

    def __init__(self, schema: Schema, today: str) -> None:
        self.day = ""
        self._today = today
        past = (field.path.replace("[]", "") for field in schema.marked("x-past"))
        self._paths = frozenset((*past, "@created", "@closed"))
        #: The fields of the rows so far, and those of them with days that count.
        self._known: set[str] = set()
        self._counting: list[str] = []

    def add(self, values: Mapping[str, Any]) -> None:
        """Count the days of a row."""
        if not self._known.issuperset(values):
            new = [field for field in values if field not in self._known]
            self._known.update(new)
            self._counting += (field for field in new if without_places(field.rpartition("|")[2]) in self._paths)
        for field in self._counting:
            if isinstance(value := values.get(field), str):
                self._take(value[:10])

    def add_titles(self, tables: Iterable[Table]) -> None:
        """Count the days above the headers, such as the one on which a sheet was made."""
        for table in tables:
            for row in table.sheet.rows:
                if row.number >= table.header_row:
                    break
                for cell in row.cells:
                    if isinstance(cell, date):
                        self._take(cell.isoformat()[:10])
                    elif isinstance(cell, str) and (match := _DAY.search(cell)):
                        self._take("{}-{:0>2}-{:0>2}".format(*match.groups()))

    def _take(self, day: str) -> None:
        if self.day < day <= self._today and len(day) == 10:
            try:
                date.fromisoformat(day)
            except ValueError:
                return
            self.day = day
