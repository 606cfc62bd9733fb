"""The report of the effect of follow-ups on hand-made customers."""

from __future__ import annotations

from datetime import date

from stores import TODAY, record, snapshot

from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_text import as_markdown
from crmtext.i18n import speaking
from crmtext.reports.context import Context
from crmtext.reports.named.effect import report

CALLS = """interactions:
  - {date: "2025-11-30", by: lilei, channel: phone, summary: 期外}
  - {date: "2025-12-01", by: lilei, channel: phone, summary: 接通}
  - {date: "2026-11-20", by: lilei, channel: phone, outcome: no-answer, summary: 未接}
  - {date: "2026-11-20", by: lilei, channel: phone, direction: in, summary: 来电}
  - {date: "2026-11-20", by: lilei, channel: note, summary: 备注}
  - {date: "2026-11-20", by: hanmei, channel: wechat, direction: out, summary: 发出}
  - {date: "2026-11-20", by: hanmei, channel: visit, summary: 拜访}
"""


def test_contacts_and_answered_calls_by_colleague_and_channel() -> None:
    with speaking("zh"):
        answers = report(Context(snapshot(record(more=CALLS)), date(2025, 12, 1), TODAY)).parts[0]
        assert isinstance(answers, FigureTable)
        assert as_markdown(answers).splitlines() == [
            "| 同事 | 跟进方式 | 有效跟进 | 接通率 |",
            "| --- | --- | ---: | ---: |",
            "| 李雷 | 电话 | 2 | 50%（1/2） |",
            "| 韩梅 | 拜访 | 1 | – |",
            "| **合计** |  | **3** | **50%（1/2）** |",
        ]


def test_without_interactions_the_table_is_empty() -> None:
    for now in (snapshot(), snapshot(record())):
        answers = report(Context(now, date(2025, 12, 1), TODAY)).parts[0]
        assert isinstance(answers, FigureTable)
        assert not answers.rows
