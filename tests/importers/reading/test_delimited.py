"""Text files of cells in the encodings and dialects that people have."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.importers.reading.delimited import read
from crmtext.problem import CrmError


def rows(data: bytes, encoding: str = "") -> list[tuple[int, tuple[object, ...]]]:
    return [(row.number, row.cells) for row in read("a.csv", data, "", encoding).rows]


TEXT = "客户,电话\n云帆,021-5555 0100\n"
CELLS = [(1, ("客户", "电话")), (2, ("云帆", "021-5555 0100"))]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("gbk"), "gb18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xff\xfe" + TEXT.replace(",", "\t").encode("utf-16-le"), "utf-16-le"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
        (TEXT.replace(",", ";").encode(), "utf-8"),
        (TEXT.replace(",", "|").encode(), "utf-8"),
        (b"sep=;\r\n" + TEXT.replace(",", ";").encode("gbk"), "gb18030"),
    ],
)
def test_encoding_delimiter_and_line_ends_go_by_content(data: bytes, encoding: str) -> None:
    sheet = read("a.csv", data, "")
    assert ([tuple(row) for row in sheet.rows], sheet.encoding) == (CELLS, encoding)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,\x002\n", "can't import a.csv: line 2 contains a NUL byte"),
        (b'a,b\n"1,2\n' + b"3,4\n" * 120, "can't import a.csv: the quote that opens in line 2 is never closed"),
        (b'a,b\n1,"2', "can't import a.csv: the quote that opens in line 2 is never closed"),
        (b'a,b\n"1\n2","3\n4', "can't import a.csv: the quote that opens in line 3 is never closed"),
        ("一,b\n二,2\n三,3\n".encode() + "四,4\n".encode("gbk"), "can't import a.csv: line 4 is not utf-8"),
        (b"a,b\n\xff\xff,2\n", "can't import a.csv: line 2 is neither UTF-8 nor GB18030"),
        (b"\xff\xfea\x00\n\x00\x00\xd8\n\x00", "can't import a.csv: line 2 is not utf-16-le"),
        (b"," * 2000, "can't import a.csv: row 1 has more than 2,000 columns"),
        (b"a\n" + b"x" * (11 << 20), "can't import a.csv: a cell in line 2 is larger than 10 MiB"),
    ],
)
def test_error_names_the_line(data: bytes, message: str) -> None:
    with pytest.raises(CrmError) as error:
        read("a.csv", data, "")
    assert (error.value.problem.message, int(error.value.exit_code)) == (message, 3)


@pytest.mark.parametrize("encoding", ["nonsense", "rot13", "utf-7", "ascii"])
def test_encoding_that_does_not_fit(encoding: str) -> None:
    with pytest.raises(CrmError) as error:
        read("a.csv", "一+2AA-".encode(), "", encoding)
    assert int(error.value.exit_code) == 3


def test_row_numbers_are_those_of_a_spreadsheet() -> None:
    data = b'a,b\n"1\n2",3\n\n4\n5,6,7\n'
    assert rows(data) == [(1, ("a", "b")), (2, ("1\n2", "3")), (4, ("4",)), (5, ("5", "6", "7"))]


def test_cells_keep_text_that_others_would_change() -> None:
    data = b'a,b\n="001","=""002"""\n"\t003",\'4\n=1+1,' + b"x" * 200_000
    assert rows(data)[1:] == [(2, ("001", "002")), (3, ("003", "'4")), (4, ("=1+1", "x" * 200_000))]


def test_delimiter_is_that_of_the_header() -> None:
    assert rows(b'Export of customers, 2026\na;b;"c,d,e,f"\n1,5;2,5;3,5\n')[1:] == [
        (2, ("a", "b", "c,d,e,f")),
        (3, ("1,5", "2,5", "3,5")),
    ]


CELL = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=8)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=5))
def test_reads_what_csv_writes(table: list[list[str]]) -> None:
    header = ["a", "b", "c", "d"]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *table])
    read_back = [row.cells for row in read("a.csv", out.getvalue().encode(), "").rows[1:]]
    plain = [tuple(cell.removeprefix("\t") for cell in line) for line in table]
    assert read_back == plain


@given(st.binary(max_size=200))
def test_bytes_are_read_or_rejected(data: bytes) -> None:
    try:
        read("a.csv", data, "")
    except CrmError as error:
        assert int(error.exit_code) == 3  # noqa: PT017
