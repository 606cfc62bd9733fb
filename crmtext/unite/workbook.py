"""Likely duplicates as a workbook with a column for the decision; texts are text cells, never formulas."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from crmtext.duplicates.compare import in_words
from crmtext.exporters.books import Book
from crmtext.i18n import _, pick
from crmtext.unite.sheet import DECISIONS, HEADERS, differ_lines

if TYPE_CHECKING:
    from crmtext.unite.dedupe import Duplicates

_WIDTHS = (6, 12, 16, 32, 16, 32, 8, 40, 40, 16)


def workbook(listed: Duplicates) -> bytes:
    """Return the workbook: a row for each pair, with a choice of decisions."""
    header = [pick(labels) for labels in HEADERS.values()]
    schema, output = listed.snapshot.schema, BytesIO()
    with Book(output, {"in_memory": True}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        wrapped = book.add_format({"num_format": "@", "text_wrap": True})
        sheet = book.add_worksheet(_("Duplicates"))
        for column, (name, width) in enumerate(zip(header, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 0)
        at = 0
        for number, group in enumerate(listed.groups, start=1):
            for pair in group.pairs:
                at += 1
                sheet.write_number(at, 0, number)
                cells = (pair.one.id, pair.one.name, pair.other.id, pair.other.name)
                for column, cell in enumerate(cells, start=2):
                    sheet.write_string(at, column, cell, text)
                sheet.write_number(at, 6, pair.score)
                sheet.write_string(at, 7, _(", ").join(in_words(pair.shared)), text)
                lines = differ_lines(schema, listed.snapshot.settings, pair.one.data, pair.other.data)
                sheet.write_string(at, 8, "\n".join(lines), wrapped)
                sheet.write_blank(at, 9, None, text)
        if at:
            choices = [pick(labels) for labels in DECISIONS.values()]
            sheet.data_validation(1, 1, at, 1, {"validate": "list", "source": choices})
            # An assignment may be typed, too.
            letters = {"validate": "list", "source": ["A", "B"], "show_error": False}
            sheet.data_validation(1, 9, at, 9, letters)
            sheet.autofilter(0, 0, at, len(header) - 1)
    return output.getvalue()
