"""Figures of `stats` by SQL: groups × measures × periods over the facts of `sql/facts.sql`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from asked_by_sql import SQL, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from asked_by_sql import Opinion

STATES = (
    "customers", "open_deals", "open_value", "weighted", "weighted_past", "weighted_undated", "receivable",
    "overdue_receivable", "open_cases", "open_steps", "overdue_steps",
)  # fmt: skip
EVENTS = (
    "new", "signed", "customers_lost", "followups", "attempts", "no_answer", "answer_rate", "steps_done",
    "transactions", "purchases", "revenue", "refunds", "paid_amount", "average_order", "item_value", "item_days",
    "deals_won", "won_amount", "deals_lost", "lost_amount", "win_rate", "cases_opened", "cases_closed", "close_days",
    "satisfaction", "survey_score", "case_score", "order_rating",
)  # fmt: skip
MEASURES = (*STATES, *EVENTS)
MONEY = frozenset({
    "open_value", "weighted", "weighted_past", "weighted_undated", "receivable", "overdue_receivable", "revenue",
    "refunds", "paid_amount", "item_value", "won_amount", "lost_amount",
})  # fmt: skip
AVERAGES = frozenset({"satisfaction", "survey_score", "case_score", "order_rating"})
#: The name of the period of a day.
PERIODS = {
    "": "''",
    "day": "strftime({day}, '%Y-%m-%d')",
    "week": "strftime({day}, '%G-W%V')",
    "month": "strftime({day}, '%Y-%m')",
    "quarter": "strftime({day}, '%Y-Q') || quarter({day})",
    "year": "strftime({day}, '%Y')",
}
#: Groups and, for products, the lists whose items have one.
PRODUCTS = ("product", "product_category")


class Asked(NamedTuple):
    """What is asked for."""

    by: tuple[str, ...] = ()
    unit: str = ""
    since: date | None = None
    until: date | None = None


def prepared(opinion: Opinion) -> Opinion:
    """The opinion with the tables that figures are asked of."""
    for file in ("facts.sql", "groups.sql"):
        opinion.db.execute((SQL / file).read_text("utf-8"))
    return opinion


def _window(asked: Asked, today: date) -> str:
    """The condition for events: up to today, and partial dates with all their days."""
    end = min(asked.until or today, today)
    is_open = asked.until is None or asked.until >= today
    conditions = [f"day <= DATE '{end}'"]
    if asked.since:
        conditions.append(f"day >= DATE '{asked.since}'")
    if not is_open:
        conditions.append(f"last_day <= DATE '{end}'")
    if asked.unit:
        period = PERIODS[asked.unit]
        conditions.append(f"{period.format(day='day')} = {period.format(day='last_day')}")
        if not asked.since:
            first = first_of_twelve(asked.unit, end)
            conditions.append(f"day >= DATE '{first}'")
    return " AND ".join(conditions)


def first_of_twelve(unit: str, end: date) -> date:
    """The first day of the last twelve periods."""
    if unit == "day":
        return end - timedelta(11)
    if unit == "week":
        return end - timedelta(end.weekday() + 77)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = end.year * 12 + end.month - 1
    start = start - start % months - 11 * months
    return date(start // 12, start % 12 + 1, 1)


def _grouped(place: int, by: str) -> str:
    """The values of a group for each counted item: its own if it is of the group's list, else those of its customer."""
    return f"""g{place} AS (
        SELECT DISTINCT c.item, v.value FROM counted c LEFT JOIN value_of v ON v.path = '{by}' AND v.id = c.id AND (
            -- Of one list: the same entry, and the same item of it.
            (split_part(v.list, '.', 1) = split_part(c.list, '.', 1) AND v.n = c.n
                AND (v.list <> c.list OR v.m = c.m))
            OR (split_part(v.list, '.', 1) <> split_part(c.list, '.', 1)
                AND NOT ('{by}' IN ('product', 'product_category'))))
    )"""


def _counted(asked: Asked, today: date, measures: Iterable[str]) -> str:
    """SQL for the items counted, `counted`, and the values of each group for them, `g0` and `g1`."""
    names, states = (", ".join(f"'{name}'" for name in every) for every in (measures, STATES))
    period = f"CASE WHEN day IS NULL THEN '' ELSE {PERIODS[asked.unit].format(day='day')} END"
    groups = "".join(f", {_grouped(place, by)}" for place, by in enumerate(asked.by))
    return f"""
    WITH counted AS (
        SELECT row_number() OVER () AS item, *, {period} AS period FROM fact
        WHERE measure IN ({names}) AND (measure IN ({states}) OR ({_window(asked, today)}))
    ){groups}"""


