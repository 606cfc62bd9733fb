"""What LibreOffice reads in workbooks and CSV files."""

from __future__ import annotations

import csv
import shutil
import subprocess
from typing import TYPE_CHECKING

import openpyxl
import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed"),
]

#: Commas, quotes, UTF-8, cells as they are shown, all sheets.
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
NOTES = ("=1+1", "007", "+86 138", "-5", "@a", "'=x", "2024-05-01", "1e5", "true", " a ", "第一行\n第二行")
RECORDS = [
    stores.record(
        f"{number:03}",
        f"Pumps {number}",
        f"notes: {text!r}\n" if "\n" not in text else f"notes: |-\n  {text.replace(chr(10), chr(10) + '  ')}\n",
    )
    for number, text in enumerate(NOTES)
]
DEAL = stores.record(
    "100", "Larch", "opportunities: [{title: '0012', stage: proposal, amount: 1200.5, expected_close: 2026-12-31}]\n"
)


def converted(path: Path, form: str, folder: Path) -> Path:
    """The folder with what LibreOffice makes of a file."""
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", form]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(path)], check=True, capture_output=True, timeout=300)
    return folder / "out"


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path / "store", *RECORDS, DEAL))


def test_a_workbook_shows_the_texts_days_and_amounts_of_the_records(program: stores.Program, tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    assert program("export", "--headers", "names", "-o", str(path)).code == 0
    folder = converted(path, AS_CSV, tmp_path)
    with (folder / "all-customers.csv").open(encoding="utf-8-sig", newline="") as file:
        notes = {row["id"]: row["notes"] for row in csv.DictReader(file)}
    assert notes == {f"C20240501{number:03}": text for number, text in enumerate(NOTES)} | {"C20240501100": ""}
    with (folder / "all-opportunities.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [*csv.DictReader(file)] == [
            {
                "customer_id": "C20240501100", "title": "0012", "stage": "proposal", "amount": "1200.5",
                "expected_close": "2026-12-31",
            }
        ]  # fmt: skip


def test_a_csv_file_has_no_formula(program: stores.Program, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    assert program("export", "-o", str(path)).code == 0
    sheet = openpyxl.load_workbook(converted(path, "xlsx", tmp_path) / "all.xlsx").active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "b"}
    names = [cell.value for cell in sheet["B"]]
    assert names == ["name", *(f"Pumps {number}" for number in range(len(NOTES))), "Larch"]
