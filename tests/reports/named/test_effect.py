"""The report of the effect of follow-ups on hand-made customers."""

from __future__ import annotations

from datetime import date

from stores import TODAY, record, snapshot

from crmtext.figures.stages import Entry, Moves
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


STAGES = """interactions:
  - {date: "2026-09-01", by: lilei, channel: phone, summary: 当天}
  - {date: "2026-09-02", by: lilei, channel: phone, summary: 一}
  - {date: "2026-09-02", by: lilei, channel: note, summary: 备注}
  - {date: "2026-10-01", by: lilei, channel: visit, summary: 二}
  - {date: "2026-10-02", by: lilei, channel: visit, summary: 之后}
"""


def test_contacts_and_days_before_a_change_of_status() -> None:
    """Two customers, one of whom came with the first commit, and one who is gone."""
    statuses = {
        "C20240501001": (
            *(Entry("lead", date(2026, 9, 1)), Entry("prospect", date(2026, 10, 1))),
            Entry("lead", date(2026, 10, 11)),
        ),
        "C20240501002": (Entry("lead", None), Entry("prospect", date(2026, 11, 20)), Entry("lost", date(2026, 11, 20))),
        "C20240501003": (Entry("lead", date(2026, 9, 1)), Entry("lost", date(2026, 10, 1))),
    }
    moves = Moves(date(2026, 8, 1), (), statuses)
    now = snapshot(record("001", more=STAGES), record("002", "另一客户", more=STAGES))
    with speaking("en"):
        effect = report(Context(now, date(2026, 10, 1), TODAY, moves=lambda: moves))
        changes = effect.parts[1]
        assert isinstance(changes, FigureTable)
        assert as_markdown(changes).splitlines() == [
            "| Status before | Status after | Changes | Contacts before | Days between changes |",
            "| --- | --- | ---: | ---: | ---: |",
            "| Lead | Prospect | 2 | 2.00 (n=1) | 30 (n=1) |",
            "| Prospect | Lead | 1 | 1.00 (n=1) | 10 (n=1) |",
            "| Prospect | Lost | 1 | 0.00 (n=1) | 0 (n=1) |",
            "| **Total** |  | **4** | **1.00 (n=3)** | **10 (n=3)** |",
        ]
        assert not effect.notes
        later = report(Context(now, date(2026, 11, 21), date(2026, 11, 30), moves=lambda: moves))
        assert later.notes == ("no status has changed in the period: contacts before a change are left out",)
        outside = report(Context(now, date(2026, 10, 1), TODAY))
        assert outside.notes == ("contacts before a change of status need git: they are left out",)
        assert [len(one.parts) for one in (later, outside)] == [1, 1]


def test_without_interactions_the_table_is_empty() -> None:
    for now in (snapshot(), snapshot(record())):
        answers = report(Context(now, date(2025, 12, 1), TODAY)).parts[0]
        assert isinstance(answers, FigureTable)
        assert not answers.rows
