"""Workbooks of xlsxwriter whose texts stay texts, even those that look like XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlsxwriter  # type: ignore[import-untyped]  # it comes without types
from xlsxwriter.packager import Packager  # type: ignore[import-untyped]
from xlsxwriter.sharedstrings import SharedStrings  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO


# xlsxwriter writes a text from `<r>` to `</r>` as it is, because its rich texts look so; nothing here writes those.
class _Sheet(Worksheet):  # type: ignore[misc]
    def unite(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Merge cells whose texts are written apart: xlsxwriter's own way writes rows that are past, or yet to come."""
        self.merge.append([first_row, first_column, last_row, last_column])

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        self._xml_inline_string(string, False, attributes)


class _Strings(SharedStrings):  # type: ignore[misc]
    def _xml_rich_si_element(self, string: str) -> None:
        self._xml_si_element(string)


class _Packager(Packager):  # type: ignore[misc]
    def _write_shared_strings_file(self) -> None:
        strings = _Strings()
        strings.string_table = self.workbook.str_table
        if strings.string_table.count:
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook in which every string is the text of its cell."""

    def __init__(self, file: BinaryIO, options: Mapping[str, Any]) -> None:
        super().__init__(file, options)
        self.worksheet_class = _Sheet

    def _get_packager(self) -> Packager:
        return _Packager()


def letters(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    name: str = xl_col_to_name(column)
    return name
