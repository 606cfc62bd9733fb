"""Which rule applies to a customer, and when it is due, against a second calculation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crmtext import settings
from crmtext.figures.rules import NAMES, FollowUp, FollowUps
from crmtext.problem import CrmError
from crmtext.query import listing
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 11, 30)
RULES = """\
[[followup.rules]]
name = "visits"
where = "value == 'high' and status == 'active'"
every_days = 30
channel = ["visit", "online-meeting"]
say = "ask for the new line"

[[followup.rules]]
name = "silent"
where = "'quiet' in tags"
every_days = 0

[[followup.rules]]
name = "win back"
where = "status == 'lost'"
every_days = 180

[[followup.rules]]
name = "others"
where = "days_since_contact != none or created < today"
every_days = 60
channel = "phone"
"""


def snapshot(record: dict[str, Any], rules: str = RULES) -> Snapshot:
    """A snapshot of one customer, who isn't committed."""
    text = yaml.safe_dump({"id": "C20260101AAAA", "name": "a", **record})
    files = [("records/C20260101AAAA.yaml", text.encode())]
    schema = Schema.shipped()
    made = build(files, read="worktree", schema=schema, settings=settings.read(rules.encode()), today=TODAY)
    assert made.broken == (), made.problems
    return made


def customer(*talks: str, **fields: Any) -> dict[str, Any]:
    """A record with interactions such as `2026-11-01 wechat in`."""
    interactions = [_talk(*talk.split()) for talk in talks]
    cooperation = {"since": "2026-01-01", "products": ["a"]}
    record = {"type": "company", "status": "active", "owner": "lilei", "cooperation": cooperation, **fields}
    return record | ({"interactions": interactions} if interactions else {})


def _talk(day: str, channel: str, *marks: str) -> dict[str, Any]:
    talk: dict[str, Any] = {"date": day, "by": "lilei", "channel": channel, "summary": f"{channel} {day}"}
    for mark in marks:
        if mark in ("in", "out"):
            talk["direction"] = mark
        elif mark == "next":
            talk["next"] = {"action": "send", "due": "2026-12-24"}
        elif mark == "someday":
            talk["next"] = {"action": "send"}
        else:
            talk["outcome"] = mark
    return talk


def answers(record: dict[str, Any], rules: str = RULES) -> tuple[str | None, str | None, bool, str | None]:
    """The rule, the due day, whether it is stale, and since when a message waits."""
    now = snapshot(record, rules=rules)
    (one,) = now.customers
    rule, values = FollowUps.of(now).rule(one), NAMES.of(now)(one)
    due, since = values["follow_up_due"], values["unanswered_since"]
    return rule.name if rule else None, due and str(due), values["stale"], since and str(since)


CHURN = {"date": "2026-01-01", "reason": "moved"}
CLASS = {"value": "high"}
HIGH = {"classification": CLASS}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        # A message doesn't postpone the visit, but the customer was contacted.
        (customer("2026-10-20 visit", "2026-11-25 phone", **HIGH), ("visits", "2026-11-19", False, None)),
        (customer("2026-10-20 visit", **HIGH), ("visits", "2026-11-19", True, None)),
        # Never committed: it counts from today.
        (customer("2026-11-25 phone", **HIGH), ("visits", "2026-12-30", False, None)),
        (customer("2026-10-20 visit", "2026-11-25 phone next", **HIGH), ("visits", None, False, None)),
        (customer("2026-10-20 visit", "2026-11-25 phone someday", **HIGH), ("visits", "2026-11-19", False, None)),
        (customer("2025-10-20 visit", tags=["quiet"]), ("silent", None, False, None)),
        (customer("2025-10-20 visit", status="lost", churn=CHURN), ("win back", "2026-04-18", False, None)),
        (customer("2026-09-01 phone no-answer", "2026-09-01 wechat"), ("others", "2027-01-29", True, None)),
        (customer(), (None, None, False, None)),
        (customer("2026-11-29 visit", "2026-12-02 phone"), ("others", "2027-01-29", False, None)),
    ],
)  # fmt: skip
def test_the_first_rule_that_applies_decides(record: dict[str, Any], expected: tuple[object, ...]) -> None:
    assert answers(record) == expected


