"""Cells become values of their fields."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_cells import context, outcome

from crmtext.importers.mapping import Default
from crmtext.importers.values.convert import Facts, choose, convert_default
from crmtext.importers.values.outcome import EMPTY, Yearless
from crmtext.problem import CrmError
from crmtext.schema import Schema

if TYPE_CHECKING:
    from crmtext.importers.values.context import Context
    from crmtext.importers.values.outcome import Converter

NOT_STORED = "the number of an ID or a bank card"
VALUES: list[tuple[str, Any, Any]] = [
    ("phones", 13800138000.0, ["13800138000"]),
    ("phones", "13800138000.0", ["13800138000"]),
    ("phones", "+86 138 0013 8000", ["13800138000"]),
    ("phones", "１３８００１３８０００", ["13800138000"]),
    ("phones", "手机：13800138000", ["13800138000"]),
    ("phones", "0512-68001001", ["0512-68001001"]),
    ("phones", "(010)62581234转802", ["(010)62581234转802"]),
    ("phones", "+372 600 1007", ["+372 600 1007"]),
    ("phones", "13800138000、13900139000 021-62581234", ["13800138000", "13900139000", "021-62581234"]),
    ("emails", "ann@acme.example; Bo <bo@acme.example>", ["bo@acme.example"]),
    ("emails", "ann@acme.example;bo@acme.example", ["ann@acme.example", "bo@acme.example"]),
    ("website", "www.acme.example", "www.acme.example"),
    ("cooperation.since", 45413.0, "2024-05-01"),
    ("cooperation.since", "45413", "2024-05-01"),
    ("cooperation.since", datetime(2024, 5, 1, 23, 0), "2024-05-01"),
    ("cooperation.since", date(2024, 5, 1), "2024-05-01"),
    ("cooperation.since", "2024/5/1", "2024-05-01"),
    ("cooperation.since", "2024年5月1日", "2024-05-01"),
    ("cooperation.since", "二〇二四年五月一日", "2024-05-01"),
    ("cooperation.since", "20240501", "2024-05-01"),
    ("cooperation.since", "1.5.2024", "2024-05-01"),
    ("cooperation.since", "2020-04-14T22:33:28.000+0000", "2020-04-15"),
    ("cooperation.since", "07/15/2009 02:14:45+0800", "2009-07-15"),
    ("cooperation.since", "Oct 7, 2025 6:55 PM", "2025-10-07"),
    ("cooperation.since", "02/23/26 08:55 PM", "2026-02-23"),
    ("cooperation.since", "7-Oct-25", "2025-10-07"),
    ("company.founded", "2008年5月", "2008-05"),
    ("company.founded", 2008.0, 2008),
    ("cooperation.since", "2024年5月", "2024-05"),
    ("interactions.next.time", "下午2:30", "14:30"),
    ("interactions.next.time", 0.75, "18:00"),
    ("interactions.next.time", time(9, 5), "09:05"),
    ("interactions.next.due", "下周", "下周"),
    ("interactions.next.due", "5月10日", Yearless("5月10日")),
    ("opportunities.amount", "50万", 500_000),
    ("opportunities.amount", "1,234.50", 1234.5),
    ("opportunities.amount", 98000.5, 98000.5),
    ("needs.budget", "50万-80万", {"min": 500_000, "max": 800_000, "text": "50万-80万"}),
    ("needs.budget", "面议", {"basis": "to-confirm", "text": "面议"}),
    ("needs.budget", 5000.0, {"min": 5000, "max": 5000}),
    ("owner", "李雷", "lilei"),
    ("owner", "Lei Li", "lilei"),
    ("owner", "LI LEI", "lilei"),
    ("owner", "李雷（北京）", "lilei"),
    ("owner", "hanmei@acme.example", "hanmei"),
    ("owner", "Xiaoyue Ouyang", "ouyang"),
    ("interactions.by", "王五", "王五"),
    ("contacts.name", "张三、李四", ["张三", "李四"]),
    ("contacts.name", "Smith, John", "John Smith"),
    ("contacts.name", "Dr. Ann Lee", "Ann Lee"),
    ("contacts.name", "王先生", "王先生"),
    ("contacts.name", "李雷先生", "李雷"),
    ("contacts.name", "张 三", "张三"),
    ("status", "簽約", "active"),
    ("status", "ＡＣＴＩＶＥ", "active"),
    ("uscc", "９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
    ("contacts.primary", "是", True),
    ("tags", "a,b；c", ["a", "b", "c"]),
    ("tags", '["a", "b"]', ["a", "b"]),
    ("custom.note", "<p>a &amp; b</p><ul><li>c</li></ul><script>d</script>", "a & b\n- c"),
    ("custom.note", "a\u200bb", "ab"),
    ("custom.note", "见 11010519491231002X 号", "见 ****************** 号"),
    ("custom.note", '="001"', "001"),
    ("custom.note", "'001", "001"),
    ("custom.note", "'丙公司", "'丙公司"),
    ("industry", "Steel\nand tools", "Steel and tools"),
    ("@done", "是", True),
    ("@won", "Closed Won", "won"),
]
BAD: list[tuple[str, Any, str]] = [
    ("phones", "1.38E+10", "the spreadsheet has shortened the number"),
    ("phones", "138****8000", "the number is masked"),
    ("phones", "abc", "not a phone number"),
    ("emails", "ann", "not an e-mail address"),
    ("website", "acme", "not a website"),
    ("cooperation.since", "近期", "not a date"),
    ("churn.date", "2024年5月", "not a date"),
    ("interactions.next.time", "25:00", "not a time"),
    ("cooperation.since", "2024-02-30", "this date does not exist"),
    ("opportunities.amount", -5.0, "less than 0"),
    ("needs.budget", "blah", "neither an amount nor a range"),
    ("contacts.name", "张\u200b三", "the name contains invisible characters"),
    ("uscc", "911100006000373000", "the spreadsheet has changed the last digits to zeros"),
    ("industry", "#N/A", "the cell holds an error of the spreadsheet"),
    ("industry", "####", "the cell holds an error of the spreadsheet"),
    ("custom.note", "11010519491231002X", NOT_STORED),
    ("contacts.primary", "maybe", "neither yes nor no"),
]
NOTHING = ["", " ", "-", "—", "-None-", "-无-", "N/A", "\u200b", None]


@pytest.mark.parametrize(("path", "cell", "value"), VALUES)
def test_a_cell_becomes_a_value(path: str, cell: Any, value: Any) -> None:
    assert outcome(path, cell).value == value


@pytest.mark.parametrize(("path", "cell", "why"), BAD)
def test_a_cell_that_fits_no_field_is_left_out(path: str, cell: Any, why: str) -> None:
    found = outcome(path, cell)
    assert (found.value, found.bad) == (None, why)
    assert found.fix


@pytest.mark.parametrize("cell", NOTHING)
@pytest.mark.parametrize("path", ["phones", "cooperation.since", "opportunities.amount", "owner", "status", "custom.a"])
def test_nothing_is_nothing(path: str, cell: Any) -> None:
    assert outcome(path, cell) == EMPTY


def test_the_column_decides_whether_day_or_month_comes_first() -> None:
    path, cell = "cooperation.since", "01/02/2024"
    assert outcome(path, cell, "13/02/2024").value == "2024-02-01"
    assert outcome(path, cell, "02/13/2024").value == "2024-01-02"
    assert outcome(path, cell, day_first=True).value == "2024-02-01"
    assert outcome(path, cell, source="salesforce").value == "2024-01-02"
    assert outcome(path, cell, source="salesforce", day_first=True).value == "2024-02-01"
    assert outcome(path, cell, day_first=False).value == "2024-01-02"
    ask = outcome(path, cell).ask
    assert ask is not None
    assert ask.options == ("--day-first", "--month-first", "--drop Column")
    assert outcome(path, "24/05/01").ask is not None


def test_a_comma_before_the_decimals_needs_a_column_that_writes_so() -> None:
    path = "opportunities.amount"
    assert outcome(path, "1.234,50", "3.000", "7,50").value == 1234.5
    assert outcome(path, "3.000", "1.234,50").value == 3000
    assert outcome(path, "1.234,50", "1,234.50").bad == "not a number"


def test_a_typed_currency_is_kept() -> None:
    assert outcome("opportunities.amount", "$5k")[:2] == (5000, "unit multiplied out")
    assert outcome("opportunities.amount", "$5k").currency == "USD"


def test_an_unknown_person_is_a_question_with_the_nearest_colleague_first() -> None:
    ask = outcome("owner", "李磊").ask
    assert ask is not None
    assert ask.options == ("--people 李磊=lilei", "--people 李磊=pool", "--people 李磊=hanmei", "--people 李磊=-")
    assert outcome("owner", "王五", people={"王五": "hanmei"}).value == "hanmei"


def test_a_name_with_a_blank_is_quoted_for_the_shell() -> None:
    ask = outcome("owner", "Bo O'Neil").ask
    assert ask is not None
    assert ask.options[0] == '''--people "Bo O'Neil=pool"'''


def test_an_unknown_value_is_a_question() -> None:
    assert outcome("status", "Gold", also=[{"gold": "active"}]).value == "active"
    assert outcome("status", "Gold", also=[{"ＧＯＬＤ": ""}]) == EMPTY._replace(nothing="Gold")
    ask = outcome("status", "Gold").ask
    assert ask is not None
    assert (ask.key, ask.options) == (
        "value:Column:gold",
        (
            *(f"--value Column:Gold={value}" for value in ("lead", "prospect", "active", "paused", "lost", "-")),
            "--map Column=custom.Column", "--drop Column",
        ),
    )  # fmt: skip


def test_defaults_are_read_like_cells() -> None:
    assert convert_default(context(), Default("cooperation.since", "2024/5/1")) == "2024-05-01"
    assert convert_default(context(), Default("owner", "李雷")) == "lilei"
    for path, typed in (("status", "gold"), ("owner", "王五"), ("cooperation.since", "soon"), ("name", " ")):
        with pytest.raises(CrmError):
            convert_default(context(), Default(path, typed))


LEAVES = sorted({
    field.path.replace("[]", "")
    for field in Schema.shipped().by_path.values()
    if field.path and not field.children and not (field.item and field.item.kind == "map")
})  # fmt: skip
PATHS = sorted((*LEAVES, "needs.budget", "custom.a"))
TYPED = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[-+]?[0-9./,:年月日万kE ]{1,14}", fullmatch=True),
    st.sampled_from([cell for _path, cell, _value in (*VALUES, *BAD)]),
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.datetimes(),
    st.dates(),
)


@cache
def shared_context() -> Context:
    """Made where a test asks: it reads the dictionary of Pinyin."""
    return context()


@cache
def converter(path: str) -> Converter:
    return choose(shared_context(), Facts("Column", path))


@given(st.sampled_from(PATHS), TYPED)
def test_no_cell_gives_a_value_that_the_schema_rejects(path: str, cell: Any) -> None:
    found = converter(path)(cell)
    if found.value is None or isinstance(found.value, Yearless) or path in ("interactions.next.due", "custom.a"):
        return
    if valid := shared_context().valid.get(path):
        assert valid(found.value)
    again = found.value if not isinstance(found.value, (list, dict)) else None
    if isinstance(again, str) and path not in ("contacts.name", "interactions.by"):
        assert converter(path)(again).value in (found.value, None)


@given(st.dates(date(1955, 1, 1), date(2100, 1, 1)))
def test_days_come_back_from_any_notation(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    notations = (day, serial, float(serial), str(serial), day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y年%m月%d日}",
                 f"{day:%Y%m%d}", f"{day:%d.%m.%Y}", f"{day.day} {day:%b %Y}",
                 f"{day:%b} {day.day}, {day.year}")  # fmt: skip
    assert {converter("needs.expected_by")(cell).value for cell in notations} == {day.isoformat()}


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_amounts_come_back_from_any_notation(whole: int, cents: int) -> None:
    exact = float(f"{whole}.{cents:02}")
    notations = (f"{whole}.{cents:02}", f"{whole:,}.{cents:02}", f"¥{whole:,}.{cents:02}", exact)
    assert {converter("opportunities.amount")(cell).value for cell in notations} == {exact}
