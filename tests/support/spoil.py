"""A record as people write it, ways to spoil it, and what is said of it then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from crmtext.schema import Schema
from crmtext.text.edit.rewrite import apply
from crmtext.text.read.load import parse_text
from crmtext.text.read.scalars import resolve

if TYPE_CHECKING:
    from crmtext.problem import Problem

SCHEMA = Schema.shipped()
BASE = "id: C20240501K7QM\nname: 上海示例\ntype: company\nstatus: lead\nowner: lilei\n"
PERSON = BASE.replace("company", "person")
CONTACT = BASE + "contacts:\n  - name: 张三\n"
CALL = BASE + "interactions:\n  - date: 2024-05-01\n    by: lilei\n    channel: phone\n    summary: x\n"

RECORD = """\
# 三月展会认识
id: C20240501K7QM
name: 上海示例电子有限公司
type: company
status: prospect
owner: lilei
tags: [重点, 'it''s', "冷链\\t仓"]
contacts:
  - name: 张三
    title: 采购经理   # 四月起
    phones: ["13800138000", 021-62581234]
    primary: true
interactions:
  - date: 2024-05-01
    by: lilei
    channel: phone
    summary: 确认需求
    details: |
      确认需求: 三家方案
      # 不是注释

      下次面谈
    next: {action: "发送方案, 预约", due: 2024-05-10}
  - {date: 2024-05-10, by: lilei, channel: visit, summary: 面谈}
  - date: 2024-05-12
    by: lilei
    channel: note
    summary: >-
      折叠的
      两行
needs:
- description: 传感器
  budget: {basis: stated, min: 5.5e3, max: 800000}
custom: {折扣: 9折, 面积: 0x1F}
"""

#: What fingers and keyboards put into a file.
SLIPS = (
    *("：", "，", "、", "“", "”", "\u3000", ":", ": ", ",", ", ", " #", "#x", "- ", "-", "?", "? ", "\t", "\n", "\r\n"),
    *("'", '"', "\\", "[", "]", "{", "}", "*", "*a", "&a ", "!", "!!str ", "|", ">", "%", "@", "`", "~", "<<: ", " "),
    *("---\n", "...\n", "=======\n", "<<<<<<< HEAD\n", ">>>>>>> b\n", "\ufeff", "\x00", "\u202e", "0", "true", "key: "),
)


@st.composite
def spoiled(draw: st.DrawFn, text: str = RECORD) -> str:
    """The record with a few stretches cut out and a few slips put in."""
    for _again in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 0, 0, 1, 2, 7))))
        text = text[:start] + draw(st.sampled_from(SLIPS) | st.just("")) + text[end:]
    return text


def agrees(data: Any, base: Any) -> bool:
    """Whether data is what PyYAML's BaseLoader (which leaves all scalars text) read, its plain scalars resolved."""
    if isinstance(data, dict):
        return isinstance(base, dict) and [*data] == [*base] and all(agrees(data[key], base[key]) for key in data)
    if isinstance(data, list):
        return isinstance(base, list) and len(data) == len(base) and all(map(agrees, data, base))
    return data == (base if isinstance(data, str) else resolve(base))


def mended(text: str, problem: Any) -> str:
    """The text with a problem's mend applied."""
    return apply(text, problem.fix)


def problems(text: str) -> tuple[Problem, ...]:
    """All that is wrong with a record taken by itself, its text and its data."""
    return SCHEMA.record_problems(parse_text(text))


def assert_told(text: str, told: tuple[str, int, int], hint: str, line: str) -> None:
    """Hold what a record's one mistake gives: rule, line and column; the hint; its line once mended, if it is."""
    (problem,) = problems(text)
    assert (problem.rule, problem.place.line, problem.place.column) == told
    assert problem.hint == hint
    if line:
        after = mended(text, problem)
        assert after.split("\n")[problem.place.line - 1] == line
        assert problems(after) == ()
    else:
        assert problem.fix == ()


def replaced(old: str, new: str, text: str = BASE) -> str:
    """The text with its one such stretch replaced."""
    assert text.count(old) == 1
    return text.replace(old, new)
