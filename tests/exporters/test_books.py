"""Texts that look like XML stay texts in every kind of workbook."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from crmtext.exporters.books import Book

TEXTS = (
    "<r><t>hello</t></r>",
    '<r><t>x</t></r></is></c><c r="Z2"><f>1+1</f></c><c r="AA2" t="inlineStr"><is><r><t>y</t></r>',
    "<r>\n</r>",
)


#: Texts that XML or Excel writes in another form.
UNUSUAL = (
    "plain 家 😀", " blank before", "blank after ", "\u3000wide", "a & b", "<b>", "_x0041_", "__", "\x00\x1f", "a\r\nb",
    "\ufffe", "", 'a "quote"',
)  # fmt: skip


def test_texts_are_written_as_xlsxwriter_writes_them() -> None:
    sheets = []
    for kind in (Book, xlsxwriter.Workbook):
        file = io.BytesIO()
        with kind(file, {"constant_memory": True}) as book:
            sheet, form = book.add_worksheet("a"), book.add_format({"num_format": "@"})
            for row, text in enumerate(UNUSUAL):
                sheet.write_string(row, 0, text, form)
                sheet.write_string(row, 28, text)
                sheet.write_number(row, 29, row, form)
        sheets.append(zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml"))
    assert sheets[0] == sheets[1]


@pytest.mark.parametrize("option", ["constant_memory", "in_memory"])
def test_a_text_that_looks_like_xml_is_a_text(option: str) -> None:
    file = io.BytesIO()
    with Book(file, {option: True}) as book:
        sheet = book.add_worksheet("a")
        for row, text in enumerate(TEXTS):
            sheet.write_string(row, 0, text)
        sheet.write_url(len(TEXTS), 0, "internal:'a'!A1", None, TEXTS[1])
    [[*column]] = openpyxl.load_workbook(file)["a"].iter_cols()
    assert [(cell.value, cell.data_type) for cell in column] == [(text, "s") for text in (*TEXTS, TEXTS[1])]
