"""Moving fields of `custom` into the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import customers as stores
import pytest
from customers import PATH, WRITE

from crmtext.answer import Change, Problems
from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.record import adopt

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stores.store(tmp_path)


def diff(store: Store, custom: str, field: str) -> list[str]:
    done = adopt.run(store, custom, field, WRITE._replace(dry_run=True))
    assert isinstance(done, Change)
    return [line for line in done.diff.splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_a_value_moves_and_an_empty_custom_goes(store: Store) -> None:
    assert diff(store, "custom.停车", "notes") == ["-custom:", "-  停车: 东门登记", "+notes: 东门登记"]


def test_a_value_becomes_what_the_field_takes(store: Store) -> None:
    record = store.root / PATH
    record.write_text(
        record.read_text("utf-8").replace("停车: 东门登记", "停车: 是\n  账期: 30 天, 月结\n  城市: 杭州")
    )
    record.write_text(record.read_text("utf-8").replace("停车: 是", "首单: 2026年5月10日"))
    assert diff(store, "首单", "cooperation.since") == [
        "+cooperation:", "+  since: 2026-05-10", "-  首单: 2026年5月10日",
    ]  # fmt: skip


def test_records_that_do_not_fit_are_listed_and_nothing_changes(store: Store) -> None:
    before = {path: path.read_bytes() for path in (store.root / "records").rglob("*.yaml")}
    with speaking("en"):
        done = adopt.run(store, "停车", "cooperation.since", WRITE)
    assert isinstance(done, Problems)
    assert [str(problem) for problem in done.problems] == [
        f"{PATH}:31:7: error: '东门登记' is not a date [adopt-field]"
    ]
    assert {path: path.read_bytes() for path in before} == before


def test_a_field_that_is_set_is_not_overwritten(store: Store) -> None:
    record = store.root / PATH
    record.write_text(record.read_text("utf-8") + "notes: 有停车位\n")
    with speaking("en"):
        done = adopt.run(store, "停车", "notes", WRITE)
    assert isinstance(done, Problems)
    assert [str(problem) for problem in done.problems] == [f"{PATH}:32:8: error: notes is set already [adopt-field]"]


@pytest.mark.parametrize(
    ("custom", "field", "message"),
    [
        ("停车场", "notes", "no record has custom.停车场"),
        ("停车", "contacts.notes", "'contacts.notes' can't take the values of a field of custom"),
        ("停车", "id", "'id' can't take the values of a field of custom"),
        ("停车", "cooperation", "'cooperation' can't take the values of a field of custom"),
        ("停车", "custom.x", "'custom.x' can't take the values of a field of custom"),
        ("停车", "停车", "the schema has no field '停车'"),
    ],
)
def test_what_can_not_move(store: Store, custom: str, field: str, message: str) -> None:
    with speaking("en"), pytest.raises(CrmError) as error:
        adopt.run(store, custom, field, WRITE)
    assert error.value.problem.message == message
