"""Every measure of `stats` by many groups, periods and days, against SQL over the same records."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import figures
import made_stores
import pytest
import stores
from asked_by_sql import Opinion, answer, first_commits
from asked_by_sql import states as commits
from figures import EVENTS, MEASURES, PRODUCTS, STATES, Asked, is_nothing, prepared, shown
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmtext.cli.framework.render import to_json
from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.query import Query
from crmtext.figures.tables_values import table_document
from crmtext.store import Store, When
from crmtext.trends.states import states

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


UNITS = ("day", "week", "month", "quarter", "year")
#: Two groups: both of the customer, one of the counted items, and both of them.
PAIRS = (
    ("status", "owner"),
    ("owner", "opportunities.stage"),
    ("product", "status"),
    ("tags", "product_category"),
    ("transactions.date:quarter", "owner"),
)
#: The groups of the short form: of the customer with one value and with several, by date, and of each list.
SHORT = (
    "status", "tags", "province", "created:year", "interactions.date:week", "transactions.items.product",
    "opportunities.stage", "product", "product_category",
)  # fmt: skip
#: Interactions have no products.
_WITHOUT_PRODUCT = frozenset({
    "followups", "attempts", "no_answer", "answer_rate", "steps_done", "open_steps", "overdue_steps",
})  # fmt: skip


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether everything is to be tried."""
    return bool(request.config.getoption("--long"))


