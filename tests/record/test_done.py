"""Marking next steps as done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import customers as stores
import pytest
from customers import PATH, RECORD, WRITE, lines

from crmtext.problem import CrmError
from crmtext.record import done

if TYPE_CHECKING:
    from pathlib import Path

# The second is due before its interaction: an error that was there already, and stops nobody.
TWO = RECORD.replace("降 5%\n", "降 5%\n    next: {action: 批赠送, due: 2026-05-03}\n")


def test_the_only_open_step_needs_no_number(tmp_path: Path) -> None:
    store = stores.store(tmp_path)
    answer = done.run(store, "上海示例", "", "", WRITE)
    assert lines(RECORD, stores.read(store)) == ["+      done: 2026-11-20"]
    assert answer.summary == "Marked as done on 2026-11-20 for 上海示例电子有限公司: 发送方案"


@pytest.mark.parametrize(
    ("number", "changed"),
    [
        (
            "1",
            [
                "-    next: {action: 批赠送, due: 2026-05-03}",
                "+    next: {action: 批赠送, due: 2026-05-03, done: 2026-11-19}",
            ],
        ),
        ("2", ["+      done: 2026-11-19"]),
    ],
)
def test_a_step_is_named_by_the_number_that_show_has(tmp_path: Path, number: str, changed: list[str]) -> None:
    store = stores.store(tmp_path, {PATH: TWO})
    done.run(store, "上海示例", number, "昨天", WRITE)
    assert lines(TWO, stores.read(store)) == changed


@pytest.mark.parametrize(
    ("text", "number", "date", "message", "hint"),
    [
        (TWO, "", "", "上海示例电子有限公司 has 2 open next steps", "1. 2026-05-03  批赠送\n2. 2026-05-10  发送方案"),
        (TWO, "3", "", "上海示例电子有限公司 has no next step 3", "1. 2026-05-03  批赠送"),
        (
            TWO,
            "０",
            "",
            "上海示例电子有限公司 has no next step ０",
            "for example: crmtext done 上海示例 1\n1. 2026-05-03",
        ),
        (
            TWO,
            "批赠送",
            "",
            "'批赠送' is not the number of a next step",
            "for example: crmtext done 上海示例 1\n1. 2026",
        ),
        (
            RECORD,
            "发送",
            "",
            "'发送' is not the number of a next step",
            "for example: crmtext done 上海示例 1\n1. 2026",
        ),
        (
            RECORD,
            "1",
            "明天",
            "2026-11-21 is in the future; today is 2026-11-20",
            "mark it as done when it has been done",
        ),
        (RECORD, "1", "2026-04-30", "2026-04-30 is before the interaction of 2026-05-01", "fix the date"),
        (
            TWO.replace("due: 2026-05-10", "done: 2026-05-09"),
            "2",
            "",
            "already done on 2026-05-09: 发送方案",
            "1. 2026-05-03  批赠送",
        ),
        (stores.PERSON, "", "", "王小明 has no open next step", "see: crmtext show CUSTOMER"),
    ],
)
def test_a_step_that_cannot_be_meant_is_refused(
    tmp_path: Path, text: str, number: str, date: str, message: str, hint: str
) -> None:
    path = PATH if text is not stores.PERSON else stores.PERSON_PATH
    store = stores.store(tmp_path, {path: text})
    with pytest.raises(CrmError) as caught:
        done.run(store, "上海示例" if path == PATH else "王小明", number, date, WRITE)
    assert caught.value.problem.message == message
    assert hint in caught.value.problem.hint
    assert stores.read(store, path) == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  - date: 2026-05-01\n    by: lilei\n", "  - by: lilei\n"),
        ("date: 2026-05-01", "date: 2026/5/1"),
        ("date: 2026-05-01", "date: 2026-02-30"),
        ("channel: phone", "channel: 面谈"),
        ("      due: 2026-05-10", "      due: 下周"),
        ("tags: [SMT, 温湿度]", "tags: SMT"),
        ("type: company", "type: 公司"),
        ("owner: lilei", "owner: nobody"),
    ],
)
def test_a_step_is_done_beside_an_old_error(tmp_path: Path, old: str, new: str) -> None:
    assert old in RECORD
    store = stores.store(tmp_path, {PATH: RECORD.replace(old, new, 1)})
    done.run(store, "C20240501K7QM", "", "", WRITE)
    assert "    next:\n      action: 发送方案\n" in stores.read(store, PATH)
    assert "      done: 2026-11-20\n" in stores.read(store, PATH)


def test_a_step_that_cannot_be_read_is_no_step(tmp_path: Path) -> None:
    text = RECORD.replace("      action: 发送方案\n", "      aktion: 发送方案\n")
    store = stores.store(tmp_path, {PATH: text})
    with pytest.raises(CrmError) as caught:
        done.run(store, "上海示例", "", "", WRITE)
    assert caught.value.problem.rule == "no-step"
    assert stores.read(store, PATH) == text
