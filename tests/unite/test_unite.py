"""Nothing of two records is lost when they become one, whatever they hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtext.schema import Schema
from crmtext.text.edit.rewrite import rewrite
from crmtext.text.read.load import parse_text
from crmtext.unite.unite import Decided, further, same, unite
from crmtext.values.folding import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA = Schema.shipped()
ONE, OTHER = "C20240501K7QM", "C20250310A9XF"


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def maps(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps with some of these fields; those with `_` at the end are always there."""
    always = {key[:-1]: value for key, value in fields.items() if key.endswith("_")}
    return st.fixed_dictionaries(always, optional={key: fields[key] for key in fields if not key.endswith("_")})


def lists(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, min_size=1, max_size=4, unique_by=repr)


DAYS = some("2025-01-02", "2025-02-02", "2025-03-03")
IDS = maps(zoho=some("1", "2", ["2", "3"]), erp=some("A", ["B", "C"]))
PHONES = lists(some("021-5555 0101", "02155550101", "021-5555 0101转802", "13800138001"))
NOTES = some("付款及时", "付款及时\n周一不在\n", "周一不在")
ADDRESS = maps(
    kind=some("office", "registered"), country_=some("CN"), city=some("上海市", "苏州市"), street=some("甲路", "乙路")
)
CONTACT = maps(
    name_=some("张三", "李四"),
    phones=PHONES,
    primary=some(True),
    external_ids=IDS,
    notes=NOTES,
    title=some("采购", "厂长"),
)
BUDGET = maps(basis_=some("stated"), min=some(1, 5), currency=some("CNY", "USD"))
ITEMS = lists(maps(product_=some("a", "b"), quantity=some(1, 2)))
TALK = maps(
    date_=DAYS, by_=some("lilei"), channel_=some("phone"), summary_=some("询价", "看样"), outcome=some("positive")
)
SCORE = maps(score_=some(2, 4), date=DAYS, comment=some("好", "慢"))
RECORDS = maps(
    name_=some("上海示例电子有限公司", "示例电子", "上海示例电子 有限公司"),
    short_name=some("示例", "示例电子"),
    aliases=lists(some("示例厂", "示例电子", "SLDZ", "sldz")),
    type_=some("company", "institution"),
    status_=some("lead", "prospect", "active", "paused", "lost"),
    owner=some("lilei", "hanmei"),
    tags=lists(some("VIP", "vip", "3.5", "35")),
    phones=PHONES,
    addresses=lists(ADDRESS),
    contacts=lists(CONTACT),
    needs=lists(maps(description_=some("传感器", "网关"), budget=BUDGET)),
    interactions=lists(TALK),
    transactions=lists(maps(date_=DAYS, amount_=some(100, 200), order_no=some("X1", "X2"), items=ITEMS)),
    cooperation=maps(since=DAYS, products=lists(some("传感器", "网关")), satisfaction=SCORE),
    churn=maps(date_=DAYS, reason=some("价格", "搬走")),
    external_ids=IDS,
    notes=NOTES,
    custom=maps(等级=some("甲", "乙"), 数=some(1, 2, True), 词=lists(some("x", "y"))),
)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The values of a record, each with its path without numbers, in a form for comparison."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, path)
    elif path.endswith("phones"):
        yield path, "".join(sign for sign in str(value) if sign.isdigit())
    else:
        yield path, plain(f"{value}")


def united(kept: Mapping[str, Any], other: Mapping[str, Any], decided: Decided) -> tuple[Any, Any]:
    """The record after the merge, and what it reports."""
    result = unite(SCHEMA, kept, other, decided)
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    return parse_text(rewrite(text, result.operations), "a.yaml").data, result


def lost(before: Mapping[str, Any], after: Mapping[str, Any], named: list[Any]) -> list[tuple[str, str]]:
    """The values of a record that are neither in the other one nor named as replaced."""
    have = {*leaves(after)}
    words = {value for _path, value in have}
    replaced = {leaf for one in named for _at, leaf in leaves(one)}
    apart = {"id", "name", "short_name", "aliases"}

    def is_kept(path: str, value: str) -> bool:
        if path in apart:
            return value in words
        if path.endswith("notes"):
            return any(value in note for at, note in have if at == path)
        return path in ("status", "contacts.primary") or (path, value) in have or value in replaced

    return [(path, value) for path, value in leaves(before) if not is_kept(path, value)]


@settings(max_examples=120, deadline=None)
@given(RECORDS, RECORDS, st.booleans())
def test_every_value_of_both_is_kept_or_named(one: dict[str, Any], other: dict[str, Any], take: bool) -> None:
    kept, going = {"id": ONE, **one}, {"id": OTHER, **other}
    pointers = {difference.pointer for difference in unite(SCHEMA, kept, going, Decided()).differences}
    after, result = united(kept, going, Decided((), pointers if take else ()))
    named = [value for difference in result.differences for value in (difference.kept, difference.other)]
    assert lost(going, after, named) == []
    assert lost(kept, after, named if take else []) == []
    assert {difference.pointer for difference in result.differences} == pointers
    primary = [[contact.get("primary") for contact in data.get("contacts", ())].count(True) for data in (kept, going)]
    assert [contact.get("primary") for contact in after.get("contacts", ())].count(True) <= max(1, *primary)


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [("lead", "active", "active"), ("prospect", "lead", "prospect"), ("lost", "lost", "lost"), ("lost", "lead", "")],
)
def test_the_further_status_wins(one: str, other: str, status: str) -> None:
    assert further(one, other) == status


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [("ＶＩＰ", "vip", True), ("3.5", "35", False), (1990, "1990", True), (True, 1, False), (2, 2.0, True)],
)  # fmt: skip
def test_values_are_the_same_without_case_width_and_blanks(one: Any, other: Any, is_same: bool) -> None:
    assert same(one, other) is is_same