def remarks(opinion: Opinion, asked: Asked, today: date, measures: Iterable[str]) -> dict[str, Any]:
    """How many items have no amount, and whether an item is in several groups."""
    counted = _counted(asked, today, measures)
    missing = "SELECT count(DISTINCT {list: list, id: id, n: n, m: m}) AS n FROM counted WHERE value IS NULL"
    [lacking] = opinion.rows(f"{counted} {missing} AND measure <> 'item_days'")
    joins = " ".join(f"JOIN g{place} USING (item)" for place in range(len(asked.by)))
    rows = opinion.rows(f"{counted} SELECT item FROM counted {joins} GROUP BY item HAVING count(*) > 1 LIMIT 1")
    return {"without_amount": lacking["n"], "overlap": bool(rows)}


def figures(opinion: Opinion, asked: Asked, today: date, measures: Iterable[str] = MEASURES) -> dict[Any, Any]:
    """A value for each group, period and measure; those that nothing counts for are missing."""
    values = "".join(f", g{place}.value AS v{place}" for place in range(len(asked.by)))
    joins = " ".join(f"JOIN g{place} USING (item)" for place in range(len(asked.by)))
    query = f"""{_counted(asked, today, measures)}
    SELECT measure, period, CASE measure WHEN 'item_days' THEN NULL ELSE currency END AS currency,
        sum(counted.value) AS sum, count(counted.value) AS n, count(*) AS items,
        list_sort(list(counted.value)) AS sorted,
        count(DISTINCT {{id: id, product: currency, day: day}}) AS item_days{values}
    FROM counted {joins} GROUP BY ALL"""
    cells: dict[Any, list[Mapping[str, Any]]] = {}
    for row in opinion.rows(query):
        group = tuple(row[f"v{place}"] for place in range(len(asked.by)))
        cells.setdefault((group, row["period"], row["measure"]), []).append(row)
    result = {key: _figure(key[2], rows) for key, rows in cells.items()}
    for group, at, name in [key for key in result if key[2] == "win_rate"]:
        won, lost = (
            {row["currency"]: row["sum"] for row in cells.get((group, at, f"{end}_amount"), ()) if row["n"]}
            for end in ("won", "lost")
        )
        result[group, at, name]["amount"] = {
            code: _won(won.get(code, Decimal(0)), lost.get(code, Decimal(0))) for code in {*won, *lost}
        }
    return result


def _figure(measure: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    if measure in MONEY:
        return {row["currency"]: rounded(row["sum"]) for row in rows if row["n"]}
    if measure == "average_order":
        return {row["currency"]: {"average": rounded(row["sum"], row["n"]), "n": row["n"]} for row in rows}
    [row] = rows  # Only amounts have currencies.
    n, values = row["n"], row["sorted"]
    if measure in AVERAGES:
        return {"average": rounded(row["sum"], n, 4), "n": n}
    if measure == "answer_rate":
        return {"attempts": n, "no_answer": n - row["sum"], "rate": rounded(row["sum"], n, 4)}
    if measure == "win_rate":
        return {"won": row["sum"], "lost": n - row["sum"], "rate": rounded(row["sum"], n, 4)}
    if measure == "close_days":
        # The mean of the two middle values; the value at rank ceil(0.9 n).
        middle = values[(n - 1) // 2] + values[n // 2]
        return {"median": rounded(middle, 2, 4), "p90": values[-(-9 * n // 10) - 1], "n": n}
    return row["item_days" if measure == "item_days" else "items"]


def _won(won: Decimal, lost: Decimal) -> dict[str, Any]:
    return {"won": rounded(won), "lost": rounded(lost), "rate": rounded(won, won + lost, 4) if won + lost else None}


def is_nothing(value: Any) -> bool:
    """Whether a value says that nothing was counted."""
    if isinstance(value, dict):
        return not any(part for key, part in value.items() if key not in ("average", "median", "p90", "rate"))
    return not value


def shown(answer: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The values of an answer of `stats --format json` by group, period and measure."""
    for row in answer["rows"]:
        group = tuple(None if part is None else str(part) for part in row["group"].values())
        for name, value in row["values"].items():
            yield (group, row["period"] or "", name), value
