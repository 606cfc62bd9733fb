"""Workbooks: what comes back, and what is rejected before a library opens it."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from crmtext.importers.reading.workbook import read
from crmtext.importers.sheet import Span
from crmtext.problem import CrmError


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    """A small workbook with a part changed."""
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            target.writestr(entry.filename, data.replace(old, new, 1) if entry.filename == part else data)
    return out.getvalue()


def test_cells_keep_their_type_and_place() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    sheet.merge_cells("B2:C2")
    sheet["B2"] = "title"
    for column, value in enumerate(
        ["x", 1.5, 13800138000, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), time(5, 6), True], 2
    ):
        sheet.cell(4, column, value)
    hidden = book.create_sheet("z")
    hidden.sheet_state = "hidden"
    first, second = read("a.xlsx", saved(book), "xlsx", "")
    assert [row.number for row in first.rows] == [2, 4]
    assert first.rows[1].cells == (
        "",
        "x",
        1.5,
        13800138000,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4),
        time(5, 6),
        True,
    )
    assert (first.name, first.merged, second.name, second.hidden) == ("客户", (Span(2, 2, 2, 3),), "z", True)


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed(SHEET, b'r="B1"', b'r="XFD1048576"'), "2 cells are spread over 1048576 rows and 16384 columns"),
        (changed(SHEET, b'r="B1"', b'r="XFE1"'), "more than 16,384 columns"),
        (changed(SHEET, b"<worksheet", b"<!DOCTYPE x []><worksheet"), f"{SHEET} declares entities"),
        (changed(SHEET, b"<sheetData", b'<sst count="4000000000"/><sheetData'), f"{SHEET} states a false count"),
        (changed("xl/workbook.xml", b"<sheets>", b"<<"), "the workbook can't be read"),
        (saved(openpyxl.Workbook())[:-100], "a damaged workbook"),
    ],
    # A workbook as the name of a test would have the second when it was made.
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unsafe_or_damaged(data: bytes, message: str) -> None:
    with pytest.raises(CrmError) as error:
        read("a.xlsx", data, "xlsx", "")
    assert error.value.problem.message.startswith(f"can't import a.xlsx: {message}")
    assert int(error.value.exit_code) == 3
