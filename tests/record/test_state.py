"""What a state or a score asks for comes with it, in the same change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import customers as stores
import pytest
from customers import ACTIVE, ACTIVE_PATH, WRITE, lines

from crmtext.importers.undo import last_change
from crmtext.problem import CrmError
from crmtext.record import append, undo
from crmtext.record import set as record_set
from crmtext.record.change.write import WriteOptions
from crmtext.schema import Schema
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

DEALS = """\
opportunities:
  - {title: 一期, stage: negotiation}  # 快了
  - {title: 二期, stage: won, closed: 2026-03-01}
  - {title: 三期, stage: proposal, closed: 2026-04-01}
cases:
  - opened: 2026-11-01
    kind: repair
    summary: 掉线
    status: open
"""
TODAY = "2026-11-20"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("CRMTEXT_TODAY", TODAY)
    return stores.store(tmp_path, {ACTIVE_PATH: ACTIVE + DEALS})


def changed(store: Store, *typed: str) -> list[str]:
    record_set.run(store, "武汉合作", typed, WRITE)
    return lines(ACTIVE + DEALS, stores.read(store, ACTIVE_PATH))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            ["opportunities[一期].stage=赢单"],
            [
                "-  - {title: 一期, stage: negotiation}  # 快了",
                "+  - {title: 一期, stage: won, closed: 2026-11-20}  # 快了",
            ],
        ),
        (
            ["opportunities[0].stage=lost", "opportunities[0].closed=昨天"],
            [
                "-  - {title: 一期, stage: negotiation}  # 快了",
                "+  - {title: 一期, stage: lost, closed: 2026-11-19}  # 快了",
            ],
        ),
        (
            ["opportunities[二期].stage=谈判"],
            ["-  - {title: 二期, stage: won, closed: 2026-03-01}", "+  - {title: 二期, stage: negotiation}"],
        ),
        (
            ["opportunities[二期].stage=lost"],
            [
                "-  - {title: 二期, stage: won, closed: 2026-03-01}",
                "+  - {title: 二期, stage: lost, closed: 2026-11-20}",
            ],
        ),
        (["opportunities[二期].stage=won"], []),
        (
            ["opportunities[三期].stage=won"],
            [
                "-  - {title: 三期, stage: proposal, closed: 2026-04-01}",
                "+  - {title: 三期, stage: won, closed: 2026-04-01}",
            ],
        ),
        (["cases.status=已关闭"], ["-    status: open", "+    status: closed", "+    closed: 2026-11-20"]),
        (["cases.status=等待客户"], ["-    status: open", "+    status: pending"]),
    ],
    ids=lambda value: " ".join(value) if value and "=" in value[0] else "",
)
def test_a_state_that_asks_for_a_date_has_it_and_no_other_state(
    store: Store, typed: list[str], expected: list[str]
) -> None:
    assert changed(store, *typed) == expected


def test_what_is_filled_in_and_taken_out_is_said(store: Store) -> None:
    done = record_set.run(
        store, "武汉合作", ["opportunities[一期].stage=won", "opportunities[二期].stage=proposal"], WRITE
    )
    assert done.summary == (
        "武汉合作客户有限公司: Opportunities 一期 · Stage: Negotiation → Won; "
        "Opportunities 二期 · Stage: Won → Proposal; "
        "Opportunities 一期 · Closed: 2026-11-20; Opportunities 二期 · Closed removed"
    )


def test_a_date_that_is_taken_away_in_the_same_command_is_missed(store: Store) -> None:
    with pytest.raises(CrmError, match="opportunity-closed-date"):
        record_set.run(store, "武汉合作", ["opportunities[二期].stage=lost", "opportunities[二期].closed="], WRITE)


def test_a_new_entry_in_such_a_state_has_its_date(store: Store) -> None:
    done = append.run(store, "武汉合作", "opportunities", ["title=四期", "stage=won"], WRITE)
    assert done.summary == "武汉合作客户有限公司: Opportunities: + 四期; Closed: 2026-11-20"
    append.run(
        store, "武汉合作", "cases", ["kind=咨询", "summary=电话解决", "status=closed", "closed=2026-11-20"], WRITE
    )
    data = stores.data(store, ACTIVE_PATH)
    assert data["opportunities"][-1] == {"title": "四期", "stage": "won", "closed": TODAY}
    assert data["cases"][-1]["closed"] == TODAY


def test_a_rule_of_a_teams_own_schema_works_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMTEXT_TODAY", TODAY)
    schema: dict[str, Any] = json.loads(json.dumps(Schema.shipped().data))
    labels = {"title": "T", "x-title-zh": "字段"}
    date, handle = (
        {"$ref": "#/definitions/date", "x-past": True, **labels},
        {"$ref": "#/definitions/handle", "x-handle": True},
    )
    schema["properties"]["audit"] = {
        **labels,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "state": {"type": "string", "enum": ["asked", "passed"], **labels, "x-enum-labels": {}},
            "on": date,
            "by": {**handle, **labels},
        },
        "allOf": [
            {
                "x-rule": "audit-day",
                "x-message": {"en": "a passed audit needs its day", "zh": "通过的审核需要日期"},
                "if": {"properties": {"state": {"const": "passed"}}, "required": ["state"]},
                "then": {"required": ["on", "by"]},
            }
        ],
    }
    schema["properties"]["audit"]["properties"]["state"]["x-enum-labels"] = {
        value: {"en": value, "zh": value} for value in ("asked", "passed")
    }
    store = stores.store(tmp_path, {ACTIVE_PATH: ACTIVE, "schema/customer.schema.json": json.dumps(schema)})
    record_set.run(store, "武汉合作", ["audit.state=passed", "audit.by=韩梅"], WRITE)
    assert stores.data(store, ACTIVE_PATH)["audit"] == {"state": "passed", "on": TODAY, "by": "hanmei"}
    record_set.run(store, "武汉合作", ["audit.state=asked"], WRITE)
    assert stores.data(store, ACTIVE_PATH)["audit"] == {"state": "asked"}


NOW = {"date": TODAY, "by": "hanmei"}
BEFORE = {"score": 4, "date": "2026-09-18", "by": "lilei", "comment": "很稳定"}
EARLIER = {"date": "2026-09-18", "kind": "survey", "score": 4, "text": "很稳定", "by": "lilei"}


@pytest.mark.parametrize(
    ("typed", "satisfaction", "feedback"),
    [
        (["satisfaction=2"], {"score": 2, **NOW}, [EARLIER]),
        (
            ["满意度.评分=2", "cooperation.satisfaction.comment=太慢"],
            {"score": 2, **NOW, "comment": "太慢"},
            [EARLIER],
        ),
        (
            ["satisfaction=5", "satisfaction.by=李雷", "satisfaction.date=11月1日"],
            {"score": 5, "date": "2026-11-01", "by": "lilei"},
            [EARLIER],
        ),
        (["satisfaction=4"], {"score": 4, **NOW}, [EARLIER]),
        (["satisfaction=5", "satisfaction.date=2026-09-18"], {**BEFORE, "score": 5}, None),
        (["satisfaction.comment=稳定"], {**BEFORE, "comment": "稳定"}, None),
        (["satisfaction="], None, None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and isinstance(value[0], str) else "",
)
def test_a_score_is_of_today_and_the_earlier_answer_is_feedback(
    repo: Repo,
    monkeypatch: pytest.MonkeyPatch,
    typed: list[str],
    satisfaction: dict[str, object] | None,
    feedback: list[object] | None,
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "hanmei@example.com")
    store = stores.store(repo.path, {ACTIVE_PATH: ACTIVE, "crmtext.toml": stores.SETTINGS})
    record_set.run(store, "武汉合作", typed, WRITE)
    data = stores.data(store, ACTIVE_PATH)
    assert (data["cooperation"].get("satisfaction"), data.get("feedback")) == (satisfaction, feedback)


def test_a_second_answer_of_a_day_and_the_first_one_of_all_are_kept(store: Store) -> None:
    record_set.run(store, "武汉合作", ["satisfaction="], WRITE)
    done = record_set.run(store, "武汉合作", ["satisfaction=5"], WRITE)
    assert done.summary == "武汉合作客户有限公司: Cooperation · Satisfaction · Score: 5; date: 2026-11-20"
    assert "feedback" not in stores.data(store, ACTIVE_PATH)
    assert record_set.run(store, "武汉合作", ["satisfaction=5"], WRITE).summary.endswith(": nothing to change")
    done = record_set.run(store, "武汉合作", ["satisfaction=3"], WRITE)
    assert done.summary == (
        "武汉合作客户有限公司: Cooperation · Satisfaction · Score: 5 → 3; the earlier score was moved to feedback"
    )
    assert stores.data(store, ACTIVE_PATH)["feedback"] == [{"date": TODAY, "kind": "survey", "score": 5}]


def test_one_undo_takes_back_a_score_and_what_followed(repo: Repo) -> None:
    repo.commit({"crmtext.toml": stores.SETTINGS, ACTIVE_PATH: ACTIVE})
    store = Store(repo.path)
    record_set.run(store, "武汉合作", ["satisfaction=2"], WriteOptions(commit=True, action="set"))
    message = repo.git("log", "-1", "--format=%B")
    assert [line for line in message.splitlines() if line.startswith("Crm-")] == [
        "Crm-Customer: C20250101AAAA",
        "Crm-Action: set",
    ]
    undo.run(store, WriteOptions(action="undo"), last_change)
    assert stores.read(store, ACTIVE_PATH) == ACTIVE


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("status=合作中", "crmtext status C20240501K7QM 合作中"),
        ("satisfaction=2", "crmtext append C20240501K7QM feedback kind=survey score=2"),
    ],
)
def test_what_belongs_to_another_status_names_the_whole_command(tmp_path: Path, typed: str, command: str) -> None:
    with pytest.raises(CrmError) as caught:
        record_set.run(stores.store(tmp_path), "上海示例", [typed], WRITE)
    assert caught.value.problem.hint.endswith(f": {command}")