class Compared:
    """A store and its second opinion."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], today: date = made_stores.TODAY) -> None:
        self.program, self.today, self.store = stores.Program(capsys, folder), today, Store.find(folder)
        listed = self.program("list", "--format", "json", "--as-of", str(today)).out
        created = first_commits(folder) if (folder / ".git").exists() else {}
        self.opinion = prepared(Opinion(listed, (folder / "crmtext.toml").read_text("utf-8"), today, created))
        rows = self.opinion.rows("SELECT DISTINCT path FROM value_of ORDER BY path")
        self.groups = [row["path"] for row in rows]

    def stats(self, asked: Asked, measures: Sequence[str], compare: date | None = None) -> Any:
        """The JSON document of the figures."""
        snapshot = self.store.read(When(as_of=str(self.today)))
        query = Query(asked.by, tuple(measures), asked.unit, asked.since, asked.until, compare=compare)
        return answer(to_json(table_document(stats(snapshot, query, states(self.store)))))

    def different(self, asked: Asked) -> list[Any]:
        """The values that differ: where, ours, that of SQL."""
        measures = EVENTS if asked.unit or asked.until else MEASURES
        if {*asked.by} & {*PRODUCTS}:
            measures = tuple(name for name in measures if name not in _WITHOUT_PRODUCT)
        given = self.stats(asked, measures)
        ours, theirs = dict(shown(given)), figures.figures(self.opinion, asked, self.today, measures)
        if not asked.by and not asked.unit:
            assert given["total"] == given["rows"][0]["values"]
        whole = figures.figures(self.opinion, asked._replace(by=(), unit=""), self.today, measures)
        if not asked.unit:
            ours |= {"total": given["total"]}
            theirs |= {"total": {name: value for (_group, _period, name), value in whole.items()}}
        remarks = figures.remarks(self.opinion, asked, self.today, measures)
        return different(ours | {name: given[name] for name in remarks}, theirs | remarks, asked)


def different(ours: Mapping[Any, Any], theirs: Mapping[Any, Any], asked: Any) -> list[Any]:
    """The values that differ, apart from those that say that nothing was counted."""
    if "total" in ours:
        ours = {**ours, **{("total", name): value for name, value in ours["total"].items()}, "total": None}
        theirs = {**theirs, **{("total", name): value for name, value in theirs["total"].items()}, "total": None}
    pairs = ((key, ours.get(key), theirs.get(key)) for key in {*ours, *theirs})
    return [
        (asked, *pair) for pair in pairs if pair[1] != pair[2] and not (is_nothing(pair[1]) and is_nothing(pair[2]))
    ]


def test_the_sample(
    is_long: bool, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    compared = Compared(stores.sample(tmp_path_factory, tmp_path / "sample"), capsys)
    asked = [Asked(), *(Asked((group,)) for group in (compared.groups if is_long else SHORT)), *map(Asked, PAIRS)]
    found = [one for each in asked for one in compared.different(each)]
    assert found == []


@pytest.mark.parametrize("number", [0, 1, 2, 8, 25])
def test_a_made_store(number: int, is_long: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    maker = made_stores.Maker(Random(number))
    compared = Compared(made_stores.write(tmp_path, [maker.customer(n) for n in range(number)]), capsys)
    groups = compared.groups if is_long else SHORT if number == 25 else ("owner", "product")
    units = UNITS if is_long else ("month",)
    asked = [*(Asked((group,)) for group in groups), *(Asked((), unit) for unit in units)]
    found = [one for each in asked for one in compared.different(each)]
    assert found == []


def test_a_window(is_long: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    maker = made_stores.Maker(Random(99))
    compared = Compared(made_stores.write(tmp_path, [maker.customer(n) for n in range(24)]), capsys)
    windows = [(date(2025, 11, 21), date(2026, 10, 15)), (date(2026, 3, 2), None), (None, date(2026, 9, 30))]
    units = ("", *UNITS) if is_long else ("", "week", "quarter")
    found = [
        one for window in windows for unit in units for one in compared.different(Asked(("owner",), unit, *window))
    ]
    assert found == []


def test_an_earlier_window_is_as_many_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    maker = made_stores.Maker(Random(3))
    compared = Compared(made_stores.write(tmp_path, [maker.customer(n) for n in range(24)]), capsys)
    since, until, then = date(2026, 5, 1), date(2026, 10, 31), date(2026, 1, 31)
    given = compared.stats(Asked(("owner",), "", since, until), EVENTS, then)
    ours = dict(shown({"rows": [row | {"values": row["before"]} for row in given["rows"] if row["before"]]}))
    earlier = Asked(("owner",), "", then - (until - since), then)
    assert different(ours, figures.figures(compared.opinion, earlier, compared.today, EVENTS), earlier) == []


def ends(first: date, today: date) -> list[date]:
    """The last days of the months from one day to another, today at last."""
    every = (first + timedelta(days) for days in range((today - first).days))
    return [*(day for day in every if (day + timedelta(1)).day == 1), today]


@pytest.mark.parametrize("seed", [5, pytest.param(6, marks=pytest.mark.long), pytest.param(7, marks=pytest.mark.long)])
def test_states_at_the_ends_of_months(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_stores.history(tmp_path / "store", Random(seed))
    compared = Compared(folder, capsys)
    asked = Asked(("owner",), "month", date(2026, 5, 1))
    ours = dict(shown(compared.stats(asked, STATES)))
    for day, commit in commits(folder, ends(date(2026, 5, 1), compared.today)):
        period = str(day)[:7]
        of_month = {key: value for key, value in ours.items() if key[1] == period}
        if commit is None:
            assert {key: value for key, value in of_month.items() if value is not None} == {}
            continue
        state = compared.program("list", "--format", "json", "--at", commit, "--as-of", str(day)).out
        settings = stores.git(folder, "show", f"{commit}:crmtext.toml")
        opinion = prepared(Opinion(state, settings, day))
        theirs = figures.figures(opinion, Asked(("owner",)), day, STATES)
        theirs = {(group, period, name): value for (group, _none, name), value in theirs.items()}
        assert different(of_month, theirs, period) == []
        at = compared.store.read(When(at=str(day)))
        at = answer(to_json(table_document(stats(at, Query(("owner",), STATES)))))
        again = {(group, period, name): value for (group, _none, name), value in shown(at)}
        assert different(of_month, again, period) == []


@pytest.mark.long
@given(seed=st.integers(0, 2**32), number=st.integers(1, 12))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_store(
    seed: int, number: int, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(seed)
    maker = made_stores.Maker(random)
    customers = [maker.customer(n) for n in range(number)]
    compared = Compared(made_stores.write(tmp_path_factory.mktemp("store"), customers), capsys)
    since, until = sorted(date.fromisoformat(maker.day()) for _ in range(2))
    for asked in (
        Asked((random.choice(compared.groups or ["status"]),)),
        Asked(random.choice(PAIRS), "", since, None),
        Asked(("owner",), random.choice(UNITS[1:]), since, until),
    ):
        assert compared.different(asked) == []
