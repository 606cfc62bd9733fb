"""The named reports of a store made by hand: in both languages, empty, and of one customer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from named_reports import HERE, STORE, context, in_words, store

from crmtext.figures.tables import FigureList
from crmtext.figures.tables_text import grid
from crmtext.reports.named import NAMED, make
from crmtext.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from crmtext.reports.context import Context

OURS = [name for name in NAMED if name in {
    "today", "basic", "classification", "followup", "workload", "quality", "satisfaction", "cases",
}]  # fmt: skip
#: Parts with a row for each colleague or period, also without customers.
EMPTY = {"workload": {"by_owner", "targets"}, "satisfaction": {"by_month"}, "cases": {"by_month"}}
#: Fields that a team could mark as sensitive, each with a value in the store.
MARKED = {
    "phones": "+49 30", "emails": "zhao@", "tags": "年框", "industry": "C39", "classification.segment": "冷链",
    "interactions.summary": "谈价格", "interactions.next.action": "寄样品", "opportunities.title": "试用",
    "cases.summary": "接口坏", "needs.description": "第二条线", "transactions.feedback": "少一根线",
    "churn.reason": "太贵",
}  # fmt: skip
#: Lists of customers who have something in common.
COMPARED = {"duplicates", "repeated"}
#: Reports that may have no line for a customer.
NO_LISTS = {"satisfaction"}


def test_the_records_of_the_store_are_valid_but_for_one() -> None:
    assert [document.path for document in store().broken] == [f"records/{STORE['broken'][0]['id']}.yaml"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", OURS)
def test_a_report(name: str, language: str, golden_update: bool) -> None:
    words = in_words(name, context(store()), language)
    file = HERE / "golden" / f"{name}.{language}.md"
    if golden_update:
        file.write_text(words, "utf-8")
    assert words == file.read_text("utf-8")


@pytest.mark.parametrize("name", OURS)
def test_without_customers_every_part_is_empty(name: str) -> None:
    parts = make(name, context(store("none"))).parts
    assert [part.name for part in parts] == [part.name for part in make(name, context(store())).parts]
    shown = {part.name: list(grid(part).rows) for part in parts}
    assert {part for part, rows in shown.items() if rows} == EMPTY.get(name, set())


@pytest.mark.parametrize("name", OURS)
def test_one_customer_is_shown_as_among_others(name: str) -> None:
    one, some = ([*_items(name, context(all_), COMPARED)] for all_ in (store("C20240101AAAA"), store()))
    assert one == [item for item in some if item["id"] == "C20240101AAAA"]


@pytest.mark.parametrize("name", OURS)
def test_lists_are_of_the_customers_asked_for(name: str) -> None:
    of_hanmei = {item["id"] for item in _items(name, context(store(), where="owner == 'hanmei'"))}
    assert of_hanmei <= {"C20240102BBBB"}
    assert name in NO_LISTS or of_hanmei


def test_a_colleague_sees_their_tasks_at_customers_of_others() -> None:
    items = [(item["id"], item["action"]) for item in _items("today", context(store(), owner="hanmei"))]
    assert ("C20240101AAAA", "又掉线") in items
    assert {item["owner"] for item in _items("today", context(store(), owner="hanmei"))} == {"hanmei"}


def test_sensitive_fields_are_not_shown() -> None:
    """Those of the shipped schema, and a value of each field that a team marks."""
    schema = json.loads(json.dumps(Schema.shipped().data))
    for path in MARKED:
        field = schema
        for key in path.split("."):
            field = field["properties"][key] if "properties" in field else field["items"]["properties"][key]
        field["x-sensitive"] = True
    snapshot = store(schema=Schema(schema, b"marked"))
    for name in NAMED:
        words = in_words(name, context(snapshot))
        assert [text for text in ("1990-05-01", "秘密路", *MARKED.values()) if text in words] == [], name


@pytest.mark.parametrize("name", NAMED)
def test_any_field_with_fixed_values_may_be_sensitive(name: str) -> None:
    """A table by such a field is left out."""
    schema = json.loads(json.dumps(Schema.shipped().data))
    paths = [one.path for one in Schema.shipped().by_path.values() if one.choices]
    for path in (path for path in paths if path not in ("type", "status")):
        field = schema
        for key in path.replace("[]", "").split("."):
            field = field.get("items", field)["properties"][key]
        field["x-sensitive"] = True
    assert make(name, context(store(schema=Schema(schema, b"marked")))).parts


def _items(name: str, of: Context, without: Collection[str] = ()) -> Iterator[Mapping[str, Any]]:
    for part in make(name, of).parts:
        if isinstance(part, FigureList) and part.name not in without:
            yield from part.items
