"""Files, folders, zips and stdin."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from crmtext.importers.options import ReadOptions
from crmtext.importers.reading.read import read
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from pathlib import Path


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rejected(path: Path, data: bytes | None = None) -> str:
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(CrmError) as error:
        read([str(path)], ReadOptions())
    assert int(error.value.exit_code) == 3
    return error.value.problem.message.replace(str(path), path.name)


def test_folder_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.CSV", ".DS_Store", "~$b.xlsx", "c.png", "__MACOSX"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    sheets = read([str(tmp_path)], ReadOptions())
    assert [sheet.path for sheet in sheets] == [str(tmp_path / "a.CSV"), str(tmp_path / "b.csv")]
    assert sheets[0].notes == (f"{tmp_path / 'c.png'} is ignored: not a kind of file that can be imported",)


def test_formats_go_by_content(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    for data, kind in (
        (b"a,b\n1,2\n", "csv"),
        (workbook([["a", "b"], [1, 2]]), "xlsx"),
        (b"BEGIN:VCARD\nFN:A\n", "vcf"),
    ):
        path.write_bytes(data)
        assert [sheet.format for sheet in read([str(path)], ReadOptions())] == [kind]
    assert rejected(path, b"<html><table>") == "can't import a.xls: a web page or XML, not a table"


def test_stdin_may_be_a_workbook() -> None:
    (sheet,) = read(["-"], ReadOptions(), io.BytesIO(workbook([["a", None], [None, None], [13800138000, True]])))
    assert (sheet.path, [tuple(row) for row in sheet.rows]) == ("-", [(1, ("a", "")), (3, (13800138000, True))])


def test_zip_members_with_chinese_names(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = zipped({"__MACOSX/._x.csv": b"", "aaaa.csv": b"a,b\n"})
    path.write_bytes(data.replace(b"aaaa.csv", "客户".encode("gbk") + b".csv"))
    assert [sheet.path for sheet in read([str(path)], ReadOptions())] == [f"{path}/客户.csv"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"../x.csv": b"a"}, "can't import a.zip: its member '../x.csv' has a path outside the zip"),
        ({"/x.csv": b"a"}, "can't import a.zip: its member '/x.csv' has a path outside the zip"),
        ({"x.zip": zipped({"a.csv": b"a"})}, "can't import a.zip/x.zip: a zip inside a zip"),
        ({"x.csv": zipped({"a.csv": b"a"})}, "can't import a.zip/x.csv: a zip inside a zip"),
        ({"x.csv": bytes(20 << 20)}, "can't import a.zip/x.csv: unpacks to more than 200 times its size"),
        ({"x.doc": b"a"}, "can't import a.zip: the zip has no file of a known kind"),
    ],
)
def test_unsafe_zip(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    assert rejected(tmp_path / "a.zip", zipped(members)) == message


def test_other_files(tmp_path: Path) -> None:
    assert rejected(tmp_path / "none.csv") == "can't import none.csv: no such file"
    assert rejected(tmp_path / "a.csv", b"\n") == "can't import a.csv: the file is empty"
    assert rejected(tmp_path / "b.csv", b"%PDF-1.7") == "can't import b.csv: a PDF file, not a table"
    assert rejected(tmp_path / "c.zip", zipped({"a.csv": b"a"})[:-30]).startswith("can't import c.zip: damaged zip")
    assert rejected(tmp_path / "g.jsonl", b'{"a": 1}\n{"a": "\\ud800"}').startswith("can't import g.jsonl: line 2")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "[" * 100_000, "line 1: nested too deeply"),
        ("a.json", '[\n{"a": ' + "[" * 60 + "]" * 60 + "}]", "line 2: nested too deeply"),
        ("a.json", '[{"a": "NaN: [{"},\n\n{"a": NaN}]', "line 3: NaN is not a JSON number"),
        ("a.json", '[{"a": 1},\n{"a": -Infinity}]', "line 2: -Infinity is not a JSON number"),
        ("a.json", '[{"a": 1, "b": "a"},\n{"a": 1,\n"\\u0061": 2}]', "line 3: the name 'a' occurs twice in an object"),
        ("a.json", '[{"a": 1e400}]', "line 1: a number is too large"),
        ("a.json", '[\n{"a": ' + "9" * 5000 + "}]", "line 2: a number is too large"),
        ("a.jsonl", '{"a": 1}\n\n{"a": 1, "a": 2}', "line 3: the name 'a' occurs twice in an object"),
        ("a.jsonl", '{"a": 1}\n{"a": NaN}', "line 2: NaN is not a JSON number"),
        ("a.json", '[{"a": 1},\n{"a" 2}]', "line 2, column 6 is not JSON: Expecting ':' delimiter"),
        ("a.json", '{"schema": 1, "customers": [], "x": {}}', ""),
    ],
)
def test_hostile_json_is_rejected_with_its_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    if message:
        assert rejected(tmp_path / name, text.encode()) == f"can't import {name}: {message}"
    else:
        (tmp_path / name).write_text(text, "utf-8")
        assert len(read([str(tmp_path / name)], ReadOptions())) == 1


def test_long_numbers_keep_their_digits(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"a": 310101199001011234, "b": 12}]', "utf-8")
    [sheet] = read([str(tmp_path / "a.json")], ReadOptions())
    assert sheet.rows[1].cells == ("310101199001011234", 12)


def test_limits_of_files_columns_and_cells(tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(101):
        (many / f"{number}.csv").write_text("Name\nx\n", "utf-8")
    with pytest.raises(CrmError, match="more than 100 files"):
        read([str(many)], ReadOptions())
    wide = json.dumps([{f"c{number}": 1 for number in range(2001)}]).encode()
    assert rejected(tmp_path / "a.json", wide) == "can't import a.json: more than 1,000,000 rows or 2,000 columns"
    long = "x" * (11 << 20)
    ours = {"id": "C20260102ABCDE", "name": "x", "type": "x", "status": "x", "owner": "x", "notes": [long]}
    for record in ({"a": long}, ours):
        message = rejected(tmp_path / "b.json", json.dumps([record]).encode())
        assert message == "can't import b.json: a cell in row 1 is larger than 10 MiB"


@pytest.mark.long
def test_a_sheet_has_at_most_a_million_rows(tmp_path: Path) -> None:
    assert rejected(tmp_path / "a.csv", b"a\n" * 1_000_001) == "can't import a.csv: more than 1,000,000 rows"
