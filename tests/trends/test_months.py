"""The months of the report `trends`: each figure as `stats` gives it at that month's end, cold and warm."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from crmtext.cli.framework.group import crmtext
from crmtext.figures.months import EVENTS, OPEN, months
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.periods import periods
from crmtext.figures.stats.query import Query
from crmtext.index import lookup
from crmtext.store import Store, When
from crmtext.trends.kept import keep
from crmtext.trends.states import states

if TYPE_CHECKING:
    from repos import Repo

    from crmtext.figures.months import Month
    from crmtext.snapshot import Snapshot

SETTINGS = '[store]\ntimezone = "Asia/Shanghai"\ncurrency = "{currency}"\n'
SINCE, UNTIL = date(2026, 2, 10), date(2026, 11, 20)


def record(n: int, dice: random.Random) -> str:
    """A record with deals, cases, contacts and transactions of the whole year, and some of the time after it."""

    def day() -> str:
        return f"2026-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"

    lines = [f"id: C20260101AAA{n}", f"name: 客户{n}", "type: company"]
    lines += [f"status: {dice.choice(('lead', 'prospect', 'paused'))}", f"owner: {dice.choice(('lilei', 'hanmei'))}"]
    lines += [f"sources: [{{channel: website, date: {day()}}}]"] * dice.randrange(2)
    lines += [f"cooperation: {{since: {dice.choice((day(), day()[:7], '2026'))}}}"] * dice.randrange(2)
    lines += ["opportunities:"]
    for place in range(dice.randrange(1, 4)):
        amount = dice.choice(("", f", amount: {dice.randrange(9)}00", ", amount: 50, currency: EUR"))
        close = dice.choice(("", f", expected_close: {day()}"))
        lines += [f"  - {{title: Deal {place}, stage: {dice.choice(('discovery', 'proposal'))}{amount}{close}}}"]
    lines += ["transactions:"]
    for place in range(dice.randrange(1, 4)):
        paid = dice.choice(("", f", paid: {day()}"))
        lines += [f"  - {{date: {day()}, amount: {dice.choice((-100, 100, 250))}, order_no: N{place}{paid}}}"]
    lines += [f"cases: [{{opened: {day()}, kind: complaint, status: open, summary: x}}]"] * dice.randrange(2)
    lines += ["interactions:"]
    lines += [f"  - {{date: {day()}, by: lilei, channel: phone, summary: x}}" for _call in range(3)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def store(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A year of edits; the store's currency changes in June, a record is invalid for a while, a merge adds another."""
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    dice = random.Random(4)

    def commit(day: str, files: dict[str, str]) -> None:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2026-{day}T23:30:00+08:00")
        repo.commit(files)

    commit("03-03", {"crmtext.toml": SETTINGS.format(currency="EUR"), **{path(n): record(n, dice) for n in range(9)}})
    for month in range(3, 12):
        commit(f"{month:02}-15", {path(n): record(n, dice) for n in dice.sample(range(9), 2)})
        if month == 5:
            commit("05-20", {path(1): "broken: ["})
        if month == 6:
            commit("06-20", {"crmtext.toml": SETTINGS.format(currency="CNY"), path(1): record(1, dice)})
    repo.git("checkout", "-q", "-b", "side", "HEAD~3")
    commit("07-01", {path("S"): record(0, dice).replace("AAA0", "AAAS")})
    repo.git("checkout", "-q", "main")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-18T12:00:00+08:00")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    repo.write(path(2), record(2, dice))
    return Store(repo.path)


def path(n: int | str) -> str:
    return f"records/C20260101AAA{n}.yaml"


def figures(snapshot: Snapshot, query: Query, first: date, last: date) -> tuple[dict[str, int], Any, Any]:
    """The customers by status, the open business and the events of some days, by `stats`."""
    by = stats(snapshot, query._replace(by=("status",), since=None, until=None))
    moment = stats(snapshot, query._replace(measures=OPEN, since=None, until=None))
    happened = stats(snapshot, query._replace(measures=EVENTS, period="month", since=first, until=last))
    return {row.group[0]: row.values["customers"] for row in by.rows}, moment.total, happened.rows[0].values


def expected(store: Store, query: Query) -> list[Any]:
    """What each month must be, from the commit of its last day."""
    present = store.worktree()
    result: list[Any] = []
    for period in periods("month", present.today, query.since, query.until):
        now = figures(present, query, period.first, period.last)
        if period.last >= present.today:
            result.append((period.name, now[0], now[1], now[2], None))
        elif period.last < date(2026, 3, 3):
            result.append((period.name, None, None, now[2], None))
        else:
            then = figures(store.read(When(at=f"{period.last}")), query, period.first, period.last)
            result.append((period.name, then[0], then[1], now[2], then[2]))
    return result


@pytest.mark.parametrize(
    "query",
    [
        Query(since=SINCE, until=UNTIL),
        Query(since=date(2026, 1, 1), until=date(2026, 10, 20), owner="hanmei"),
        Query(since=SINCE, until=UNTIL, where="open_value.CNY > 100 or stale"),
    ],
    ids=["all", "owner, and until a day of the past", "where"],
)
def test_each_month_is_that_of_its_last_commit(store: Store, monkeypatch: pytest.MonkeyPatch, query: Query) -> None:
    wanted = expected(store, query)
    assert any(then and then != now for *_others, now, then in wanted)

    def found() -> list[Any]:
        present = lookup.snapshot(Store(store.root))
        every: tuple[Month, ...] = months(present, query, states(store, present), keep(store, present))
        return [tuple(month[:5]) for month in every]

    assert found() == wanted
    assert found() == wanted
    monkeypatch.setenv("CRMTEXT_QUICK", "off")
    assert found() == wanted


def test_what_is_kept_is_not_shown_after_a_change(store: Store, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a record, of the settings, of history, or when the next day begins."""

    def run() -> str:
        result = CliRunner().invoke(crmtext, ["-C", str(repo.path), "report", "trends", "--format", "json"])
        assert result.exit_code == 0, result.output
        return result.output

    def both() -> str:
        answers = [run(), run()]
        with monkeypatch.context() as patch:
            patch.setenv("CRMTEXT_QUICK", "off")
            answers.append(run())
        assert len({*answers}) == 1
        return answers[0]

    answers = [both()]
    repo.write(path(3), record(3, random.Random(9)))
    answers.append(both())
    repo.write("crmtext.toml", SETTINGS.format(currency="USD"))
    answers.append(both())
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-10-02T12:00:00+08:00")
    repo.git("add", ".")
    repo.git("commit", "-q", "--amend", "-m", "rewritten")
    answers.append(both())
    monkeypatch.setenv("CRMTEXT_TODAY", "2026-12-01")
    answers.append(both())
    assert len({*answers}) == len(answers)
    document = json.loads(answers[-1])["tables"]["by_month"]
    assert [row["period"] for row in document["rows"]][-1] == "2026-12"
