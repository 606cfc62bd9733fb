"""Our own export, read back: whole records, not sheets."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import stores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

RECORD = {
    "id": "C20260102ABCDE",
    "name": "Larch Pumps Ltd",
    "type": "company",
    "status": "lead",
    "owner": "lilei",
    "needs": [{"description": "Spare parts", "budget": {"min": 1000, "max": 2000, "currency": "CNY"}}],
    "path": "records/x.yaml",
    "computed": {"contacts": 3},
}


@pytest.fixture
def two(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    """The sample store, and one with its settings and no customers."""
    full = stores.sample(tmp_path_factory, tmp_path / "full")
    empty = tmp_path / "empty"
    (empty / "records").mkdir(parents=True)
    for name in ("crmtext.toml", "schema"):
        if (full / name).is_dir():
            shutil.copytree(full / name, empty / name)
        else:
            shutil.copy(full / name, empty / name)
    for words in (
        ("init", "-q", "-b", "main"),
        ("config", "user.name", "李雷"),
        ("config", "user.email", "lilei@example.com"),
        ("add", "-A"),
        ("commit", "-q", "-m", "store"),
    ):
        subprocess.run(["git", *words], cwd=empty, check=True, capture_output=True)
    return [stores.Program(capsys, folder) for folder in (full, empty)]


def records(program: stores.Program) -> dict[str, dict[str, Any]]:
    listed = program("list", "--format", "json").data["customers"]
    return {one["id"]: {k: v for k, v in one.items() if k not in ("path", "computed")} for one in listed}


def without(value: Any, *names: str) -> Any:
    """A value without fields of these names, at any depth."""
    if isinstance(value, dict):
        return {key: without(one, *names) for key, one in value.items() if key not in names}
    return [without(one, *names) for one in value] if isinstance(value, list) else value


def lines(document: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in document["customers"])


@pytest.mark.parametrize(
    ("name", "form"),
    [("own.json", json.dumps), ("own.jsonl", lines), ("list.json", lambda all_: json.dumps(all_["customers"]))],
)
def test_an_export_comes_back_with_its_data_and_ids(
    two: list[stores.Program], tmp_path: Path, name: str, form: Callable[[Any], str]
) -> None:
    full, empty = two
    path = tmp_path / name
    path.write_text(form(full("list", "--format", "json").data), "utf-8")
    result = empty("import", str(path), "--format", "json")
    expected = records(full)
    assert (result.code, result.data["counts"]["customers"]["new"]) == (0, len(expected))
    secret = ("bank", "bank_account", "birthday", "birth_date", "id_number", "home_address")
    assert records(empty) == {id_: without(one, *secret) for id_, one in expected.items()}
    assert result.data["counts"]["withheld"] == 6
    for program in two:
        again = program("import", str(path), "--format", "json").data["counts"]
        assert again["customers"] == {"new": 0, "changed": 0, "same": len(expected), "gone": 0}


def test_the_json_of_one_customer_comes_back(two: list[stores.Program], tmp_path: Path) -> None:
    full, empty = two
    path = tmp_path / "one.json"
    path.write_text(full("show", "C20240306H9WY", "--format", "json").out, "utf-8")
    assert empty("import", str(path)).code == 0
    assert records(empty) == {"C20240306H9WY": records(full)["C20240306H9WY"]}


def taken(program: stores.Program, path: Path, *customers: Mapping[str, Any]) -> Any:
    path.write_text(json.dumps({"schema": 1, "customers": customers}), "utf-8")
    return program("import", str(path), "--format", "json")


def test_invalid_values_are_left_out_and_come_back_to_be_corrected(two: list[stores.Program], tmp_path: Path) -> None:
    _full, empty = two
    wrong = {
        **RECORD,
        "priority": "gold",
        "colour": "red",
        "phones": "13800000101",
        "contacts": [{"name": "Ann", "shoe_size": 4}],
        "person": {"id_number": "11010519491231002X"},
    }
    result = taken(empty, tmp_path / "own.json", wrong)
    assert result.data["rejected"] == []
    cells = {cell["column"]: (cell["value"], cell["why"]) for cell in result.data["cells"]}
    assert cells == {
        "colour": ("", "unknown field"),
        "contacts.shoe_size": ("", "unknown field"),
        "priority": ("gold", "the value doesn't fit the field"),
        "phones": ("13800000101", "the value doesn't fit the field"),
    }
    assert result.data["counts"]["withheld"] == 1
    [record] = records(empty).values()
    assert record == {**without(RECORD, "path", "computed"), "contacts": [{"name": "Ann"}]}
    [back] = json.loads((empty.folder / "import-rejected/own.json").read_text("utf-8"))
    assert without(back, "row", "reason", "fix") == without(wrong, "path", "computed")
    assert (back["row"], "priority: the value" in back["reason"]) == (1, True)
    corrected = {**back, "priority": "key", "phones": ["13800000101"], "contacts": [{"name": "Ann"}]}
    del corrected["colour"]
    assert taken(empty, tmp_path / "own.json", corrected).data["counts"]["customers"]["changed"] == 1
    [record] = records(empty).values()
    assert (record["priority"], record["phones"]) == ("key", ["13800000101"])


@pytest.mark.parametrize(
    "damage",
    [
        {"interactions": "x"}, {"cooperation": 5}, {"contacts": [1, None]}, {"sources": {"a": []}}, {"external_ids": 7},
        {"custom": [[]]}, {"aliases": [{"a": 1}]}, {"opportunities": [{"title": {}}]}, {"status": ["lead"]},
        {"type": {}}, {"owner": 4}, {"notes": True},
    ],
    ids=lambda damage: next(iter(damage)),
)  # fmt: skip
def test_values_of_a_wrong_kind_end_in_a_plan(
    two: list[stores.Program], tmp_path: Path, damage: dict[str, Any]
) -> None:
    _full, empty = two
    result = taken(empty, tmp_path / "own.json", {**RECORD, **damage})
    rows = result.data["counts"]["rows"]
    assert (result.err.count("Traceback"), rows["read"]) == (0, 1)
    assert rows["read"] == rows["used"] + rows["left_out"] + rows["rejected"] + rows["waiting"]
    assert result.data["cells"] or result.data["rejected"] or result.data["questions"]


def test_a_record_without_a_name_or_with_the_id_of_another_is_rejected(
    two: list[stores.Program], tmp_path: Path
) -> None:
    _full, empty = two
    other = {**RECORD, "name": "Maple Pumps Ltd"}
    result = taken(empty, tmp_path / "own.json", RECORD, other, {**RECORD, "id": "C20260102FGHJK", "name": " "})
    assert result.code == 1
    assert [(cell["row"], cell["why"]) for cell in result.data["rejected"]] == [
        (2, "the id C20260102ABCDE is also in row 1"),
        (3, "the customer has no name"),
    ]


def test_a_name_that_the_schema_rejects_keeps_the_record_out(two: list[stores.Program], tmp_path: Path) -> None:
    full, _empty = two
    result = taken(full, tmp_path / "own.json", {**RECORD, "name": "Larch\nPumps", "phones": ["0510-55552381"]})
    assert [(cell["row"], cell["column"], cell["value"]) for cell in result.data["rejected"]] == [
        (1, "name", "Larch Pumps")
    ]
    assert (result.code, result.data["cells"], result.data["customers"]) == (1, [], [])


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("transactions", {"date": "2099-01-01", "amount": 5}),
        ("feedback", {"date": "2099-01-01", "kind": "praise"}),
        ("cases", {"opened": "2099-01-01", "kind": "repair", "summary": "seal leaks", "status": "open"}),
        ("consents", {"date": "2099-01-01", "basis": "consent"}),
    ],
)
def test_an_entry_that_needs_its_day_goes_to_the_notes_if_that_is_in_the_future(
    two: list[stores.Program], tmp_path: Path, name: str, entry: dict[str, Any]
) -> None:
    _full, empty = two
    result = taken(empty, tmp_path / "own.json", {**RECORD, name: [entry]})
    assert [cell["value"] for cell in result.data["cells"]] == ["2099-01-01"]
    record = records(empty)[RECORD["id"]]  # type: ignore[index]
    assert (name in record, "2099-01-01" in record["notes"]) == (False, True)


def test_colleagues_of_another_team_are_asked_about(two: list[stores.Program], tmp_path: Path) -> None:
    _full, empty = two
    path = tmp_path / "own.json"
    asked = taken(empty, path, {**RECORD, "owner": "stranger"})
    assert asked.code == 1
    [question] = asked.data["questions"]
    assert question["options"][0].startswith("--people stranger=")
    assert empty("import", str(path), "--people", "stranger=hanmei").code == 0
    [record] = records(empty).values()
    assert record["owner"] == "hanmei"


def test_colleagues_of_another_team_can_be_left_out(two: list[stores.Program], tmp_path: Path) -> None:
    _full, empty = two
    path = tmp_path / "own.json"
    nobody = ("--people", "stranger=-", "--default", "owner=hanmei")
    told = {**RECORD, "owner": "stranger", "collaborators": ["stranger", "lilei", "stranger"]}
    taken(empty, path, told)
    assert empty("import", str(path), *nobody).code == 0
    [record] = records(empty).values()
    assert (record["owner"], record["collaborators"]) == ("hanmei", ["lilei"])


def test_rows_of_other_files_find_a_record(two: list[stores.Program], tmp_path: Path) -> None:
    _full, empty = two
    deals = tmp_path / "商机.csv"
    deals.write_text("客户名称,商机名称,阶段\nLarch Pumps Ltd,Pump 4,谈判\n", "utf-8")
    path = tmp_path / "own.json"
    path.write_text(json.dumps([RECORD]), "utf-8")
    assert empty("import", str(path), str(deals), "--default", "owner=lilei").code == 0
    [record] = records(empty).values()
    assert [(deal["title"], deal["stage"]) for deal in record["opportunities"]] == [("Pump 4", "negotiation")]