@pytest.mark.parametrize(
    ("talks", "since", "due"),
    [
        (["2026-11-27 wechat in"], "2026-11-27", "2026-11-30"),
        # An answer on the same day, below or above it in the file.
        (["2026-11-27 wechat in", "2026-11-27 wechat out"], None, None),
        (["2026-11-27 wechat out", "2026-11-27 wechat in"], "2026-11-27", "2026-11-30"),
        (["2026-11-28 wechat in", "2026-11-27 phone"], "2026-11-28", "2026-11-30"),
        (["2026-11-20 email in", "2026-11-27 sms in", "2026-11-27 note"], "2026-11-20", "2026-11-23"),
        (["2026-11-20 email in next", "2026-11-27 other in"], "2026-11-27", "2026-11-30"),
        (["2026-11-20 phone in no-answer", "2026-11-21 phone out no-answer"], None, None),
        (["2026-11-20 phone in no-answer", "2026-11-21 phone in no-answer"], "2026-11-20", "2026-11-23"),
        (["2026-11-20 phone in no-answer", "2026-11-21 visit in"], None, None),
        (["2026-11-20 email in", "2026-11-21 handover"], "2026-11-20", "2026-11-23"),
        (["2026-11-20 phone in", "2026-11-21 visit in"], None, None),
        (["2026-11-20 wechat in done"], None, None),
        (["2026-11-20 wechat in", "2026-11-21 wechat in done"], "2026-11-20", "2026-11-23"),
        (["2026-12-01 wechat in"], None, None),
        (["2026-09-30 social in"], "2026-09-30", "2026-10-08"),
    ],
)  # fmt: skip
def test_the_earliest_message_without_an_answer_waits(talks: list[str], since: str | None, due: str | None) -> None:
    from crmtext.figures.messages import unanswered

    now = snapshot(customer(*talks), rules='[followup]\nholidays = ["2026-10-01/2026-10-07"]\n')
    message = unanswered(now.customers[0], now)
    assert (message and (str(message.day), str(message.due))) == (since and (since, due))
    assert NAMES.of(now)(now.customers[0])["unanswered_since"] == (message and message.day)


def test_a_follow_up_has_its_rule() -> None:
    now = snapshot(customer("2026-10-20 visit", **HIGH))
    rule = now.settings.follow_up_rules[0]
    assert FollowUps.of(now).next(now.customers[0]) == FollowUp(date(2026, 11, 19), rule, date(2026, 10, 20))
    assert (rule.channels, rule.say) == (("visit", "online-meeting"), "ask for the new line")


@pytest.mark.parametrize(
    ("value", "days", "stale"),
    [
        ("high", 14, False),
        ("high", 15, True),
        ("low", 90, False),
        ("low", 91, True),
        (None, 31, True),
        (None, 0, False),
    ],
)
def test_without_rules_the_value_decides(value: str | None, days: int, stale: bool) -> None:
    fields = {"classification": {"value": value}} if value else {}
    day = TODAY - timedelta(days)
    limit = {"high": 14, "low": 90, None: 30}[value]
    assert answers(customer(f"{day} phone", **fields), "") == ("", str(day + timedelta(limit)), stale, None)
    lost = customer(f"{day} phone", status="lost", churn=CHURN, **fields)
    assert answers(lost, "") == (None, None, False, None)


def test_zero_days_ask_for_no_regular_contact() -> None:
    record = customer("2020-01-01 phone")
    assert answers(record, "[followup]\nstale_days = { default = 0 }\n") == ("", None, False, None)
    assert answers(record, f"[followup]\nstale_days = {{ default = {10**40} }}\n") == ("", None, False, None)


