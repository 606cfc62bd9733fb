"""`crmtext export` on the command line: what is written, where, and what is said about it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import stores

from crmtext.schema.load import shipped

if TYPE_CHECKING:
    from pathlib import Path

ONE = stores.record(
    "001",
    more="""\
  - {name: 李四, primary: true, title: "=1+1", phones: ["+8613800138000", "0512-1234567"], birthday: --05-01}
phones: ["13800138000"]
tags: [vip]
notes: |-
  -5
  two lines
transactions:
  - {date: 2024-05-01, amount: -1200.5, items: [{product: A}, {product: B, quantity: 2}]}
  - {date: 2024-06-01, amount: 5, items: [{product: C}]}
custom: {code: "007", limit: 5}
billing: {bank: 示例银行}
""",
)
TWO = stores.record("002", "Larch Pumps Ltd", "owner: hanmei\n".replace("owner: hanmei\n", ""), owner="hanmei")


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path / "store", ONE, TWO))


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8")
    assert text[0] == "\ufeff"
    assert text.count("\r\n") >= 1
    return [*csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=delimiter)]


def test_a_csv_file_has_a_row_for_each_customer_with_the_primary_contact(program: stores.Program) -> None:
    path = program.folder.parent / "all.csv"
    said = program("export", "-o", str(path))
    assert (said.code, said.out) == (0, "")
    one, two = rows(path)
    assert {key: value for key, value in one.items() if value} == {
        "id": "C20240501001", "name": "上海示例电子有限公司", "type": "company", "status": "lead", "owner": "lilei",
        "phones": "13800138000", "contacts.name": "李四", "contacts.title": "'=1+1", "contacts.primary": "true",
        "contacts.phones": "'+8613800138000; 0512-1234567", "tags": "vip", "notes": "'-5\ntwo lines",
        "custom.code": "007", "custom.limit": "5",
    }  # fmt: skip
    assert (two["name"], two["contacts.name"], two["owner"]) == ("Larch Pumps Ltd", "张三", "hanmei")
    assert said.err == (
        f"Wrote 2 customers to {path}\n"
        "one row for each customer, with the primary contact; for all lists: -o FOLDER/\n"
        "for use inside the team: nothing is masked, 2 values of sensitive fields left out\n"
    )


def test_a_folder_has_a_file_for_each_list_linked_by_customer(program: stores.Program) -> None:
    folder = program.folder.parent / "out"
    assert program("export", "-o", f"{folder}/").code == 0
    names = {path.name: rows(path) for path in folder.iterdir()}
    assert sorted(names) == ["contacts.csv", "customers.csv", "transactions.csv", "transactions.items.csv"]
    assert [tuple(row.values()) for row in names["transactions.csv"]] == [
        ("C20240501001", "1", "2024-05-01", "-1200.5"),
        ("C20240501001", "2", "2024-06-01", "5"),
    ]
    assert names["transactions.items.csv"] == [
        {"customer_id": "C20240501001", "entry": "1", "product": "A", "quantity": ""},
        {"customer_id": "C20240501001", "entry": "1", "product": "B", "quantity": "2"},
        {"customer_id": "C20240501001", "entry": "2", "product": "C", "quantity": ""},
    ]


def test_a_workbook_has_a_sheet_for_each_list_and_texts_are_texts(program: stores.Program) -> None:
    path = program.folder.parent / "all.xlsx"
    assert program("--lang", "zh", "export", "-o", str(path)).code == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["客户", "联系人", "交易记录", "交易记录 · 明细"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert [cell.value for cell in book["客户"][1]][:4] == ["id", "客户名称", "客户类型", "合作状态"]
    [header, _first, second, *_more] = book["联系人"].iter_rows()
    assert [cell.value for cell in header] == ["customer_id", "姓名", "职位", "电话", "主要联系人"]
    values = ["C20240501001", "李四", "=1+1", "+8613800138000; 0512-1234567", "是"]
    assert [cell.value for cell in second] == values
    assert [cell.data_type for cell in second] == ["s"] * 5
    assert (second[0].hyperlink.location, second[2].hyperlink) == ("'客户'!A2", None)
    assert [type(row[3].value) for row in book["交易记录"].iter_rows(min_row=2)] == [float, int]


def test_json_holds_the_records_as_they_are_in_a_list(program: stores.Program, tmp_path: Path) -> None:
    listed = program("list", "--sort", "id", "--format", "json").data
    for one in listed["customers"]:
        del one["path"], one["computed"]
    del listed["customers"][0]["billing"]
    listed["customers"][0]["contacts"][1].pop("birthday")
    assert program("export", "--format", "json").data == listed
    assert program("export", "-o", str(tmp_path / "all.jsonl")).code == 0
    lines = (tmp_path / "all.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == listed["customers"]


def test_sensitive_values_need_a_recipient_and_a_purpose(program: stores.Program) -> None:
    for missing in ((), ("--recipient", "bank"), ("--purpose", "audit")):
        said = program("export", "--with-sensitive", *missing)
        assert (said.code, said.out) == (2, "")
        assert "--with-sensitive needs --recipient WHO and --purpose TEXT" in said.err
    said = program("export", "--format", "json", "--with-sensitive", "--recipient", "bank", "--purpose", "audit")
    one = said.data["customers"][0]
    assert (one["billing"], one["contacts"][1]["birthday"]) == ({"bank": "示例银行"}, "--05-01")
    head = ["nothing is masked, with 2 values of sensitive fields", "given to bank, for: audit"]
    assert said.err.splitlines()[:2] == head
    assert program("export", "--recipient", "bank").code == 2


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (("示例",), ["上海示例电子有限公司"]),
        (("--where", "'vip' in tags"), ["上海示例电子有限公司"]),
        (("--owner", "韩梅"), ["Larch Pumps Ltd"]),
        (("larch", "--owner", "lilei"), []),
        (("larch", "示例", "--sort", "name"), ["Larch Pumps Ltd", "上海示例电子有限公司"]),
    ],
)
def test_customers_are_chosen_by_name_and_by_options(
    program: stores.Program, asked: tuple[str, ...], names: list[str]
) -> None:
    said = program("export", *asked, "--format", "json")
    assert (said.code, [one["name"] for one in said.data["customers"]]) == (0, names)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("name,tags", [["name", "tags"], ["上海示例电子有限公司", "vip"], ["Larch Pumps Ltd", ""]]),
        (
            "客户名称，联系人.姓名",
            [["name", "contacts.name"], ["上海示例电子有限公司", "李四"], ["Larch Pumps Ltd", "张三"]],
        ),
        ("custom.limit,transaction_count", [["custom.limit", "transaction_count"], ["5", "2"], ["", "0"]]),
        ("transactions.amount", [["transactions.amount"], ["'-1200.5; 5"], [""]]),
    ],
)
def test_columns_are_typed_as_names_or_labels(program: stores.Program, typed: str, expected: list[list[str]]) -> None:
    said = program("export", "--format", "csv", "--columns", typed)
    assert [*csv.reader(io.StringIO(said.out.removeprefix("\ufeff"), newline=""))] == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("nmae", "unknown column 'nmae' [unknown-column]\n  = did you mean 'name'?"),
        ("客户名", "unknown column '客户名' [unknown-column]\n  = did you mean '客户名称'?"),
        ("billing.bank", "'billing.bank' is a sensitive field"),
    ],
)
def test_an_unknown_or_sensitive_column_is_an_error(program: stores.Program, typed: str, expected: str) -> None:
    said = program("export", "--columns", typed)
    assert (said.code, said.out, expected in said.err) == (2, "", True), said.err


def test_a_commit_is_exported_as_it_was(program: stores.Program) -> None:
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", *words], cwd=program.folder, check=True)
    (program.folder / stores.path("002")).unlink()
    for asked, count in (((), 1), (("--at", "HEAD"), 2)):
        assert len(program("export", "--format", "json", *asked).data["customers"]) == count


def test_a_file_is_replaced_as_a_whole_and_said_so(program: stores.Program, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text("mine")
    path.chmod(0o600)
    said = program("export", "-o", str(path))
    assert f"Wrote 2 customers to {path} (replaced)\n" in said.err
    assert (len(rows(path)), path.stat().st_mode & 0o777) == (2, 0o600)
    assert [*tmp_path.glob(".crmtext*")] == []


def test_a_folder_keeps_files_that_are_no_export(program: stores.Program, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "contacts.csv").write_text("Name,Phone\nAnn,1\n")
    said = program("export", "-o", f"{folder}/")
    assert (said.code, "contacts.csv' is not from an export of crmtext" in said.err) == (2, True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"contacts.csv": "Name,Phone\nAnn,1\n"}
    (folder / "contacts.csv").unlink()
    (folder / "notes.txt").write_text("mine")
    assert program("export", "-o", str(folder)).code == 0
    said = program("export", "larch", "-o", str(folder))
    gone = "deleted, because these lists are empty now: transactions.csv, transactions.items.csv"
    assert f"Wrote 1 customer to {folder}/ (2 files, 2 replaced)\n{gone}\n" in said.err
    assert sorted(path.name for path in folder.iterdir()) == ["contacts.csv", "customers.csv", "notes.txt"]


@pytest.mark.parametrize("place", ["records/a.csv", "crmtext.toml", ".git/x.csv", "records/", "."])
def test_the_store_itself_is_no_place_for_an_export(program: stores.Program, place: str) -> None:
    before = {path: path.read_bytes() for path in program.folder.rglob("*") if path.is_file()}
    path = program.folder / place
    said = program("export", "--format", "csv", "-o", f"{path}/" if place.endswith("/") else str(path))
    assert (said.code, "is part of the store" in said.err) == (2, True)
    assert {path: path.read_bytes() for path in program.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("-o", "x.pdf"), "the ending of 'x.pdf' names no format"),
        (("-o", "x.xlsx", "--format", "csv"), "'x.xlsx' has the ending of xlsx, not of csv"),
        (("-o", "x/", "--format", "json"), "json is one file, not a folder [export-format]\n  = -o x/customers.json"),
        (("--format", "json", "--columns", "name"), "--columns is for one table: a file of csv, tsv, xlsx"),
        (("@a", "@b"), "name one view: @a @b"),
    ],
)
def test_options_that_do_not_fit_are_named(program: stores.Program, words: tuple[str, ...], expected: str) -> None:
    said = program("export", *words)
    assert (said.code, said.out, expected in said.err) == (2, "", True), said.err


def test_a_record_with_errors_is_left_out_and_counted(program: stores.Program) -> None:
    (program.folder / stores.path("002")).write_text("id: C20240501002\n")
    said = program("export", "--format", "json")
    assert (said.code, said.data["left_out"]) == (0, 1)
    assert "1 record with errors not exported; see: crmtext check\n" in said.err


def test_a_pipe_gets_the_bytes_of_the_file(program: stores.Program, tmp_path: Path) -> None:
    for form in ("csv", "tsv", "jsonl", "xlsx"):
        path = tmp_path / f"all.{form}"
        command = [sys.executable, "-m", "crmtext", "-C", str(program.folder), "export"]
        env = {**os.environ, "PYTHONPATH": str(stores.ROOT)}
        subprocess.run([*command, "-o", str(path)], check=True, capture_output=True, env=env)
        piped = subprocess.run([*command, "--format", form], check=True, capture_output=True, env=env).stdout
        if form != "xlsx":
            assert piped == path.read_bytes()
        else:
            assert openpyxl.load_workbook(io.BytesIO(piped)).sheetnames == openpyxl.load_workbook(path).sheetnames


def test_an_export_that_fails_leaves_the_file_as_it_was(
    program: stores.Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("before")

    def full(_file: int) -> Any:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    said = program("export", "-o", str(path))
    assert (said.code, "the disk is full" in said.err) == (3, True)
    assert (path.read_text(), [one.name for one in tmp_path.iterdir() if one.is_file()]) == ("before", ["all.jsonl"])


def test_computed_columns_are_numbers_and_days_in_a_workbook(program: stores.Program) -> None:
    path = program.folder.parent / "few.xlsx"
    more = "opportunities:\n  - {title: A, stage: proposal, amount: 168000.5, currency: CNY}\n"
    more += "interactions: [{date: 2026-11-10, by: lilei, channel: phone, summary: 询价}]\n"
    more += "cooperation: {since: 2023-06-01}\n"
    stores.made(program.folder, stores.record("003", "张江仪表有限公司", more, status="active"))
    names = "name,open_value,open_value.CNY,last_contact,days_since_contact,cooperation.since,transactions.amount"
    assert program("export", "张江", "--columns", names, "-o", str(path)).code == 0
    row = [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][2]]
    day = row[3]
    assert row == ["张江仪表有限公司", "168000.5 CNY", 168000.5, day, 10, row[5], None]
    assert (f"{day:%Y-%m-%d}", f"{row[5]:%Y-%m-%d}") == ("2026-11-10", "2023-06-01")


def own_list(program: stores.Program, name: str) -> None:
    """Give the schema a list of our own."""
    path = program.folder / "schema/customer.schema.json"
    path.parent.mkdir()
    schema = json.loads(shipped())
    entry = {
        "type": "object", "title": "Entry", "x-title-zh": "条目", "additionalProperties": False, "required": ["note"],
        "properties": {"note": {"type": "string", "title": "Note", "x-title-zh": "备注"}},
    }  # fmt: skip
    schema["properties"][name] = {"type": "array", "title": "Own", "x-title-zh": "自有", "items": entry}
    path.write_text(json.dumps(schema, ensure_ascii=False, indent=2), "utf-8")


@pytest.mark.parametrize("name", ["/new", "a/b", "a\\b", "c:d", "a\u202eb"])
def test_a_list_is_no_path(program: stores.Program, tmp_path: Path, name: str) -> None:
    own_list(program, name)
    (tmp_path / "new.csv").write_bytes(b"\xef\xbb\xbfcustomer_id,note\r\n")
    before = sorted(tmp_path.rglob("*.csv"))
    for words in (("export", "-o", f"{tmp_path / 'out'}/"), ("list",)):
        said = program(*words)
        assert said.err == (
            f"schema/customer.schema.json: error: the name {json.dumps(name)} in /properties "
            "can't be that of a file, which an export has for each list [schema-form]\n"
            "  = leave out / \\ : and signs that don't print\n"
        )
        assert (said.code, sorted(tmp_path.rglob("*.csv"))) == (3, before)


def test_a_list_with_the_name_of_the_customers_has_a_file_of_its_own(program: stores.Program, tmp_path: Path) -> None:
    own_list(program, "Customers")
    record = next((program.folder / "records").glob("*.yaml"))
    record.write_text(record.read_text("utf-8") + "Customers: [{note: a}]\n", "utf-8")
    assert program("export", "-o", f"{tmp_path / 'out'}/").code == 0
    assert [row["note"] for row in rows(tmp_path / "out/Customers-2.csv")] == ["a"]
    assert len(rows(tmp_path / "out/customers.csv")) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid,Balance\r\n1,2\r\n",
        b"id,name\r\n1,Ann\r\n",
        b"\xef\xbb\xbfcustomer_id,name,shoe\r\n1,2,3\r\n",
        b"\xef\xbb\xbfname\r\nAnn\r\n",
    ],
)
def test_a_foreign_file_with_ids_is_kept(program: stores.Program, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "out").mkdir()
    name = "contacts.csv" if b"customer_id" in content else "customers.csv"
    (tmp_path / "out" / name).write_bytes(content)
    said = program("export", "-o", f"{tmp_path / 'out'}/")
    assert (said.code, f"{name}' is not from an export of crmtext" in said.err) == (2, True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {name: content}


@pytest.mark.parametrize("headers", ["names", "labels"])
def test_an_own_export_is_replaced(program: stores.Program, tmp_path: Path, headers: str) -> None:
    words = ("export", "--headers", headers, "-o", f"{tmp_path / 'out'}/")
    assert program(*words).code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    said = program(*words)
    assert (said.code, f"({len(before)} files, {len(before)} replaced)" in said.err) == (0, True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_recipient_is_on_one_line(program: stores.Program) -> None:
    said = program("export", "--with-sensitive", "--recipient", "a\nb", "--purpose", " c\r\nd ")
    assert said.err.splitlines()[-2] == "given to a b, for: c d"
