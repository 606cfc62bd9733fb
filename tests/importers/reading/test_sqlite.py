"""SQLite databases that are no exports of ours, or damaged ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crmtext.importers.options import ReadOptions
from crmtext.importers.reading.read import read
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = "CREATE TABLE crmtext_fields (table_name, column_name, list, field, kind)"


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as made:
        made.executescript(";".join(statements))
    return path


def refused(path: Path) -> tuple[str, int]:
    with pytest.raises(CrmError) as error:
        read([str(path)], ReadOptions())
    return error.value.problem.message.removeprefix(f"can't import {path}: "), int(error.value.exit_code)


def test_another_database_is_no_export(tmp_path: Path) -> None:
    path = database(tmp_path / "a.sqlite", "CREATE TABLE customers (id, name)")
    assert refused(path) == ("a SQLite file that crmtext did not export", 3)


def test_a_view_or_virtual_table_is_not_read(tmp_path: Path) -> None:
    row = "INSERT INTO crmtext_fields VALUES ('customers', 'id', 'customers', 'id', 'text')"
    view = "CREATE VIEW customers AS SELECT 1 AS id"
    assert refused(database(tmp_path / "a.sqlite", FIELDS, row, view)) == ("it has no table 'customers'", 3)
    assert refused(database(tmp_path / "b.sqlite", view)) == ("a SQLite file that crmtext did not export", 3)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = database(tmp_path / "a.sqlite", FIELDS, "CREATE TABLE customers (id, name)")
    path.write_bytes(path.read_bytes()[:5000])
    message, code = refused(path)
    assert (message.partition(":")[0], code) == ("a damaged SQLite file", 3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("x'00ff', 'a'", "table 'customers' has bytes where texts belong"),
        ("CAST(x'ff' AS TEXT), 'a'", "a damaged SQLite file"),
    ],
)
def test_bytes_are_no_values(tmp_path: Path, values: str, message: str) -> None:
    rows = ", ".join(f"('customers', '{name}', 'customers', '{name}', 'text')" for name in ("id", "name"))
    path = database(
        tmp_path / "a.sqlite", FIELDS, f"INSERT INTO crmtext_fields VALUES {rows}",
        "CREATE TABLE customers (id, name)", f"INSERT INTO customers VALUES ({values})",
    )  # fmt: skip
    assert refused(path)[0].startswith(message)


def test_no_table_is_multiplied(tmp_path: Path) -> None:
    rows = ", ".join(f"('customers', 'id', '{name}', 'id', 'text')" for name in ("customers", "contacts"))
    path = database(
        tmp_path / "a.sqlite", FIELDS, f"INSERT INTO crmtext_fields VALUES {rows}",
        "CREATE TABLE customers (id)", "INSERT INTO customers VALUES ('C1')",
    )  # fmt: skip
    assert refused(path) == ("it has no table 'customers'", 3)
    path = database(
        tmp_path / "b.sqlite", FIELDS,
        "INSERT INTO crmtext_fields VALUES ('customers', 'id', 'customers', 'id', 'text')",
        "CREATE TABLE customers (id, x AS (printf('%.*c', 9000000, 'x')))", "INSERT INTO customers (id) VALUES ('C1')",
    )  # fmt: skip
    assert refused(path) == ("table 'customers' has computed columns", 3)