def test_a_wrong_rule_is_an_error_wherever_the_rules_are_needed() -> None:
    now = snapshot(customer(), rules=RULES.replace("'quiet' in tags", "quiet"))
    values = NAMES.of(now)(now.customers[0])
    assert values["last_contact"] is None
    for name in ("stale", "follow_up_due"):
        with pytest.raises(CrmError) as caught:
            values[name]
        problem = caught.value.problem
        assert (problem.rule, problem.place.line, problem.place.column) == ("follow-up-rule", 10, 10)
    # Before the first line is printed.
    with pytest.raises(CrmError):
        listing.data(now, listing.Query(), NAMES)


DAYS = st.dates(date(2026, 9, 1), date(2026, 12, 10)).map(str)
CHANNELS = st.sampled_from(
    ["phone", "visit", "email", "exhibition", "online-meeting", "wechat", "sms", "social", "note", "handover", "other"]
)
MARKS = st.lists(st.sampled_from(["in", "in", "out", "no-answer", "neutral", "next", "someday"]), max_size=2)
TALKS = st.builds(lambda day, channel, marks: " ".join((day, channel, *marks)), DAYS, CHANNELS, MARKS)
CUSTOMERS = st.builds(
    lambda talks, status, value, tags: customer(
        *sorted(talks, key=lambda talk: talk[:10]),
        **({"churn": CHURN} if status == "lost" else {}),
        **({"classification": {"value": value}} if value else {}),
        status=status,
        tags=tags,
    ),
    st.lists(TALKS, max_size=5),
    st.sampled_from(["lead", "active", "active", "lost"]),
    st.sampled_from([None, "high", "high", "low"]),
    st.sampled_from([["a"], ["quiet"]]),
)
#: The conditions of the rules, written in Python.
SAME: tuple[tuple[int, tuple[str, ...], Callable[[dict[str, Any], bool], bool]], ...] = (
    (30, ("visit", "online-meeting"), lambda c, _: c.get("classification") == CLASS and c["status"] == "active"),
    (0, (), lambda c, _: "quiet" in c["tags"]),
    (180, (), lambda c, _: c["status"] == "lost"),
    (60, ("phone",), lambda _, contacted: contacted),
)  # fmt: skip


@given(CUSTOMERS)
def test_rules_and_messages_are_those_of_a_second_calculation(record: dict[str, Any]) -> None:
    talks = [talk for talk in record.get("interactions", ()) if talk["date"] <= str(TODAY)]
    reached = [
        talk
        for talk in talks
        if talk["channel"] not in ("note", "handover")
        and talk.get("outcome") != "no-answer"
        and not (talk["channel"] in ("email", "wechat", "sms", "social") and talk.get("direction") == "out")
        and not (talk["channel"] == "sms" and "direction" not in talk)
    ]
    last = max((talk["date"] for talk in reached), default=None)
    rule = next(((days, by) for days, by, applies in SAME if applies(record, last is not None)), None)
    counted = [talk["date"] for talk in reached if not rule or not rule[1] or talk["channel"] in rule[1]]
    dated = any("due" in talk.get("next", {}) for talk in record.get("interactions", ()))
    since = date.fromisoformat(max(counted)) if counted else TODAY
    due = None if rule is None or not rule[0] or dated else str(since + timedelta(rule[0]))
    away = (TODAY - date.fromisoformat(last)).days if last else 0
    stale = record["status"] != "lost" and rule is not None and bool(rule[0]) and away > rule[0]
    waiting = [
        talk["date"]
        for place, talk in enumerate(talks)
        if talk.get("direction") == "in"
        and "next" not in talk
        and (talk["channel"] in ("email", "wechat", "sms", "social", "other")
             or (talk["channel"] == "phone" and talk.get("outcome") == "no-answer"))
        and not any(
            after["channel"] not in ("note", "handover")
            and (after.get("direction") != "in"
                 or (after["channel"] in ("phone", "visit", "exhibition", "online-meeting")
                     and after.get("outcome") != "no-answer"))
            for after in talks[place + 1 :]
        )
    ]  # fmt: skip
    assert answers(record)[1:] == (due, stale, min(waiting, default=None))
