"""The sample store: what it shows, and that every commit of its history could have been made by a colleague.

After a change of its Chinese messages: `pytest tests/setup/sample/test_sample.py --golden-update`, and read the
difference.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext import layout
from crmtext.checks import run
from crmtext.computed.contacts import is_overdue
from crmtext.figures.rules import FollowUps
from crmtext.i18n import speaking
from crmtext.problem import Severity
from crmtext.schema import Schema
from crmtext.settings import Settings, read
from crmtext.setup.sample import ANCHOR, SETTINGS, Step, files, history, moved
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.model import Customer

SUBJECTS = Path(__file__).parents[2] / "golden" / "sample.zh.txt"
#: A leap day, the records' own day, a day after the new year, one before the weeks began.
DAYS = (date(2024, 2, 29), ANCHOR, date(2027, 1, 3), date(2026, 8, 1))


@dataclass(frozen=True)
class Moment:
    """A step, and the store after it."""

    step: Step
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def day(self) -> date:
        return self.step.when.date()


@cache
def _moments(today: date) -> tuple[Moment, ...]:
    return tuple(_replayed(history(today)))


def _replayed(steps: tuple[Step, ...]) -> Iterator[Moment]:
    state: dict[str, str] = {}
    for step in steps:
        before = dict(state)
        for path, text in step.files.items():
            assert text is not None, f"{path} was never removed"
            state[path] = text
        yield Moment(step, before, dict(state))


@cache
def _schema() -> Schema:
    return Schema.shipped()


@cache
def _taken(path: str, text: str) -> Snapshot:
    return build([(path, text.encode())], read="worktree", schema=_schema(), settings=Settings(), today=ANCHOR)


def _snapshot(store: Mapping[str, str], today: date) -> Snapshot:
    """As `take`, but a record that a step left alone is read once."""
    taken = [_taken(path, text) for path, text in sorted(store.items()) if path != SETTINGS]
    customers = sorted((one for snapshot in taken for one in snapshot.customers), key=lambda one: one.id)
    broken, problems = (
        tuple(one for snapshot in taken for one in side(snapshot))
        for side in (lambda t: t.broken, lambda t: t.problems)
    )
    team = read(store[SETTINGS].encode())
    return Snapshot("worktree", _schema(), team, today, tuple(customers), broken, problems)


@pytest.fixture(scope="module")
def shown() -> Snapshot:
    return _snapshot(files(ANCHOR), ANCHOR)


def _found(shown: Snapshot, key: str, inner: str) -> Counter[str]:
    return Counter(item.get(inner, "") for customer in shown.customers for item in customer.data.get(key, ()))


def test_full_days_move_and_all_else_stays() -> None:
    text = (
        "id: C20261120AB23\ndate: 2026-11-20   # 至2026-12-01止\nfounded: 1998-03\nbirthday: --05-12\n"
        'phone: "010-2026-11-20"\nat: 2026-11-20T08:00:00+08:00\nno: SO26-1109\n'
    )
    assert moved(text, timedelta(days=12)) == (
        "id: C20261120AB23\ndate: 2026-12-02   # 至2026-12-13止\nfounded: 1998-03\nbirthday: --05-12\n"
        'phone: "010-2026-11-20"\nat: 2026-12-02T08:00:00+08:00\nno: SO26-1109\n'
    )


def test_on_its_own_day_the_sample_is_what_ships() -> None:
    root = layout.shipped(layout.RECORDS).parent
    assert files(ANCHOR) == {path: (root / path).read_text(encoding="utf-8") for path in files(ANCHOR)}
    assert moved("".join(files(ANCHOR).values()), timedelta(days=9)) == "".join(
        files(ANCHOR + timedelta(days=9)).values()
    )


def test_there_are_no_errors_and_only_the_warnings_that_are_meant(shown: Snapshot) -> None:
    assert shown.broken == ()
    rules = Counter((problem.rule, problem.severity) for problem in run(shown))
    rules.pop(("likely-duplicate", Severity.WARNING), None)
    assert rules == {("owner-left", Severity.WARNING): 2, ("industry-code", Severity.WARNING): 1}


def test_every_type_status_and_outcome_is_shown(shown: Snapshot) -> None:
    assert len(shown.customers) >= 30
    assert {customer.type for customer in shown.customers} == {"company", "person", "institution", "other"}
    assert {customer.status for customer in shown.customers} == {"lead", "prospect", "active", "paused", "lost"}
    assert set(_found(shown, "opportunities", "stage")) == {
        "discovery",
        "qualified",
        "proposal",
        "negotiation",
        "won",
        "lost",
    }
    assert {"CNY", "EUR", "USD"} <= set(_found(shown, "opportunities", "currency"))
    assert set(_found(shown, "cases", "status")) == {"open", "pending", "closed"}
    assert {"parent", "subsidiary", "referrer"} <= set(_found(shown, "relations", "kind"))
    assert {"complaint", "praise", "survey"} <= set(_found(shown, "feedback", "kind"))


def test_there_is_work_to_be_found(shown: Snapshot) -> None:
    def some(wanted: object) -> list[Customer]:
        return [customer for customer in shown.customers if wanted(customer)]  # type: ignore[operator]

    week = {(ANCHOR + timedelta(days=days)).isoformat() for days in range(7)}
    assert len(some(lambda shown_customer: is_overdue(shown_customer, ANCHOR))) >= 5
    assert (
        len(
            some(
                lambda shown_customer: (
                    week & {one.get("next", {}).get("due") for one in shown_customer.data.get("interactions", ())}
                )
            )
        )
        >= 5
    )
    assert len(some(FollowUps.of(shown).is_stale)) >= 3
    assert [
        shown_customer.id for shown_customer in some(lambda shown_customer: not shown_customer.data.get("interactions"))
    ] == ["C20261023W8VR"]
    cases = [
        case
        for shown_customer in shown.customers
        for case in shown_customer.data.get("cases", ())
        if case["status"] == "open"
    ]
    assert [case["summary"] for case in cases if case["kind"] == "complaint" and case["due"] < ANCHOR.isoformat()] == [
        "二厂网关夜间掉线误报警, 要求 8D 报告"
    ]


def test_one_company_is_there_twice_under_two_names(shown: Snapshot) -> None:
    numbers = Counter(
        re.sub(r"\D", "", number) for customer in shown.customers for number in customer.data.get("phones", ())
    )
    assert [number for number, count in numbers.items() if count > 1] == ["051055552381"]


def test_every_address_on_the_net_is_an_example() -> None:
    text = "".join(files(ANCHOR).values())
    hosts = set(re.findall(r"(?:@|https?://)([\w.-]+\.\w+)", text))
    assert hosts
    assert {host for host in hosts if not host.endswith((".example", "example.com"))} == set()


def test_a_person_has_no_name_in_a_path_or_a_message(shown: Snapshot) -> None:
    persons = [customer for customer in shown.customers if customer.type == "person"]
    assert [customer.path.rpartition("/")[2] for customer in persons] == [f"{customer.id}.yaml" for customer in persons]
    messages = "".join(moment.step.message for moment in _moments(ANCHOR))
    assert [customer.name for customer in persons if customer.name in messages] == []
    assert any(f"{customer.id}: " in messages for customer in persons)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_last_step_is_the_sample(today: date) -> None:
    assert _moments(today)[-1].after == files(today)


def test_the_same_day_gives_the_same_history() -> None:
    assert history(DAYS[0]) == history(DAYS[0])


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_commits_are_made_in_order_in_working_hours_and_not_after_noon_of_today(today: date) -> None:
    times = [moment.step.when for moment in _moments(today)]
    assert times == sorted(times)
    assert {when.utcoffset() for when in times} == {timedelta(hours=8)}
    assert [when for when in times if not 9 <= when.hour < 18] == []
    assert [when for when in times if when.date() > today or (when.date() == today and when.hour >= 12)] == []
    assert times[0].date() == today - timedelta(weeks=7)


def test_work_done_today_is_committed_before_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    late = ANCHOR - timedelta(days=1)
    monkeypatch.setattr("crmtext.setup.sample.ANCHOR", late)
    shipped_today = [moment.step.when for moment in _replayed(history(late)) if moment.day == late]
    assert shipped_today
    assert max(shipped_today).hour < 12


def test_the_history_does_not_depend_on_the_day_it_is_made() -> None:
    first, later = _moments(DAYS[0]), _moments(DAYS[2])
    shift = DAYS[2] - DAYS[0]
    assert [one.step.when + shift for one in first] == [one.step.when for one in later]
    assert [moved(one.step.message, shift) for one in first] == [one.step.message for one in later]


def test_only_the_team_commits_and_nobody_after_leaving() -> None:
    moments = _moments(ANCHOR)
    assert {moment.step.author for moment in moments} == set(read(files(ANCHOR)[SETTINGS].encode()).team)
    left = next(moment.day for moment in moments if moment.step.message == "team: liuyang has left\n")
    assert [moment for moment in moments if moment.step.author == "liuyang" and moment.day >= left] == []


@pytest.mark.parametrize("today", [ANCHOR, DAYS[0]], ids=str)
def test_every_step_changes_records_into_valid_ones_of_that_day(today: date) -> None:
    for moment in _moments(today):
        changed = {path: text for path, text in moment.step.files.items() if text != moment.before.get(path)}
        assert changed == moment.step.files, f"{moment.step.message} writes what was there"
        problems = run(_snapshot(moment.after, moment.day), ignore=["likely-duplicate", "industry-code", "owner-left"])
        assert problems == (), moment.step.message


def test_a_status_moves_only_as_the_settings_allow() -> None:
    allowed = read(files(ANCHOR)[SETTINGS].encode()).transitions
    moves = Counter()
    for moment in _moments(ANCHOR):
        for path, text in moment.step.files.items():
            sides = (moment.before.get(path, ""), text or "")
            was, now = (re.search(r"^status: (\w+)", side, re.MULTILINE) for side in sides)
            if was and now and was[1] != now[1]:
                assert now[1] in allowed[was[1]], path
                assert f"status {was[1]} → {now[1]}" in moment.step.message
                moves[f"{was[1]} → {now[1]}"] += 1
    assert moves == {"lead → prospect": 4, "prospect → active": 2, "prospect → lost": 1, "active → paused": 1}


def test_the_handover_is_one_commit_and_forgets_two() -> None:
    done = [moment for moment in _moments(ANCHOR) if "Crm-Action: handover" in moment.step.message]
    assert len(done) == 1
    owned = {side: [path for path, text in store.items() if re.search(r"^owner: liuyang$", text, re.MULTILINE)]
             for side, store in (("before", done[0].before), ("after", done[0].after))}  # fmt: skip
    assert set(owned["before"]) - set(owned["after"]) == set(done[0].step.files)
    assert len(owned["after"]) == 2
    assert all("channel: handover" in str(text) for text in done[0].step.files.values())
    assert "handover liuyang → hanmei: 5 customers" in done[0].step.message


def test_a_message_says_what_changed_and_names_the_customer_in_a_trailer() -> None:
    messages = [moment.step.message for moment in _moments(ANCHOR)]
    assert (
        "上海示例电子: status lead → prospect; +1 interaction (phone)\n\nCrm-Customer: C20240501K7QM\nCrm-Action: log\n"
    ) in messages
    for moment in _moments(ANCHOR)[2:]:
        ids = [re.match(r"[^-.]+", path.rpartition("/")[2])[0] for path in moment.step.files if path != SETTINGS]  # type: ignore[index]
        assert re.findall(r"^Crm-Customer: (.*)$", moment.step.message, re.MULTILINE) == ids


@pytest.fixture(scope="module")
def chinese() -> tuple[Moment, ...]:
    with speaking("zh"):
        return tuple(_replayed(history(ANCHOR)))


def test_in_chinese_the_commits_are_chinese(chinese: tuple[Moment, ...], golden_update: bool) -> None:
    subjects = "".join(f"{moment.step.message.partition(chr(10))[0]}\n" for moment in chinese)
    if golden_update:
        SUBJECTS.write_text(subjects, encoding="utf-8")
    assert subjects == SUBJECTS.read_text(encoding="utf-8")
    english = {"vip", "Lakeshore", "Laiterie", "Trois", "Vall", "es", "ller", "M", "Anlagenbau", "Al", "Nakheel",
               "Cooling", "GUP", "Baden", "W", "rttemberg"}  # fmt: skip
    messages = "".join(re.sub(r"(?m)^Crm-.*$|C[0-9]{8}\w+", "", moment.step.message) for moment in chinese)
    assert set(re.findall(r"[A-Za-z]+", messages)) <= english


def test_in_chinese_only_words_and_the_setting_are_others(chinese: tuple[Moment, ...]) -> None:
    trailers = re.compile(r"^Crm-.*$", re.MULTILINE)
    for here, there in zip(chinese, _moments(ANCHOR), strict=True):
        assert (here.step.author, here.step.when) == (there.step.author, there.step.when)
        assert trailers.findall(here.step.message) == trailers.findall(there.step.message)
        settings = here.after[SETTINGS]
        assert read(settings.encode()).language == "zh"
        assert {**here.after, SETTINGS: settings.replace('language = "zh"\n', "")} == there.after
    assert read(files(ANCHOR)[SETTINGS].encode()).language == ""


def test_in_chinese_a_handover_names_the_colleagues(chinese: tuple[Moment, ...]) -> None:
    (message,) = (step.step.message for step in chinese if "Crm-Action: handover" in step.step.message)
    assert message == (
        "移交：5 位客户，刘洋 → 韩梅\n\n- 津沽化工设备\n- C202609088KRE\n- 彭城工机\n- 栖霞新材\n- Lakeshore\n\n"
    ) + "".join(line + "\n" for line in message.splitlines() if line.startswith("Crm-"))


def test_in_chinese_the_same_day_gives_the_same_commits_and_they_check_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stores.Program(capsys, tmp_path)
    monkeypatch.setenv("CRMTEXT_LANG", "zh")
    assert program("init", "one", "--sample").code == 0
    monkeypatch.delenv("CRMTEXT_LANG")
    assert program("--lang", "zh", "init", "two", "--sample").code == 0
    one, two = (Repo(tmp_path / name) for name in ("one", "two"))
    assert one.git("rev-parse", "HEAD") == two.git("rev-parse", "HEAD")
    assert one.git("log", "--reverse", "--format=%s") == SUBJECTS.read_text(encoding="utf-8").strip()
    assert (one.git("status", "--short"), one.git("fsck", "--strict")) == ("", "")
    inside = stores.Program(capsys, one.path)
    result = inside("check", "--format", "json")
    assert (result.code, result.data["errors"]) == (0, 0)
    assert inside("log", "示例电子", "phone", "报价已发").code == 0
    assert one.git("log", "-1", "--format=%s").strip() == "上海示例电子: +1 跟进记录（电话）"
