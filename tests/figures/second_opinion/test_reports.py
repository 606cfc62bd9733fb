"""The tables of the named reports, against SQL over the same records and a plain walk of git."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from functools import cache, partial
from random import Random
from typing import TYPE_CHECKING, Any

import figures
import made_stores
import pytest
import stores
import walked
from asked_by_sql import Opinion, answer, first_commits, rounded, sums
from asked_by_sql import states as commits
from figures import Asked, prepared

from crmtext.cli.framework.render import to_json
from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_values import list_document, table_document
from crmtext.reports.context import Context
from crmtext.reports.named import make
from crmtext.store import Store, When
from crmtext.trends.moves import moves
from crmtext.trends.states import states

if TYPE_CHECKING:
    from pathlib import Path

#: The period of the reports.
SINCE, UNTIL = date(2026, 2, 1), made_stores.TODAY


class Reports:
    """The reports of a store, and a second opinion about it."""

    def __init__(self, folder: Path, today: date = UNTIL) -> None:
        self.folder, self.today = folder, today
        store = Store.find(folder)
        snapshot = store.read(When(as_of=str(today)))
        known = cache(partial(moves, store, snapshot))
        self._context = Context(snapshot, SINCE, today, states=states(store), moves=known)
        listed, _error = stores.process(folder, "list", "--format", "json", "--as-of", str(today)).communicate()
        created = first_commits(folder) if (folder / ".git").exists() else {}
        self.opinion = prepared(Opinion(listed.decode(), (folder / "crmtext.toml").read_text("utf-8"), today, created))

    def parts(self, name: str) -> dict[str, Any]:
        """The tables and lists of a report, as JSON has them."""
        documents = {
            part.name: table_document(part) if isinstance(part, FigureTable) else list_document(part)
            for part in make(name, self._context).parts
        }
        return dict(answer(to_json(documents)))

    def figures(self, measures: tuple[str, ...], *by: str, unit: str = "", all_time: bool = False) -> dict[Any, Any]:
        """Figures by SQL: a map of measures for each group and period."""
        asked = Asked(by, unit, None if all_time else SINCE, None if all_time else self.today)
        rows: dict[Any, Any] = {}
        for (group, period, name), value in figures.figures(self.opinion, asked, self.today, measures).items():
            rows.setdefault(group or period if unit else group, {})[name] = value
        return rows


def rows(table: Any) -> dict[Any, Any]:
    """The values of a table by group, or by period."""
    return {
        tuple(row["group"].values()) if row["group"] or not table["period"] else row["period"]: row["values"]
        for row in table["rows"]
    }


def same(ours: dict[Any, Any], theirs: dict[Any, Any]) -> bool:
    """Whether the values are equal, apart from those that say that nothing was counted."""
    for key in {*ours, *theirs}:
        one, other = ours.get(key, {}), theirs.get(key, {})
        for name in {*one, *other}:
            values = one.get(name), other.get(name)
            assert values[0] == values[1] or all(map(figures.is_nothing, values)), (key, name, *values)
    return True


def values(found: list[dict[str, Any]], *by: str, money: tuple[str, ...] = ()) -> dict[Any, Any]:
    """Rows of SQL by group, sums to the cent."""
    return {
        tuple(row[name] for name in by): {
            name: sums(value) if name in money else value for name, value in row.items() if name not in by
        }
        for row in found
    }


def ids(listed: list[dict[str, Any]]) -> set[str]:
    return {item["id"] for item in listed}


@pytest.fixture(scope="module")
def customers() -> list[dict[str, Any]]:
    maker = made_stores.Maker(Random(11))
    made = [maker.customer(number) for number in range(40)]
    # The gaps of 100 and 101 days have a median of 100.5, and the next purchase is late.
    days = (UNTIL - timedelta(ago) for ago in (400, 300, 199))
    late = next(one for one in made if one["status"] == "lead")
    late["transactions"] = [{"date": str(day), "amount": 10.125} for day in days]
    return made


@pytest.fixture(scope="module")
def reports(customers: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return Reports(made_stores.write(tmp_path_factory.mktemp("store"), customers))


def test_receivables(reports: Reports) -> None:
    ours = reports.parts("receivables")
    by_age = values(reports.opinion.rows("reports/receivables_by_age.sql"), "owner", "age", money=("receivable",))
    assert same(rows(ours["by_age"]), by_age)
    total = reports.figures(("receivable",), all_time=True)[()]["receivable"]
    assert ours["by_age"]["total"]["receivable"] == total
    over = values(reports.opinion.rows("reports/receivables_over_limit.sql"), "id", money=("receivable", "limit"))
    assert {
        (item["id"],): {"receivable": item["receivable"], "limit": item["limit"]} for item in ours["over_limit"]
    } == over
    assert over


def test_pipeline(reports: Reports) -> None:
    ours = reports.parts("pipeline")
    measures = ("open_deals", "open_value", "weighted", "weighted_past", "weighted_undated")
    by_stage = reports.figures(measures, "opportunities.stage", all_time=True)
    lacking = reports.opinion.rows(
        "SELECT stage, count(*) AS n FROM deal WHERE is_open AND amount IS NULL GROUP BY stage"
    )
    for row in lacking:
        by_stage[(row["stage"],)]["without_amount"] = row["n"]
    assert same(rows(ours["by_stage"]), by_stage)
    by_month = values(reports.opinion.rows("reports/pipeline_by_month.sql"), "month", money=("open_value", "weighted"))
    assert same(rows(ours["by_month"]), {month: row for (month,), row in by_month.items()})
    whole = reports.figures(measures[:3], all_time=True)[()]
    assert ours["by_month"]["total"] == whole
    closed = ("deals_won", "deals_lost", "won_amount", "lost_amount")
    assert same(rows(ours["closed_by_month"]), reports.figures(closed, unit="month"))
    wins = reports.figures(("win_rate", "won_amount", "lost_amount"), "owner")
    assert same(
        rows(ours["win_rate"]),
        {group: {"win_rate": row["win_rate"]} for group, row in wins.items() if "win_rate" in row},
    )
    reasons = reports.figures(("deals_lost", "lost_amount"), "opportunities.lost_category")
    renamed = {
        group: {"deals": row["deals_lost"], "lost_amount": row.get("lost_amount")} for group, row in reasons.items()
    }
    assert same(rows(ours["loss_reasons"]), renamed)
    assert (
        sum(item["deals"] for item in ours["loss_texts"])
        == reports.opinion.rows(
            "SELECT count(*) AS n FROM deal WHERE stage = 'lost' AND closed BETWEEN $1 AND least($2, today()) "
            "AND (data->>'lost_reason') IS NOT NULL",
            SINCE,
            UNTIL,
        )[0]["n"]
    )


def test_value(reports: Reports) -> None:
    ours = reports.parts("value")
    segments = values(reports.opinion.rows("computed/rfm.sql"), "id")
    rfm = values(reports.opinion.rows("reports/value_rfm.sql"), "id")
    behind = values(reports.opinion.rows("reports/value_behind.sql"), "id")
    for id_, row in rows(ours["rfm"]).items():
        assert row.pop("segment") == segments[id_]["rfm_segment"]
        assert bool(row.pop("behind")) == (id_ in behind)
        assert row == rfm[id_]
    assert len(rfm) == len(ours["rfm"]["rows"])
    shown = {id_: {**row, "last": str(row["last"]), "next": str(row["next"])} for id_, row in behind.items()}
    assert rows(ours["behind"]) == shown
    assert behind
    counts: dict[Any, Any] = {}
    for row in segments.values():
        counts.setdefault((row["rfm_segment"],), {"customers": 0})["customers"] += 1
    kept = {group: {"customers": row["customers"]} for group, row in rows(ours["segments"]).items()}
    assert kept == counts
    for name in ("lapsed", "rising"):
        assert ids(ours[name]) == ids(reports.opinion.rows(f"reports/value_{name}.sql")), name
    top = {(item["id"], item["currency"]): {"revenue": item["revenue"]} for item in ours["top"]}
    assert top == values(reports.opinion.rows("reports/value_top.sql", SINCE, UNTIL), "id", "currency")
    assert same(rows(ours["by_month"]), reports.figures(("revenue", "paid_amount"), unit="month"))
    weekdays = reports.figures(("revenue",), "transactions.date:weekday")
    assert same({(str(day),): row for (day,), row in rows(ours["by_weekday"]).items()}, weekdays)


def test_workload(reports: Reports) -> None:
    by_owner = values(reports.opinion.rows("reports/workload.sql"), "owner")
    for owner, row in reports.figures(
        ("open_steps", "overdue_steps", "open_cases", "weighted"), "owner", all_time=True
    ).items():
        by_owner[owner] |= row
    assert same(rows(reports.parts("workload")["by_owner"]), by_owner)


def test_satisfaction(reports: Reports) -> None:
    ours = reports.parts("satisfaction")
    kinds = ("satisfaction", "survey_score", "case_score", "order_rating")
    by_month = reports.figures(kinds, unit="month")
    for row in reports.opinion.rows("reports/satisfied.sql", SINCE, UNTIL):
        by_month[row["period"]] |= {
            f"{row['measure']}_rate": rounded(row["satisfied"], row["n"], 4),
            f"{row['measure']}_n": row["n"],
        }
    shown = rows(ours["by_month"])
    kept = {
        month: {name: value for name, value in row.items() if name in shown[month]} for month, row in by_month.items()
    }
    assert same(shown, kept)
    by_product = {
        group: {name: value for name, value in row.items() if name in kinds}
        for group, row in rows(ours["by_product"]).items()
    }
    assert same(by_product, reports.figures(kinds, "product"))


def test_cases(reports: Reports) -> None:
    ours = reports.parts("cases")
    by_month = {
        month: {key: row[key] for key in ("cases_opened", "cases_closed")}
        for month, row in rows(ours["by_month"]).items()
    }
    assert same(by_month, reports.figures(("cases_opened", "cases_closed"), unit="month"))
    assert same(rows(ours["close_days"]), reports.figures(("close_days",), "cases.kind"))
    repeated = {(item["of"], item["kind"], item["product"]): 0 for item in ours["repeated"]}
    for item in ours["repeated"]:
        repeated[item["of"], item["kind"], item["product"]] += 1
    found = values(reports.opinion.rows("reports/repeated.sql"), "source", "kind", "product")
    assert repeated == {key: row["items"] for key, row in found.items()}
    assert repeated


def test_quality(reports: Reports, customers: list[dict[str, Any]]) -> None:
    ours = reports.parts("quality")
    for name in ("no_consent", "not_verified"):
        assert ids(ours[name]) == ids(reports.opinion.rows(f"reports/{name}.sql"))
    unreachable = [row for row in reports.opinion.rows("computed/contacts.sql") if row["unreachable"]]
    assert ids(ours["unreachable"]) == ids(unreachable)
    listed = ids(reports.opinion.rows("SELECT id FROM customer"))
    for (path,), row in rows(ours["fill"]).items():
        assert row == filled([one for one in customers if one["id"] in listed], path), path


def filled(records: list[dict[str, Any]], path: str) -> dict[str, Any]:
    """How many records have a value, of those that may; in a list, of those with an item."""
    steps = path.split(".")
    if steps[0] in ("person", "company"):
        records = [one for one in records if (one["type"] == "person") == (steps[0] == "person")]
    holders: list[list[Any]] = [[one] for one in records]
    for step in steps[:-1]:
        below = [[entry[step] for entry in some if step in entry] for some in holders]
        if any(isinstance(value, list) for some in below for value in some):
            holders = [items for some in below if (items := [item for value in some for item in value])]
        else:
            holders = below
    n = sum(any(entry.get(steps[-1]) not in (None, "", [], {}) for entry in some) for some in holders)
    return {"filled": n, "of": len(holders), "rate": rounded(n, len(holders), 4) if holders else None}


@pytest.mark.parametrize(
    ("seed", "today"),
    [(22, UNTIL), pytest.param(29, UNTIL, marks=pytest.mark.long), (22, date(2026, 10, 1))],
)
def test_deals_and_statuses_from_git(seed: int, today: date, tmp_path: Path) -> None:
    reports = Reports(made_stores.history(tmp_path / "store", Random(seed)), today)
    contacts = values(reports.opinion.rows("computed/contacts.sql"), "id")
    every = [deal for deal in walked.deals(reports.folder, today) if (deal.customer,) in contacts]
    ours = reports.parts("pipeline")
    theirs = walked.stages(every, today)
    assert rows(ours["stages"]) == {(stage,): row for stage, row in theirs.items()}
    assert any(row["stay"]["n"] for row in theirs.values())
    last = {id_: row["last_contact"] for (id_,), row in contacts.items()}
    idle = walked.idle(every, last, today)
    assert {(item["id"], item["title"]) for item in ours["idle"]} == idle
    assert idle
    effect = reports.parts("effect")
    answers = reports.figures(("followups", "answer_rate"), "interactions.by", "interactions.channel")
    assert same(rows(effect["answers"]), answers)
    assert rows(effect["moves"]) == moves_of(reports, {id_ for (id_,) in contacts})


def moves_of(reports: Reports, shown: set[str]) -> dict[Any, Any]:
    """The changes of status: how many, the contacts since the change before, and the days between."""
    found: dict[Any, list[tuple[int, int] | None]] = {}
    for id_, entries in walked.statuses(reports.folder).items():
        for (began, before), (day, after) in itertools.pairwise(entries):
            if id_ in shown and day and SINCE <= day <= reports.today:
                query = "SELECT count(*) AS n FROM interaction WHERE is_contact AND id = $1 AND day > $2 AND day <= $3"
                between = began and (reports.opinion.rows(query, id_, began, day)[0]["n"], (day - began).days)
                found.setdefault((before, after), []).append(between or None)
    result = {}
    for group, every in found.items():
        known = [one for one in every if one]
        counts, days = [one[0] for one in known], [one[1] for one in known]
        mean = rounded(sum(counts), len(counts), 4) if counts else None
        median = walked.median(days)
        result[group] = {"moves": len(every), "contacts": {"average": mean, "n": len(known)}, "days": median}
    return result


# In the histories of 7 and 11, customers who were leads are merged with lost ones.
@pytest.mark.parametrize("seed", [7, pytest.param(11, marks=pytest.mark.long)])
def test_loss(seed: int, tmp_path: Path) -> None:
    reports = Reports(made_stores.history(tmp_path / "store", Random(seed)))
    ours = reports.parts("loss")
    every = list(walked.moments(reports.folder))
    ends = [SINCE - timedelta(1), *(day for day in days(SINCE, UNTIL) if (day + timedelta(1)).day == 1), UNTIL]
    at = [next((records for day, records in reversed(every) if day <= end), None) for end in ends]
    theirs = {
        f"{end:%Y-%m}": walked.lost(one, other)
        for one, other, end in zip(at, at[1:], ends[1:], strict=False)
        if one is not None and other is not None
    }
    assert same(rows(ours["by_month"]), theirs)
    found = values(reports.opinion.rows("reports/churn_reasons.sql", SINCE, UNTIL), "category")
    assert rows(ours["reasons"]) == found


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(number) for number in range((last - first).days)]


@pytest.mark.parametrize("seed", [5, pytest.param(8, marks=pytest.mark.long)])
def test_trends(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = Reports(made_stores.history(tmp_path / "store", Random(seed)))
    program = stores.Program(capsys, reports.folder)
    ours = reports.parts("trends")
    events = ("new", "signed", "customers_lost", "followups", "revenue", "paid_amount")
    now = reports.figures(events, unit="month")
    by_month = rows(ours["by_month"])
    assert same({month: {name: row[name] for name in events} for month, row in by_month.items()}, now)
    statuses, open_ = rows_by_period(ours["customers"]), rows(ours["at_month_end"])
    created, late = first_commits(reports.folder), 0
    for day, commit in commits(reports.folder, [date(2026, 5, 31), *(date(2026, month, 30) for month in (6, 9))]):
        month = f"{day:%Y-%m}"
        if commit is None:
            assert {*statuses[month].values(), *open_[month].values()} == {None}
            continue
        listed = program("list", "--format", "json", "--at", commit, "--as-of", str(day)).out
        opinion = prepared(Opinion(listed, stores.git(reports.folder, "show", f"{commit}:crmtext.toml"), day, created))
        counted = figures.figures(opinion, Asked(("status",)), day, ("customers",))
        assert {key: value for key, value in statuses[month].items() if value} == {
            group[0]: value for (group, _period, _name), value in counted.items()
        }
        moment = figures.figures(opinion, Asked(), day, ("open_value", "weighted", "open_cases"))
        assert same({month: open_[month]}, {month: {name: value for (_group, _period, name), value in moment.items()}})
        then = figures.figures(opinion, Asked((), "", day.replace(day=1), day), day, events)
        for name in events:
            known, was = now.get(month, {}).get(name), then.get(((), "", name))
            if known != was and not (figures.is_nothing(known) and figures.is_nothing(was)):
                late += 1
                value = by_month[month][f"{name}_then"]
                assert value == was or (figures.is_nothing(value) and figures.is_nothing(was)), (month, name)
            else:
                assert by_month[month].get(f"{name}_then") is None, (month, name)
    assert late


def rows_by_period(table: Any) -> dict[str, dict[Any, Any]]:
    """The one measure of a table by period and group."""
    result: dict[str, dict[Any, Any]] = {}
    for row in table["rows"]:
        [group], [value] = row["group"].values(), row["values"].values()
        result.setdefault(row["period"], {})[group] = value
    return result
