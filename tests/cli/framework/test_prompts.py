"""`crmtext add` at a terminal asks for the keys that matter, in the language of who answers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import stores

if sys.platform != "win32":
    from terminals import Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
EN = [
    ("Type (company 企业, person 个人, institution 机构, other 其他) [company]:", ""),
    ("[lead]:", "意向"),
    ("Owner:", "韩梅"),
    ("Short name:", "宁波测试"),
    ("Industry:", ""),
    ("Channel (", "exhibitio"),
    ("did you mean 'exhibition'?", "展会"),
    ("Contacts · Name:", "王五"),
    ("Job title:", "经理"),
    ("Phones:", "13900139000"),
    ("E-mail", "wang@example.com"),
    ("Tags:", "vip"),
]
WRITTEN = """\
name: 宁波试验仪器有限公司
short_name: 宁波测试
type: company
status: prospect
owner: hanmei
sources:
  - channel: exhibition
contacts:
  - name: 王五
    title: 经理
    phones:
      - "13900139000"
    emails:
      - wang@example.com
tags:
  - vip
"""


def test_answers_become_a_record(tmp_path: Path) -> None:
    store = stores.made(tmp_path, stores.record())
    talk = Terminal(store, ("add", "宁波试验仪器有限公司")).start()
    for question, answer in EN:
        talk.until(question)
        talk.type(f"{answer}\n")
    assert talk.end() == 0
    record_path = next(path for path in (store / "records").glob("C2026*"))
    assert record_path.read_text("utf-8").partition("\n")[2] == WRITTEN


def test_the_name_is_asked_for_first(tmp_path: Path) -> None:
    store = stores.made(tmp_path, stores.record())
    talk = Terminal(store, ("add",)).start()
    for question, answer in (("Name:", "宁波试验仪器有限公司"), *EN):
        talk.until(question)
        talk.type(f"{answer}\n")
    assert talk.end() == 0
    record_path = next(path for path in (store / "records").glob("C2026*"))
    assert record_path.read_text("utf-8").partition("\n")[2] == WRITTEN


def test_who_may_be_there_already_is_shown_before_anything_is_written(tmp_path: Path) -> None:
    store = stores.made(tmp_path, stores.record())
    talk = Terminal(store, ("--lang", "zh", "add", "上海示例电子")).start()
    answers = ("", "", "李雷", "", "", "", "", "")
    questions = ("[company]:", "[lead]:", "负责人:", "简称:", "所属行业:", "):", "姓名:", "标签:")
    for question, answer in zip(questions, answers, strict=True):
        talk.until(question)
        talk.type(f"{answer}\n")
    assert "C20240501001  上海示例电子有限公司" in talk.until("[y/N]")
    talk.type("n\n")
    assert talk.end() == 130
    assert [path.name for path in (store / "records").iterdir()] == ["C20240501001.yaml"]
