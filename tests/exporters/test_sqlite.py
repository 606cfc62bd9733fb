"""SQLite databases: what SQL finds in them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext.exporters.export import Export
from crmtext.exporters.sqlite import restored, stored, write
from crmtext.model import Customer
from crmtext.schema import Schema
from crmtext.text.document import Document

if TYPE_CHECKING:
    from pathlib import Path

ONE = stores.record(
    "001",
    more="""\
    phones: ["13800138000", "0512-1234567"]
    birthday: 1990-05-01
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: 询价, next: {action: 发报价单, due: 2026-11-23}}
  - {date: 2026-11-03, by: lilei, channel: phone, summary: 做完了, next: {action: 回访, done: 2026-11-04}}
  - {date: 2026-11-05, by: lilei, channel: phone, summary: 无后续}
  - {date: 2026-11-06, by: lilei, channel: phone, summary: s, next: {action: 请她演示, by: hanmei}}
opportunities:
  - {title: 无币种, stage: proposal, amount: 7, owner: hanmei}
  - {title: 产线, stage: proposal, amount: 50000.5, currency: CNY, expected_close: 2026-12-31}
  - {title: 旧的, stage: lost, amount: 1, currency: CNY, closed: 2026-10-01, lost_reason: 价格}
transactions:
  - {date: 2024-05-01, amount: -1200.5, items: [{product: A}, {product: B, quantity: 2}]}
  - {date: 2024-06-01, amount: 5, items: [{product: C}]}
cases:
  - {opened: 2026-11-01, kind: repair, summary: 探头松动, status: open}
