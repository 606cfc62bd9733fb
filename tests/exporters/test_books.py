"""Texts that look like XML stay texts in every kind of workbook."""

from __future__ import annotations

import io

import openpyxl
import pytest

from crmtext.exporters.books import Book

TEXTS = (
    "<r><t>hello</t></r>",
    '<r><t>x</t></r></is></c><c r="Z2"><f>1+1</f></c><c r="AA2" t="inlineStr"><is><r><t>y</t></r>',
    "<r>\n</r>",
)


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
