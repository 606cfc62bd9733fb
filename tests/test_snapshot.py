from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.problem import Place, Problem
from crmtext.schema import Schema
from crmtext.settings import read
from crmtext.snapshot import Snapshot, build, claimed_id
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

TEAM = b'[team.lilei]\nname = "\xe6\x9d\x8e\xe9\x9b\xb7"\n'
UNREADABLE = Problem("unreadable", "the file cannot be read: broken", Place("records/C20240501003.yaml"))


def record(number: str, more: str = "") -> bytes:
    """The bytes of a right record without contacts to miss."""
    return f"id: C20240501{number}\nname: 张三\ntype: person\nstatus: lead\nowner: lilei\n{more}".encode()


def snapshot(files: Mapping[str, bytes | Problem]) -> Snapshot:
    """The snapshot of files given by their names below `records/`."""
    found = ((f"records/{name}.yaml", content) for name, content in files.items())
    return build(found, read="worktree", schema=Schema.shipped(), settings=read(TEAM), today=date(2024, 6, 15))


MIXED = snapshot(
    {
        "z": record("009"),
        "C20240501001": record("001"),
        "C20240501002-wrong": record("002").replace(b"lead", b"leed"),
        "C20240501003": UNREADABLE,
        "C20240501004": b"name: [",
        "C20240501005": record("005", "notes: x #1\n"),
    }
)


def test_records_that_fit_are_customers_and_all_else_is_kept_aside() -> None:
    assert [each.id for each in MIXED.customers] == ["C20240501001", "C20240501005", "C20240501009"]
    assert [each.path for each in MIXED.broken] == [
        "records/C20240501002-wrong.yaml",
        "records/C20240501003.yaml",
        "records/C20240501004.yaml",
    ]
    assert (MIXED.checked, MIXED.left_out) == (6, 3)
    assert [each.rule for each in MIXED.problems] == [
        "unknown-value",
        "unreadable",
        "unclosed-bracket",
        "hash-cuts-value",
    ]


def test_a_customer_is_found_by_its_id() -> None:
    assert MIXED.by_id["C20240501009"].path == "records/z.yaml"
    assert "C20240501002" not in MIXED.by_id


def test_ids_of_records_that_are_left_out_are_known() -> None:
    assert MIXED.known_ids >= {"C20240501001", "C20240501002", "C20240501003", "C20240501004", "C20240501009"}
    assert [claimed_id(each) for each in MIXED.broken] == ["C20240501002", "C20240501003", "C20240501004"]


def test_what_refers_to_a_record_that_is_left_out_is_not_to_blame() -> None:
    related = record("001", "relations: [{id: C20240501004, kind: partner}]\n")
    found = checks.run(snapshot({"C20240501001": related, "C20240501004": b"name: ["}))
    assert [problem.rule for problem in found] == ["unclosed-bracket"]


def test_of_two_records_with_one_id_the_first_is_found_and_both_are_there() -> None:
    twins = snapshot({"C20240501001": record("001"), "b/C20240501001": record("001")})
    assert [each.path for each in twins.customers] == ["records/C20240501001.yaml", "records/b/C20240501001.yaml"]
    assert twins.by_id["C20240501001"].path == "records/C20240501001.yaml"


def test_an_empty_store_has_nothing_and_no_problems() -> None:
    empty = snapshot({})
    assert (empty.customers, empty.broken, empty.problems, empty.checked, empty.left_out) == ((), (), (), 0, 0)
    assert checks.run(empty) == ()


def test_one_bad_record_hides_no_other() -> None:
    bad = snapshot({"a": b"\xff", "b": b"", "c": b"- x\n", "C20240501001": record("001")})
    assert [each.id for each in bad.customers] == ["C20240501001"]
    assert [(each.place.path, each.rule) for each in bad.problems] == [
        ("records/a.yaml", "not-utf8"),
        ("records/b.yaml", "empty-file"),
        ("records/c.yaml", "not-a-map"),
    ]


def test_problems_come_sorted_by_place() -> None:
    places = [problem.place for problem in checks.run(MIXED)]
    assert places == sorted(places)
    assert len(places) > 4


def test_rules_can_be_chosen_and_left_out() -> None:
    everything = {problem.rule for problem in checks.run(MIXED)}
    assert {problem.rule for problem in checks.run(MIXED, select=["file-name"])} == {"file-name"}
    assert {problem.rule for problem in checks.run(MIXED, ignore=["file-name"])} == everything - {"file-name"}
    assert checks.run(MIXED, select=["file-name"], ignore=["file-name"]) == ()


def test_a_store_may_leave_rules_out_for_good() -> None:
    settings = read(TEAM + b'[check]\nignore = ["hash-cuts-value"]\n')
    files = [("records/C20240501005.yaml", record("005", "notes: x #1\n"))]
    found = build(files, read="index", schema=Schema.shipped(), settings=settings, today=date(2024, 6, 15))
    assert checks.run(found) == ()


def test_a_file_that_the_disk_does_not_give_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crmtext.toml").write_bytes(TEAM)
    (tmp_path / "records").mkdir()
    for number in ("001", "002"):
        (tmp_path / f"records/C20240501{number}.yaml").write_bytes(record(number))
    whole = os.open

    def broken(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if str(path).endswith("C20240501002.yaml"):
            raise OSError(5, "Input/output error")
        return whole(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", broken)
    found = Store(tmp_path).worktree()
    assert [each.id for each in found.customers] == ["C20240501001"]
    assert checks.run(found) == (
        Problem("unreadable", "the file cannot be read: Input/output error", Place("records/C20240501002.yaml")),
    )
