"""`crmtext export --to SYSTEM`: the files that go out, and the same data back in an empty store."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import import_runs
import openpyxl
import pytest
import round_trips

from crmtext.importers.columns import mapping_file
from crmtext.importers.columns.mapping_file import Outgoing
from crmtext.systems import SYSTEMS
from crmtext.systems.cells import is_known
from crmtext.systems.tables import Table, Written
from crmtext.terminal.width import display_width

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

HERE = Path(__file__).parent
RECORDS = (round_trips.COMPANY, round_trips.PERSON, round_trips.INSTITUTION)
FIRM, PERSON, HOSPITAL = "苏州青禾自动化设备有限公司", "陈小雨", "青禾市第二医院"
SINCE = {"since": "2024-07-01"}
FOUNDED = {"founded": 2010}
#: What a customer doesn't want holds for its contacts, and has a column only there.
NO_MAIL = {"opted_out": ["email"]}
#: What an import puts in the place of a value that has none in the system: by customer, lists by position.
ADDED: Mapping[str, Mapping[str, Any]] = {
    "hubspot": {
        FIRM: {"cooperation": SINCE, "sources": {0: {"channel": "other", "detail": "hubspot"}}, "company": FOUNDED},
        PERSON: {
            "sources": {0: {"channel": "other", "detail": "hubspot"}},
            "interactions": {1: {"channel": "visit"}},
        },
        HOSPITAL: {
            "contacts": {0: {"name": "Ada Fir", **NO_MAIL}, 1: NO_MAIL},
            "interactions": {0: {"channel": "note"}},
        },
    },
    "salesforce": {
        FIRM: {"cooperation": SINCE, "addresses": {0: {"kind": "billing"}}, "company": FOUNDED},
        PERSON: {"status": "lead", "interactions": {1: {"channel": "visit"}}},
        HOSPITAL: {
            "contacts": {0: {"name": "Ada Fir", **NO_MAIL}, 1: NO_MAIL},
            "interactions": {0: {"channel": "other"}},
        },
    },
    "zoho": {
        FIRM: {
            "cooperation": SINCE,
            "addresses": {0: {"kind": "billing"}},
            "sources": {0: {"channel": "other", "detail": "zoho"}},
            "interactions": {3: {"channel": "note"}},
        },
        PERSON: {"status": "lead", "interactions": {1: {"channel": "visit"}}},
        HOSPITAL: {
            "contacts": {0: {"name": "Ada Fir", **NO_MAIL}, 1: NO_MAIL},
            "interactions": {0: {"channel": "note"}},
        },
    },
    "fxiaoke": {
        FIRM: {"cooperation": SINCE, "interactions": {1: {"next": {"action": "跟进"}}}},
        HOSPITAL: {"contacts": {0: {"name": "Ada Fir"}}},
    },
    "jiandaoyun": {HOSPITAL: {"contacts": {0: {"name": "Ada Fir"}}, "custom": {"床位": "300"}}},
}
#: The answers of the user to the questions of an import.
ANSWERS = ("--default", "cooperation.since=2024-07-01", "--default", "status=lead")


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_goes_out_is_as_the_files_say(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden_update: bool
) -> None:
    output, folder = round_trips.exported(tmp_path, monkeypatch, system, *RECORDS)
    # A terminal shows a short answer; the whole list is in the README.
    assert len(output.splitlines()) <= 15
    readme = (folder / "README.txt").read_text("utf-8-sig")
    assert [line for line in (output + readme).splitlines() if display_width(line) > 80] == []
    text = output + "".join(f"\n== {path.name}\n{_shown(path)}" for path in sorted(folder.iterdir()))
    golden = HERE / f"{system}.txt"
    if golden_update:
        golden.write_text(text, "utf-8", newline="\n")
    assert text == golden.read_text("utf-8")


def _shown(path: Path) -> str:
    if path.suffix != ".xlsx":
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    rows = openpyxl.load_workbook(path).active.iter_rows()
    lines = []
    for row in rows:
        assert {cell.data_type for cell in row if cell.value is not None} <= {"s"}
        lines.append(" | ".join(str(cell.value or "").replace("\n", "\\n") for cell in row))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_comes_back_is_what_went_out_but_for_the_listed_fields(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = round_trips.sources(monkeypatch)
    _output, folder = round_trips.exported(tmp_path, monkeypatch, system, *RECORDS)
    monkeypatch.chdir(import_runs.new_store(tmp_path / "into"))
    code, output = import_runs.run("import", str(folder), *ANSWERS)
    assert code == 0, output
    out = {source.record["name"]: round_trips.written(source) for source in sources}
    back = {one["name"]: round_trips.without_ids(one) for one in import_runs.customers()}
    assert _unordered(back) == _unordered({name: _with(one, ADDED[system].get(name, {})) for name, one in out.items()})


@pytest.mark.parametrize("system", SYSTEMS)
def test_ids_of_the_system_link_its_own_rows(system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _output, folder = round_trips.exported(tmp_path, monkeypatch, system, *RECORDS)
    monkeypatch.chdir(import_runs.new_store(tmp_path / "into"))
    assert import_runs.run("import", str(folder), *ANSWERS)[0] == 0
    hospital = next(one for one in import_runs.customers() if one["name"] == HOSPITAL)
    assert hospital["external_ids"] == {system: "77001"}


def _with(value: Any, added: Mapping[Any, Any]) -> Any:
    """A value with what an import adds; positions beyond a list extend it."""
    if isinstance(value, list):
        whole = {**dict(enumerate(value)), **{at: _with(value[at] if at < len(value) else {}, one)
                                              for at, one in added.items()}}  # fmt: skip
        return [whole[at] for at in sorted(whole)]
    for key, one in added.items():
        below: Any = {} if not isinstance(one, dict) or 0 not in one else []
        value = {**value, key: _with(value.get(key, below), one) if isinstance(one, dict) else one}
    return value


def _unordered(value: Any) -> Any:
    """A value without the order of phones: a column for mobile numbers changes it."""
    if isinstance(value, dict):
        return {key: sorted(one) if key == "phones" else _unordered(one) for key, one in value.items()}
    return [_unordered(one) for one in value] if isinstance(value, list) else value


def test_each_profile_that_says_how_to_export_is_a_system_of_the_command() -> None:
    assert {name for name, one in mapping_file.profiles().items() if one.outgoing} == {*SYSTEMS}


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_a_profile_writes_is_what_it_reads(system: str) -> None:
    for sheet in mapping_file.profiles()[system].sheets:
        words = {word for table in sheet.values.values() for word in table}
        for output in sheet.outputs:
            assert [one for one in output.columns if not is_known(sheet, output, one)] == []
            assert {*output.fixed, *output.mobile} <= {*output.columns}
            assert {*output.words} <= words
            joins = {join.column for join in sheet.of}
            assert {output.customer, output.contact} - {""} <= joins & {*output.columns}


def test_a_file_ends_at_the_limit_of_the_system() -> None:
    files: dict[str, BinaryIO] = {}

    def opened(name: str) -> BinaryIO:
        return files.setdefault(name, io.BytesIO())

    table = Table("companies", ("Record ID",), Outgoing("csv", "en", 2, {}), opened)
    for number in range(5):
        table.add([str(number)])
    table.close()
    assert table.written == [Written("companies.csv", 2), Written("companies-2.csv", 2), Written("companies-3.csv", 1)]
    files["companies-3.csv"].seek(0)
    assert files["companies-3.csv"].read() == "\ufeffRecord ID\r\n4\r\n".encode()
