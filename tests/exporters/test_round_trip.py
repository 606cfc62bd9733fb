"""Exports come back with the same data and ids, whatever texts they hold."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import any_customers
import openpyxl
import pytest
import stores
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from import_runs import new_store, run

from crmtext import settings as store_settings
from crmtext.exporters import file_writer, folder_writer
from crmtext.exporters.export import Export
from crmtext.exporters.output import Folder, writing
from crmtext.i18n import speaking
from crmtext.importers.options import ReadOptions
from crmtext.importers.reading.own_tables import with_records
from crmtext.importers.reading.read import read
from crmtext.model import Customer
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot
from crmtext.store import Store
from crmtext.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = ("xlsx", "json", "jsonl", "sqlite")
FOLDERS = ("csv", "tsv")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store.find(stores.made(tmp_path_factory.mktemp("empty") / "store", stores.record()))


def snapshot(records: Sequence[dict[str, Any]]) -> Snapshot:
    customers = tuple(Customer(Document(f"records/{one['id']}.yaml", "", one)) for one in records)
    settings = store_settings.read(stores.TEAM.encode())
    return Snapshot("worktree", any_customers.SCHEMA, settings, stores.TODAY, customers, (), ())


def written(export: Export, form: str, folder: Path) -> Path:
    """The file or folder of an export."""
    with writing(folder / "no-store") as files:
        if form in FOLDERS:
            folder_writer(form)(export, Folder(files, folder / form))
            return folder / form
        path = folder / f"all.{form}"
        file_writer(form)(export, files.open(path))
    return path


def records(path: Path, store: Store) -> list[dict[str, Any]]:
    """The records in files of an export."""
    return [record for sheet in with_records(read([str(path)], ReadOptions()), store) for record in sheet.records]


@given(any_customers.CUSTOMERS, st.sampled_from(FILES[1:] + FOLDERS), st.booleans(), st.sampled_from(["en", "zh"]))
def test_records_come_back_from_text_files(
    store: Store, customers: list[dict[str, Any]], form: str, labels: bool, language: str
) -> None:
    with TemporaryDirectory() as folder, speaking(language):
        path = written(Export(snapshot(customers), snapshot(customers).customers, labels=labels), form, Path(folder))
        assert records(path, store) == customers


@settings(max_examples=25)
@given(any_customers.CUSTOMERS, st.booleans(), st.sampled_from(["en", "zh"]))
def test_records_come_back_from_workbooks_without_a_formula(
    store: Store, customers: list[dict[str, Any]], labels: bool, language: str
) -> None:
    with TemporaryDirectory() as folder, speaking(language):
        path = written(Export(snapshot(customers), snapshot(customers).customers, labels=labels), "xlsx", Path(folder))
        assert records(path, store) == customers
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
        links = {cell.column for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink}
        assert links <= {1}


def in_store(folder: Path, customers: Sequence[dict[str, Any]]) -> Path:
    """An empty store with these customers; JSON is YAML."""
    root = new_store(folder)
    for one in customers:
        (root / f"records/{one['id']}.yaml").write_text(json.dumps(one, ensure_ascii=False), "utf-8")
    return root


def exported(root: Path) -> list[dict[str, Any]]:
    code, output = run("-C", str(root), "export", "--format", "json")
    assert code == 0, output
    data: list[dict[str, Any]] = json.JSONDecoder().raw_decode(output)[0]["customers"]
    return data


def zipped(folder: Path) -> Path:
    """The files of an export in a zip."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"export/{file.name}")
    return path


def round_trip(folder: Path, customers: Sequence[dict[str, Any]], form: str, *more: str) -> list[dict[str, Any]]:
    """The customers after an export and an import into an empty store."""
    here, there = in_store(folder / "here", customers), in_store(folder / "there", ())
    path = folder / ("out/" if form in (*FOLDERS, "zip") else f"all.{form}")
    words = ("--format", "csv" if form == "zip" else form) if form in (*FOLDERS, "zip") else ()
    code, output = run("-C", str(here), "export", *words, *more, "-o", f"{path}/" if words else str(path))
    assert code == 0, output
    code, output = run("-C", str(there), "import", str(zipped(path) if form == "zip" else path))
    assert code == 0, output
    assert exported(here) == [*customers]
    return exported(there)