custom: {code: "007", limit: 5, vip: true, word: "true", "A b": [x], "a B": 2}
""",
)
TWO = stores.record("002", "Larch Pumps Ltd", "custom: {code: 8, '引\"号': 1}\n", owner="hanmei")


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path / "store", ONE, TWO))


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


@pytest.fixture
def path(program: stores.Program) -> Path:
    path = program.folder.parent / "all.sqlite"
    result = program("export", "-o", str(path))
    assert result.err == (
        f"Wrote 2 customers to {path}\n"
        "for use inside the team: nothing is masked, 1 value of sensitive fields left out\n"
    )
    return path


def test_each_list_is_a_table_that_its_customer_and_entry_link(path: Path) -> None:
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert query(path, "PRAGMA foreign_key_check") == []
    assert query(path, "SELECT id, name, owner FROM customers") == [
        ("C20240501001", "上海示例电子有限公司", "lilei"),
        ("C20240501002", "Larch Pumps Ltd", "hanmei"),
    ]
    assert query(path, "SELECT * FROM transactions_items") == [
        ("C20240501001", 1, "A", None, None),
        ("C20240501001", 1, "B", 2, None),
        ("C20240501001", 2, "C", None, None),
    ]
    assert query(path, "SELECT currency, sum(amount) FROM opportunities GROUP BY currency") == [
        (None, 7),
        ("CNY", 50001.5),
    ]
    assert query(path, "SELECT phones FROM contacts LIMIT 1") == [("13800138000; 0512-1234567",)]
    links = {
        (table, link[2], link[3], link[4])
        for table in ("contacts", "transactions_items")
        for link in query(path, f"PRAGMA foreign_key_list({table})")
    }
    assert links == {
        ("contacts", "customers", "customer_id", "id"),
        ("transactions_items", "transactions", "customer_id", "customer_id"),
        ("transactions_items", "transactions", "entry", "entry"),
    }


def test_parts_of_open_maps_get_columns_as_they_come(path: Path) -> None:
    names = [row[1] for row in query(path, "PRAGMA table_info(customers)") if row[1].startswith("custom")]
    assert sorted(names) == [
        "custom_A b", "custom_a B_2", "custom_code", "custom_limit", "custom_vip", "custom_word",
        'custom_引"号',
    ]  # fmt: skip
    columns = ", ".join('"' + name.replace('"', '""') + '"' for name in sorted(names))
    assert query(path, f"SELECT {columns} FROM customers") == [
        ('["x"]', 2, "007", 5, "true", "'true", None),
        (None, None, 8, None, None, None, 1),
    ]


def test_views_have_what_is_open(path: Path) -> None:
    assert query(path, "SELECT name, next_due, next_action, person, by FROM open_next_steps") == [
        ("上海示例电子有限公司", "2026-11-23", "发报价单", "lilei", "lilei"),
        ("上海示例电子有限公司", None, "请她演示", "hanmei", "lilei"),
    ]
    assert query(path, "SELECT title, amount, currency, person FROM open_opportunities") == [
        ("无币种", 7, "CNY", "hanmei"),
        ("产线", 50000.5, "CNY", "lilei"),
    ]
    assert query(path, "SELECT summary, person FROM open_cases") == [("探头松动", "lilei")]


def test_views_lack_columns_that_the_schema_lacks(program: stores.Program, tmp_path: Path) -> None:
    schema = json.loads(Schema.shipped().raw)
    deal = schema["properties"]["opportunities"]["items"]["properties"]
    del deal["currency"], deal["owner"]
    for part in ("time", "by"):
        del schema["properties"]["interactions"]["items"]["properties"]["next"]["properties"][part]
    file = program.folder / "schema/customer.schema.json"
    file.parent.mkdir()
    file.write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    text = ONE.replace(", by: hanmei}", "}").replace(", currency: CNY", "").replace(", owner: hanmei}", "}")
    stores.made(program.folder, text)
    path = tmp_path / "all.sqlite"
    assert program("export", "-o", str(path)).code == 0
    assert query(path, "SELECT title, currency, person FROM open_opportunities") == [
        ("无币种", "CNY", "lilei"),
        ("产线", "CNY", "lilei"),
    ]
    columns = [row[1] for row in query(path, "PRAGMA table_info(open_next_steps)")]
    assert columns[3:] == ["person", "next_due", "next_action", "date", "by", "summary"]


def test_the_columns_are_explained(path: Path) -> None:
    assert query(
        path, "SELECT * FROM crmtext_fields WHERE column_name IN ('company_size', 'entry', 'custom_code')"
    ) == [
        ("customers", "company_size", "customers", "company.size", "choice", "Size", "企业规模"),
        ("customers", "custom_code", "customers", "custom.code", "open", None, None),
        ("transactions", "entry", "transactions", "entry", "", None, None),
        ("transactions_items", "entry", "transactions.items", "entry", "", None, None),
    ]
    assert query(path, "PRAGMA user_version") == [(1,)]


def test_a_table_has_as_many_columns_as_sqlite_can(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = ", ".join(f"k{number}: 1" for number in range(1990))
    program = stores.Program(capsys, stores.made(tmp_path / "store", stores.record(more=f"custom: {{{many}}}\n")))
    path = tmp_path / "all.sqlite"
    assert program("export", "-o", str(path)).err == (
        "error: a table has at most 2,000 columns [too-many-columns]\n  = export as json or jsonl\n"
    )
    assert [one.name for one in tmp_path.iterdir()] == ["store"]


def test_columns_that_come_late_are_added(tmp_path: Path) -> None:
    head = {"type": "company", "status": "lead", "owner": "lilei"}
    records = [{"id": f"C{number:04}", "name": "x", **head, "custom": {f"k{number}": "家"}} for number in range(1_100)]
    customers = [Customer(Document("", "", record)) for record in records]
    with (tmp_path / "all.sqlite").open("w+b") as file:
        write(Export(stores.snapshot(), customers), file)
    for number in (0, 499, 500, 1_099):
        expected = [(f"C{number:04}", "家")]
        column = f"custom_k{number}"
        assert query(tmp_path / "all.sqlite", f"SELECT id, {column} FROM customers WHERE {column} > ''") == expected


@given(
    st.one_of(st.booleans(), st.integers(), st.text(), st.from_regex(r"'*(true|false|-?[0-9]{17,22})", fullmatch=True))
)
def test_what_sqlite_has_no_kind_of_comes_back(value: Any) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        (cell,) = database.execute("SELECT ?", (stored(value, "open"),)).fetchone()
    assert (restored(cell, "open"), type(restored(cell, "open"))) == (value, type(value))


def test_lists_of_any_name_get_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("customers", "sqlite_x", "open_cases", "transactions_items", "crmtext_fields", "Contacts")
    folder = stores.made(tmp_path / "store", stores.record(more="".join(f"{name}: [{{a: 1}}]\n" for name in names)))
    schema = json.loads(Schema.shipped().raw)
    for name in names:
        title = {"title": name, "x-title-zh": name}
        part = {"type": "number", "title": "A", "x-title-zh": "A"}
        item = {"type": "object", "additionalProperties": False, "properties": {"a": part}}
        schema["properties"][name] = {"type": "array", "items": item, **title}
    (folder / "schema").mkdir(exist_ok=True)
    (folder / "schema/customer.schema.json").write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    path = tmp_path / "all.sqlite"
    result = stores.Program(capsys, folder)("export", "-o", str(path))
    assert result.code == 0, result
    tables = {row[0] for row in query(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    wanted = {"customers", "customers_2", "_sqlite_x", "open_cases_2", "transactions_items", "transactions_items_2"}
    assert wanted | {"crmtext_fields", "crmtext_fields_2", "contacts", "Contacts_2"} <= tables
