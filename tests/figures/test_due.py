"""What is due, against a calendar made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from crmtext import settings
from crmtext.figures import due
from crmtext.figures.due_kinds import KINDS, named
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

CALENDAR = yaml.load((Path(__file__).parent / "due-calendar.yaml").read_text("utf-8"), yaml.BaseLoader)
RECORDS = yaml.safe_load((Path(__file__).parent / "due-calendar.yaml").read_text("utf-8"))["records"]


def calendar(day: str) -> Snapshot:
    """The customers of the calendar on a day."""
    files = [
        (f"records/{record['id']}.yaml", yaml.safe_dump(record, allow_unicode=True).encode()) for record in RECORDS
    ]
    return build(
        files,
        read="worktree",
        schema=Schema.shipped(),
        settings=settings.read(CALENDAR["settings"].encode()),
        today=date.fromisoformat(day),
    )


def line(item: due.Item) -> str:
    words = (item.state, f"{item.due or '-'}", item.person, item.kind, f"C{item.customer.id[-3:]}", item.action or "-")
    return " ".join(words) + "\n"


def test_all_records_of_the_calendar_are_valid() -> None:
    assert calendar("2026-11-20").problems == ()


@pytest.mark.parametrize("case", CALENDAR["expected"], ids=lambda case: f"{case['day']} {case['owner'] or 'all'}")
def test_what_is_due(case: dict[str, Any]) -> None:
    listed = due.items(
        calendar(case["day"]), owner=case["owner"], days=int(case.get("days", 7)), kinds=case.get("kinds", ())
    )
    assert "".join(map(line, listed)) == case["lines"]


def test_the_calendar_has_every_kind() -> None:
    texts = "".join(case["lines"] for case in CALENDAR["expected"])
    assert {name for name in KINDS if f" {name} " not in texts} == set()


def test_reports_learn_no_birthday() -> None:
    listed = due.items(calendar("2026-11-20"), sensitive=False)
    assert "birthday" not in {item.kind for item in listed}
    assert len(listed) == len(due.items(calendar("2026-11-20"))) - 1


def test_a_step_by_a_channel_that_the_customer_rejects_is_marked() -> None:
    (step,) = (item for item in due.items(calendar("2026-11-20")) if item.action == "回电")
    assert (step.task.number, step.task.time, step.avoid, step.rejected) == (3, "14:00", ("phone", "sms"), ("phone",))


def test_kinds_are_known_by_name_and_label() -> None:
    typed = ["case", "CASE", "工单", "Contract ends", "催款", "满意度回访", "nonsense", ""]
    assert [*map(named, typed)] == ["case", "case", "case", "contract", "payment", "satisfaction", "", ""]


def test_no_day_is_beyond_the_calendar() -> None:
    assert due.items(calendar("9999-12-31"), days=1_000_000)[-1].state == "undated"