@settings(max_examples=10, phases=[Phase.generate])
@given(any_customers.CUSTOMERS, st.sampled_from([*FILES, *FOLDERS, "zip"]), st.sampled_from(["names", "labels"]))
def test_customers_come_back_in_an_empty_store(customers: list[dict[str, Any]], form: str, headers: str) -> None:
    with TemporaryDirectory() as folder:
        assert round_trip(Path(folder), customers, form, "--headers", headers) == customers


#: What hand-picked customers hold besides their head.
CASES: tuple[dict[str, Any], ...] = (
    {"notes": "x" * 32_767},
    {"notes": "家" * 40_000, "custom": {"log": "😀" * 20_000, "log (2)": "x", "code": "007"}},
    {"notes": "\n".join(f"line {number}" for number in range(150))},
    {"notes": '"' + "\n" * 120, "contacts": [{"name": "Ann", "notes": '"open\n' * 101}]},
    {"tags": ["a; b", "c"], "aliases": ["[x"], "phones": ["+86 13800138000", "0512-1"]},
    {"custom": {"a.b": 1, "=x": "=y", "n": -5, "t": "-5", "truth": True, "word": "true", "l": [1, "1", False], "": ""}},
    {"external_ids": {"zoho": ["zcrm_101", "207"], "hubspot": "12345678901", "k": "[x]"}},
    {"preferences": {"promotions": ["text", {"name": "map"}, {"name": "n", "reaction": "r", "date": "2024-05-01"}]}},
    {"company": {"founded": 1990}, "cooperation": {"contracts": [{"number": "1", "from": "2024-01-01"}]}},
    {"transactions": [
        {"date": "2024-05-01", "amount": -1200.5, "items": [{"product": "A"}, {"product": "B", "quantity": 2}]},
        {"date": "2024-05-01", "amount": 0.000123},
        {"date": "2024-06-01", "amount": 123456789012345, "items": [{"product": "C"}]},
    ]},
    {"needs": [{"description": "spare parts", "budget": {"min": 1000, "max": 2000.5, "currency": "USD"}}]},
    {"tags": [], "contacts": [], "custom": {}, "addresses": [{}, {"city": "x"}]},
)  # fmt: skip


@pytest.mark.parametrize("form", [*FILES, *FOLDERS, "zip"])
def test_hand_picked_customers_come_back(tmp_path: Path, form: str) -> None:
    head = {"type": "company", "status": "lead", "owner": "lilei"}
    customers = [
        {"id": f"C20240501{number:03}", "name": f"{number} Pumps Ltd", **head, **more}
        for number, more in enumerate(CASES)
    ]
    assert round_trip(tmp_path, customers, form) == customers


def test_fields_of_a_team_come_back_whatever_their_form(tmp_path: Path, store: Store) -> None:
    data = json.loads(json.dumps(any_customers.SCHEMA.data))
    inner = {"type": "object", "properties": {"code": {"type": "string"}, "tests": {"type": "array", "items": {}}}}
    data["properties"] |= {
        "machines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "model": {"type": "string", "title": "Model", "x-title-zh": "型号"},
                    "parts": {"type": "array", "items": {**inner, "additionalProperties": {"type": "number"}}},
                    "layout": {"type": "object", "properties": {"rows": {"type": "array", "items": inner}}},
                },
            },
        },
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "level": {"type": "integer", "enum": [1, 2]},
        "anything": {},
        "plant": {
            "type": "object",
            "properties": {"line": {"type": "object", "properties": {"speed": {"type": "number"}}}},
        },
    }
    head = {"type": "company", "status": "lead", "owner": "lilei", "name": "Larch"}
    customers = [
        {"id": "C20240501001", **head, "sizes": [1, 2], "level": 2, "anything": {"a": [1, {"b": "="}]}},
        {"id": "C20240501002", **head, "anything": "5", "plant": {"line": {"speed": 1.5}, "extra": "-5"}},
        {"id": "C20240501003", **head, "anything": [], "plant": {}, "machines": [
            {"model": "A", "parts": [{"code": "01", "weight": 2}, {"tests": [1, "x"]}]},
            {"layout": {"rows": [{"code": "=r", "tests": [{"a": 1}]}, {}]}, "parts": []},
            {},
        ]},
    ]  # fmt: skip
    schema = Schema(data)
    here, there = replace(snapshot(customers), schema=schema), Store(store.root)
    there.__dict__["schema"] = schema
    for number, form in enumerate((*FILES, *FOLDERS)):
        for labels in (False, True):
            folder = tmp_path / f"{number}{labels}"
            folder.mkdir()
            path = written(Export(here, here.customers, labels=labels), form, folder)
            assert records(path, there) == customers, form
