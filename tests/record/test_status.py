"""Moving a customer, with what goes with the move."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import customers as stores
import pytest
from customers import ACTIVE, ACTIVE_PATH, RECORD, WRITE, lines

from crmtext.i18n import speaking
from crmtext.problem import CrmError
from crmtext.record import set as record_set
from crmtext.record.change.draft import errors
from crmtext.record.status import Move, run
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path


STATUSES = ("lead", "prospect", "active", "paused", "lost")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stores.store(tmp_path)


def moved(store: Store, *moves: Move) -> None:
    for move in moves:
        run(store, "武汉合作", move, WRITE)


def test_becoming_active_begins_the_cooperation(store: Store) -> None:
    done = run(store, "上海示例", Move("合作中", since="5月20日", products=("TH-200",)), WRITE)
    assert lines(RECORD, stores.read(store)) == [
        "-status: prospect   # 谈价中",
        "+status: active   # 谈价中",
        "+cooperation:",
        "+  since: 2026-05-20",
        "+  products: [TH-200]",
    ]
    assert done.summary == "上海示例电子有限公司: Prospect → Active since 2026-05-20"


def test_without_a_day_it_begins_today(store: Store) -> None:
    run(store, "上海示例", Move("active"), WRITE)
    assert stores.data(store)["cooperation"] == {"since": "2026-11-20"}


def test_leaving_active_the_satisfaction_becomes_feedback(store: Store) -> None:
    done = run(store, "武汉合作", Move("暂停", reason="预算 冻结"), WRITE)
    assert lines(ACTIVE, stores.read(store, ACTIVE_PATH)) == [
        "-status: active",
        "+status: paused",
        "-  satisfaction: {score: 4, date: 2026-09-18, by: lilei, comment: 很稳定}",
        "+  paused_reason: 预算 冻结",
        "+feedback:",
        "+  - date: 2026-09-18",
        "+    kind: survey",
        "+    score: 4",
        "+    text: 很稳定",
        "+    by: lilei",
    ]
    assert done.summary == "武汉合作客户有限公司: Active → Paused; the satisfaction was moved to feedback"


def test_after_a_pause_the_cooperation_goes_on_and_its_reason_is_a_note(store: Store) -> None:
    moved(store, Move("paused", reason="预算冻结"), Move("active", by="韩梅"))
    data = stores.data(store, ACTIVE_PATH)
    assert data["cooperation"] == {"since": "2025-01-01", "products": ["TH-200"]}
    assert data["interactions"] == [
        {"date": "2026-11-20", "by": "hanmei", "channel": "note", "summary": "paused until today: 预算冻结"}
    ]


@pytest.mark.parametrize(
    ("to", "rule", "command"),
    [
        ("lost", "lost-without-churn", 'crmtext set C20250101AAAA churn.reason="…"'),
        ("paused", "paused-without-reason", 'crmtext set C20250101AAAA cooperation.paused_reason="…"'),
    ],
)
def test_a_move_without_its_reason_is_warned_of_with_the_command_that_adds_it(
    store: Store, to: str, rule: str, command: str
) -> None:
    done = run(store, "武汉合作", Move(to), WRITE)
    assert [(problem.rule, problem.hint.partition("add it: ")[2]) for problem in done.problems] == [(rule, command)]
    given = [part.replace('"…"', "比价后选了别家") for part in command.split()[3:]]
    assert record_set.run(store, "武汉合作", given, WRITE).problems == ()


@pytest.mark.parametrize(
    "move", [Move("lost", reason="停业"), Move("lost", category="停业"), Move("paused", reason="x")]
)
def test_a_move_with_its_reason_is_done_without_a_word(store: Store, move: Move) -> None:
    assert run(store, "武汉合作", move, WRITE).problems == ()


def test_being_lost_tells_when_and_why_and_stays_when_the_customer_is_back(store: Store) -> None:
    churn = {"date": "2026-11-19", "category": "price", "reason": "选了别家"}
    moved(store, Move("流失", since="昨天", category="价格", reason="选了别家"))
    assert stores.data(store, ACTIVE_PATH)["churn"] == churn
    moved(store, Move("active", by="lilei"))
    data = stores.data(store, ACTIVE_PATH)
    assert (data["churn"], data["cooperation"]["since"]) == (churn, "2026-11-20")
    assert [entry["summary"] for entry in data["interactions"]] == ["an earlier cooperation began on 2025-01-01"]


def test_a_second_loss_keeps_the_first_as_a_note(store: Store) -> None:
    moved(store, Move("lost", category="price"), Move("prospect"), Move("lost", reason="停业", by="lilei"))
    data = stores.data(store, ACTIVE_PATH)
    assert data["churn"] == {"date": "2026-11-20", "reason": "停业"}
    assert [entry["summary"] for entry in data["interactions"]] == ["lost before: 2026-11-20, Price"]


def test_notes_are_in_the_language_of_the_store(store: Store) -> None:
    settings = store.root / "crmtext.toml"
    settings.write_text('store.language = "zh"\n' + settings.read_text("utf-8"), "utf-8")
    again = Store(store.root)
    moved(again, Move("lost", category="price"), Move("active", by="lilei"), Move("lost", reason="停业", by="lilei"))
    assert [entry["summary"] for entry in stores.data(again, ACTIVE_PATH)["interactions"]] == [
        "此前的合作始于 2025-01-01",
        "此前曾流失：2026-11-20、价格",
    ]


def test_a_step_that_the_settings_do_not_know_is_done_with_a_warning(store: Store) -> None:
    done = run(store, "武汉合作", Move("lead"), WRITE)
    assert [(problem.rule, problem.message) for problem in done.problems] == [
        ("status-transition", "crmtext.toml does not allow Active → Lead")
    ]
    assert stores.data(store, ACTIVE_PATH)["status"] == "lead"
    with speaking("zh"):
        (warned,) = run(store, "武汉合作", Move("paused", reason="x"), WRITE).problems
    assert (warned.message, *warned.hint.split("；")) == (
        "按 crmtext.toml 的设置，“潜在客户”不能直接变为“暂停合作”",
        "允许变为：prospect 意向客户、lost 流失客户",
        '要允许这种变动，请在 crmtext.toml 的 [status.transitions] 下写：lead = ["prospect", "lost", "paused"]',
    )


@pytest.mark.parametrize(("first", "then"), list(product(STATUSES, STATUSES)))
def test_every_move_leads_to_a_record_without_errors(store: Store, first: str, then: str) -> None:
    for before, after in pairwise(("active", first, then, "active")):
        if before != after:
            moved(store, Move(after, by="lilei"))
    from crmtext.text.read.load import parse_text

    document = parse_text(stores.read(store, ACTIVE_PATH), ACTIVE_PATH)
    assert errors(document, store.schema) == ()


def test_a_move_to_the_same_status_changes_nothing(store: Store) -> None:
    done = run(store, "武汉合作", Move("active"), WRITE)
    assert (done.changed, done.summary) == ((), "武汉合作客户有限公司 is already Active")
    with pytest.raises(CrmError) as caught:
        run(store, "武汉合作", Move("active", since="今天"), WRITE)
    assert caught.value.problem.rule == "same-status"


@pytest.mark.parametrize(
    ("move", "rule"),
    [
        (Move("合做"), "unknown-value"),
        (Move("paused", since="今天"), "status-option"),
        (Move("lead", reason="x"), "status-option"),
        (Move("active", category="price"), "status-option"),
        (Move("lost", products=("x",)), "status-option"),
        (Move("active", since="明天"), "future-date"),
        (Move("lost", category="天气"), "unknown-value"),
    ],
)
def test_what_does_not_go_with_a_move_is_refused(store: Store, move: Move, rule: str) -> None:
    with pytest.raises(CrmError) as caught:
        run(store, "上海示例", move, WRITE)
    assert caught.value.problem.rule == rule
    assert stores.read(store) == RECORD


def test_open_opportunities_of_a_lost_customer_are_counted(tmp_path: Path) -> None:
    text = (
        ACTIVE
        + "opportunities:\n  - {title: 二期, stage: discovery}\n  - {title: 一期, stage: won, closed: 2026-01-01}\n"
    )
    store = stores.store(tmp_path, {ACTIVE_PATH: text})
    assert run(store, "武汉合作", Move("lost"), WRITE).summary.endswith("; 1 opportunity is still open")
