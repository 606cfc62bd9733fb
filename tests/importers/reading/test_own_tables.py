"""Sheets of our own exports as records, also after people have edited them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from import_runs import customers, imported, new_store, run

from crmtext.importers.options import ReadOptions
from crmtext.importers.reading.own_tables import with_records
from crmtext.importers.reading.read import read
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

RECORD = """\
id: C20240501001
name: Larch Pumps Ltd
type: company
status: lead
owner: lilei
phones: ["+86 13800138000"]
contacts:
  - name: Ann
    title: "=1+1"
  - name: Bob
transactions:
  - date: 2024-05-01
    amount: -5
    items: [{product: A}]
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = new_store(tmp_path / "store")
    (root / "records/C20240501001.yaml").write_text(RECORD, "utf-8")
    monkeypatch.chdir(root)
    return root


def exported(store: Path, *words: str) -> Path:
    folder = store.parent / "out"
    code, output = run("export", *words, "-o", f"{folder}/")
    assert code == 0, output
    return folder


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    assert old in text
    path.write_bytes(text.replace(old, new).encode("utf-8-sig"))


@pytest.mark.parametrize("words", [(), ("--headers", "labels")])
def test_an_export_of_the_same_store_changes_nothing(store: Path, words: tuple[str, ...]) -> None:
    code, plan = imported(str(exported(store, *words)))
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 0, "same": 1, "gone": 0})


def test_a_list_alone_belongs_to_the_customers_of_the_store(store: Path) -> None:
    path = exported(store) / "contacts.csv"
    replace(path, "C20240501001,Bob,", "C20240501001,Bob,Buyer\r\nC20240501001,Cid,")
    code, plan = imported(str(path), "--no-commit")
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 1)
    [one] = customers()
    assert one["contacts"] == [{"name": "Ann", "title": "=1+1"}, {"name": "Bob", "title": "Buyer"}, {"name": "Cid"}]
    assert (one["phones"], one["transactions"]) == (
        ["+86 13800138000"],
        [{"date": "2024-05-01", "amount": -5, "items": [{"product": "A"}]}],
    )


def test_an_entry_of_an_unknown_customer_is_rejected(store: Path) -> None:
    path = exported(store) / "contacts.csv"
    replace(path, "C20240501001,Bob", "C20240501999,Bob")
    code, plan = imported(str(path))
    assert (code, [(one["column"], one["why"]) for one in plan["rejected"]]) == (
        1,
        [("customer_id", "no customer of the files or the store has the id C20240501999")],
    )


def test_a_row_without_an_id_is_a_new_customer(store: Path) -> None:
    path = store.parent / "all.csv"
    assert run("export", "--columns", "id,name,type,status,owner,cooperation.since", "-o", str(path))[0] == 0
    path.write_bytes(path.read_bytes() + b",Maple Pumps Ltd,company,active,lilei,2024/5/1\r\n")
    code, plan = imported(str(path), "--no-commit")
    assert (code, plan["counts"]["customers"]["new"]) == (0, 1)
    new = {"name": "Maple Pumps Ltd", "type": "company", "status": "active", "owner": "lilei"}
    assert customers()[1] == {**new, "cooperation": {"since": "2024-05-01"}}


def test_a_number_that_a_spreadsheet_has_shortened_is_set_aside(store: Path) -> None:
    folder = exported(store)
    replace(folder / "customers.csv", "'+86 13800138000", "1.38001E+10")
    code, plan = imported(str(folder), "--no-commit")
    assert (code, [(one["column"], one["value"]) for one in plan["cells"]]) == (0, [("phones", "1.38001E+10")])
    assert [one["phones"] for one in customers()] == [["+86 13800138000"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Ids of another system, columns of another system, a header in two languages: no exports of ours.
        ("id,name,status\n17,Maple Pumps Ltd,lead\n", {}),
        ("id,name,lead_score\nC20240501002,'=Maple,5\n", {"name": "'=Maple"}),
        ("id,客户名称,Status\nC20240501002,'=Maple,lead\n", {"name": "'=Maple"}),
        ("id,name,status\nC20240501002,'=Maple,lead\n", {"name": "=Maple"}),
        ("id,客户名称,合作状态\nC20240501002,''=Maple,潜在客户\n", {"name": "'=Maple"}),
        ("id,name,last_contact,transactions.amount\nC20240501002,'-Maple,2024-05-01,5\n", {"name": "-Maple"}),
    ],
)  # fmt: skip
def test_only_our_own_exports_lose_a_quote(store: Path, text: str, expected: dict[str, Any]) -> None:
    path = store.parent / "sheet.csv"
    path.write_text(text, "utf-8")
    _code, plan = imported(
        str(path), "--default", "owner=lilei", "--default", "type=company", "--default", "status=lead", "--no-commit"
    )
    added = [one for one in customers() if one["name"] != "Larch Pumps Ltd"]
    assert [{key: one[key] for key in expected} for one in added] == [expected], plan


def test_half_of_an_entry_says_what_it_belongs_to(store: Path) -> None:
    folder = exported(store)
    replace(folder / "transactions.items.csv", "C20240501001,1,A", "C20240501001,7,A")
    code, plan = imported(str(folder), "--no-commit")
    assert (code, [one["column"] for one in plan["cells"]]) == (0, ["items"])


def test_a_text_in_place_of_a_map_with_a_list_is_reported(store: Path) -> None:
    folder = store.parent / "in"
    folder.mkdir()
    (folder / "customers.csv").write_text(
        "\ufeffid,name,type,status,owner,cooperation\nC20240501001,Larch Pumps Ltd,company,lead,lilei,x\n", "utf-8"
    )
    (folder / "cooperation.contracts.csv").write_text("\ufeffcustomer_id,number\nC20240501001,A\n", "utf-8")
    code, output = run("import", str(folder), "--dry-run")
    assert code == 0, output
    assert "Cells left out:\n  row 2 cooperation 'x': the value doesn't fit the field\n" in output
    assert "cooperation.contracts.csv row 2: 'cooperation.contracts' is left out" in " ".join(output.split())


def test_a_header_of_many_dots_is_no_column(store: Path) -> None:
    folder = store.parent / "in"
    folder.mkdir()
    for header in ("custom." + "." * 60_000, "custom" + " · " * 20_000):
        (folder / "customers.csv").write_text(f"id,name,{header}\nC20240501001,Larch Pumps Ltd,x\n", "utf-8")
        sheets = with_records(read([str(folder / "customers.csv")], ReadOptions()), Store.find(store))
        assert [sheet.records for sheet in sheets] == [()]


@pytest.mark.parametrize("header", ["city", "城市"])
def test_an_added_column_of_a_city_is_imported_although_a_figure_has_its_name(store: Path, header: str) -> None:
    (store.parent / "cities.csv").write_text(f"id,name,{header}\nC20240501001,Larch Pumps Ltd,Suzhou\n", "utf-8")
    code, plan = imported(str(store.parent / "cities.csv"), "--no-commit")
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 1)
    assert customers()[0]["addresses"] == [{"kind": "office", "city": "Suzhou"}]
