"""Calendars: what another program reads in them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import icalendar
import pytest
import stores

from crmtext.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path

ONE = stores.record(
    "001",
    more="""\
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: 询价, next: {action: 发报价单, due: 2026-11-23}}
  - date: 2026-11-02
    by: lilei
    channel: phone
    summary: 约演示
    next: {action: "演示; 带样机, 两台", due: 2026-11-24, time: "14:00"}
  - date: 2026-11-03
    by: lilei
    channel: phone
    summary: 做完了
    next: {action: 回访, due: 2026-11-04, done: 2026-11-04}
  - {date: 2026-11-05, by: lilei, channel: phone, summary: 没有日期, next: {action: 再联系}}
cases:
  - {opened: 2026-11-01, kind: repair, summary: 探头松动, status: open, due: 2026-11-25}
  - {opened: 2026-11-02, kind: repair, summary: 已修好, status: closed, due: 2026-11-25, closed: 2026-11-03}
cooperation:
  since: 2023-06-01
  contracts:
    - {number: HT-1, title: 年度协议, from: 2023-06-01, to: 2026-05-31}
    - {number: HT-2, title: 年度协议（续签）, from: 2026-06-01, to: 2027-05-31}
""",
    status="active",
    short_name="示例电子",
)


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path / "store", ONE))


def events(path: Path) -> list[tuple[object, ...]]:
    read = icalendar.Calendar.from_ical(path.read_bytes())
    return [
        (
            str(event["SUMMARY"]),
            event.decoded("DTSTART"),
            event.decoded("DURATION") if "DURATION" in event else None,
            str(event.get("TRANSP", "")),
            [str(name) for name in event["CATEGORIES"].cats],
            str(event["DESCRIPTION"]),
        )
        for event in read.walk("VEVENT")
    ]


def test_open_steps_cases_and_the_last_contract_are_events(program: stores.Program) -> None:
    path = program.folder.parent / "all.ics"
    result = program("--lang", "zh", "export", "-o", str(path))
    assert result.code == 0, result
    about = "上海示例电子有限公司 C20240501001"
    hour = timedelta(hours=1)
    assert events(path) == [
        (
            "示例电子：发报价单", date(2026, 11, 23), None, "TRANSPARENT", ["下一步"],
            f"{about}\n2026-11-01 询价",
        ),
        (
            "示例电子：演示; 带样机, 两台", datetime(2026, 11, 24, 6, tzinfo=UTC), hour, "", ["下一步"],
            f"{about}\n2026-11-02 约演示",
        ),
        ("示例电子：探头松动", date(2026, 11, 25), None, "TRANSPARENT", ["工单"], about),
        ("示例电子：合同到期：年度协议（续签）", date(2027, 5, 31), None, "TRANSPARENT", ["合同"], about),
    ]  # fmt: skip


def test_the_same_store_and_day_give_the_same_bytes(program: stores.Program) -> None:
    texts = []
    for name in ("a.ics", "b.ics"):
        path = program.folder.parent / name
        assert program("export", "-o", str(path)).code == 0
        texts.append(path.read_bytes())
    uids = [line for line in texts[0].split(b"\r\n") if line.startswith(b"UID:")]
    assert (texts[0], len(uids), len({*uids}), texts[0].count(b"\n"), texts[0].count(b"\r\n")) == (
        texts[1],
        4,
        4,
        texts[0].count(b"\r\n"),
        texts[0].count(b"\r\n"),
    )


def test_no_event_is_a_calendar_too(program: stores.Program) -> None:
    path = program.folder.parent / "none.ics"
    stores.made(program.folder, stores.record("002", "Larch Pumps Ltd"))
    assert program("export", "Larch", "-o", str(path)).code == 0
    assert events(path) == []


def test_far_days_and_equal_steps_are_events_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = "interactions:\n" + "".join(
        f"  - {{date: 2026-11-01, by: lilei, channel: phone, summary: s{n}, next: {{action: 回访, due: {due}}}}}\n"
        for n, due in enumerate(("9999-12-31, time: '14:00'", "2026-12-01", "2026-12-01"))
    )
    program = stores.Program(capsys, stores.made(tmp_path / "store", stores.record(more=more)))
    path = tmp_path / "all.ics"
    assert program("export", "-o", str(path)).code == 0
    read = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert len({str(event["UID"]) for event in read}) == 3


def test_sensitive_values_are_in_no_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stores.made(tmp_path / "store", ONE)
    schema = json.loads(Schema.shipped().raw)
    schema["properties"]["interactions"]["items"]["properties"]["summary"]["x-sensitive"] = True
    schema["properties"]["cases"]["items"]["properties"]["summary"]["x-sensitive"] = True
    (folder / "schema").mkdir(exist_ok=True)
    (folder / "schema/customer.schema.json").write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    path = tmp_path / "all.ics"
    assert stores.Program(capsys, folder)("export", "-o", str(path)).code == 0
    text = path.read_text("utf-8").replace("\n ", "")
    assert ("询价" in text, "探头松动" in text, text.count("BEGIN:VEVENT")) == (False, False, 4)
