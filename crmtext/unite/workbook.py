"""Likely duplicates as a workbook with a column for the decision; texts are text cells, never formulas."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped]  # it comes without types

from crmtext.i18n import _, pick
from crmtext.unite.dedupe import differ
from crmtext.unite.words import DECISIONS, HEADERS

if TYPE_CHECKING:
    from crmtext.unite.dedupe import Duplicates

_WIDTHS = (6, 12, 16, 32, 16, 32, 8, 40, 40)


def workbook(listed: Duplicates) -> bytes:
    """Return the workbook: a row for each pair, with a choice of decisions."""
    header = [pick(labels) for labels in HEADERS.values()]
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
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
                sheet.write_string(at, 7, _(", ").join(pair.reasons), text)
                sheet.write_string(at, 8, _(", ").join(differ(pair, listed.snapshot)), text)
        if at:
            choices = [pick(labels) for labels in DECISIONS.values()]
            sheet.data_validation(1, 1, at, 1, {"validate": "list", "source": choices})
            sheet.autofilter(0, 0, at, len(header) - 1)
    return output.getvalue()
