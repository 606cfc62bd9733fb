"""Lists: who is on them, in which order, with which columns, and in which forms."""

from __future__ import annotations

import codecs
import csv
import io
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import stores

from crmtext.figures.rules import NAMES
from crmtext.i18n import speaking
from crmtext.problem import CrmError, Exit
from crmtext.query import listing, path
from crmtext.query.listing import Query

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.snapshot import Snapshot

CALLED = """\
interactions:
  - {{date: {day}, by: lilei, channel: phone, summary: 报价}}
"""
SINCE = "cooperation: {since: 2024-06-01}\n"
DEAL = """\
opportunities:
  - {title: 一期, stage: proposal, amount: 200000}
  - {title: 二期, stage: discovery, amount: 1000.5, currency: EUR}
"""


def store() -> Snapshot:
    return stores.snapshot(
        stores.record("001", "示例电子", CALLED.format(day="2026-11-18") + SINCE, status="active", tags="[vip, 冷链]"),
        stores.record("002", "华东精密", CALLED.format(day="2026-09-01") + DEAL, priority="key", owner="hanmei"),
        stores.record("003", "周敏", type="person", owner="liuyang", priority="low"),
        stores.record("004", "山手精機", CALLED.format(day="2026-01-05"), status="lost", tags="[冷链]"),
        broken="id: [\n",
    )


SNAPSHOT = store()


def found(snapshot: Snapshot = SNAPSHOT, **asked: Any) -> list[str]:
    return [line[-3:] for line in listing.ids(snapshot, Query(**asked), NAMES).text.splitlines()]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # Key customers first, low ones last.
        ({}, ["002", "001", "004", "003"]),
        ({"owner": ("hanmei",)}, ["002"]),
        ({"status": ("active",)}, ["001"]),
        ({"type": ("person",)}, ["003"]),
        ({"tag": ("冷链",)}, ["001", "004"]),
        ({"tag": ("冷",)}, []),
        # One of those that are given; tags without case and full-width forms.
        ({"status": ("active", "lost")}, ["001", "004"]),
        ({"owner": ("hanmei", "liuyang")}, ["002", "003"]),
        ({"tag": ("ＶＩＰ",)}, ["001"]),
        ({"tag": ("VIP", "冷链")}, ["001", "004"]),
        ({"sort": "opportunities.amount"}, ["002", "001", "003", "004"]),
        ({"sort": "-interactions[0].date"}, ["001", "002", "004", "003"]),
        ({"owner": ("lilei",), "status": ("lost",)}, ["004"]),
        # Somebody never called is out of touch, somebody lost is not missed.
        ({"stale": 60}, ["002", "003"]),
        ({"stale": 2}, ["002", "001", "003"]),
        ({"stale": 3}, ["002", "003"]),
        ({"where": "'vip' in tags"}, ["001"]),
        ({"where": "'vip' not in tags"}, ["002", "004", "003"]),
        ({"where": "tags|length == 0"}, ["002", "003"]),
        ({"where": "last_contact >= '2026-09-01'"}, ["002", "001"]),
        ({"where": "days_since_contact > 30"}, ["002", "004"]),
        ({"where": "open_value.CNY > 100000"}, ["002"]),
        ({"where": "name == '周敏'"}, ["003"]),
        ({"where": "path.endswith('001.yaml')"}, ["001"]),
        ({"limit": 2}, ["002", "001"]),
        ({"sort": "id"}, ["001", "002", "003", "004"]),
        ({"sort": "-id"}, ["004", "003", "002", "001"]),
        # Who has no value comes last, whichever way round.
        ({"sort": "last_contact"}, ["004", "002", "001", "003"]),
        ({"sort": "-last_contact"}, ["001", "002", "004", "003"]),
        ({"sort": "-open_value", "limit": 1}, ["002"]),
        ({"sort": "-tags"}, ["004", "001", "002", "003"]),
    ],
)
def test_a_query_chooses_and_orders(asked: dict[str, Any], expected: list[str]) -> None:
    assert found(**asked) == expected


def test_every_column_can_be_shown_and_sorted_by() -> None:
    names = path.names(listing.terms(SNAPSHOT, NAMES))
    shown = listing.table(SNAPSHOT, Query(columns=names), NAMES)
    assert [column.name for column in shown.columns] == list(names)
    assert all(sorted(found(sort=name)) == ["001", "002", "003", "004"] for name in names)


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ({"columns": ("id", "stattus")}, "unknown column 'stattus'", "did you mean 'status'?"),
        ({"columns": ("id", "last-contact")}, "unknown column 'last-contact'", "did you mean 'last_contact'?"),
        ({"sort": "ownr"}, "unknown column 'ownr'", "did you mean 'owner'?"),
        ({"where": "ownr == 'x'"}, "unknown field 'ownr'", "did you mean 'owner'?"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_nearest(asked: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        listing.table(SNAPSHOT, Query(**asked), NAMES)
    problem = caught.value.problem
    assert (problem.message, problem.hint, caught.value.exit_code) == (message, hint, Exit.USAGE)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("客户编号", "id"),
        ("编号", "id"),
        ("Customer id", "id"),
        ("OWNER", "owner"),
        ("最近联系", "last_contact"),
        ("Last contact", "last_contact"),
        ("合作.合作开始日期", "cooperation.since"),
        ("合作开始日期", "cooperation.since"),
        ("分类.value", "classification.value"),
        ("custom.合同号", "custom.合同号"),
    ],
)
def test_columns_and_sorting_take_what_people_call_them(typed: str, name: str) -> None:
    shown = listing.table(SNAPSHOT, Query(columns=("id", typed), sort=f"-{typed}"), NAMES)
    assert shown == listing.table(SNAPSHOT, Query(columns=("id", name), sort=f"-{name}"), NAMES)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("负责人 == '韩梅'", "owner == 'hanmei'"),
        ("'韩梅' == Owner", "owner == 'hanmei'"),
        ("状态 == '意向'", "status == 'prospect'"),
        ("状态 != '意向客户'", "status != 'prospect'"),
        ("合作状态 in ['潜在', '意向']", "status in ['lead', 'prospect']"),
        ("not 状态 in ('潜在',)", "status != 'lead'"),
        ("分类.客户价值 == '高价值'", "classification.value == 'high'"),
        ("合作开始日期 and 最近联系 > '2026-01-01'", "cooperation.since and last_contact > '2026-01-01'"),
        ("'vip' in 标签", "'vip' in tags"),
        ("联系人|length == 1", "contacts|length == 1"),
        ("生命周期 == '潜在'", "lifecycle == 'potential'"),
        ("名称.startswith('华')", "name.startswith('华')"),
    ],
)
def test_expressions_take_what_people_call_keys_and_values(typed: str, written: str) -> None:
    assert found(where=typed) == found(where=written)


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("状态 == 'prospec'", "unknown value 'prospec' for status", "did you mean 'prospect'?"),
        ("负责 == 'x'", "unknown field '负责'", "did you mean '负责人'?"),
        ("cooperation.sinc", "unknown field 'sinc' in cooperation", "did you mean 'cooperation.since'?"),
    ],
)
def test_a_word_that_nothing_is_called_by_is_refused(asked: str, message: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        found(where=asked)
    assert (caught.value.problem.message, caught.value.problem.hint) == (message, hint)


COLUMNS = ("id", "name", "status", "owner", "tags", "last_contact", "open_value", "classification.value", "overdue")


@pytest.mark.parametrize(
    ("language", "labels", "first"),
    [
        (
            "en",
            (
                "Customer id",
                "Name",
                "Status",
                "Owner",
                "Tags",
                "Last contact",
                "Open opportunities",
                "Value",
                "Overdue",
            ),
            ("C20240501002", "华东精密", "Lead", "韩梅", "", "2026-09-01", "¥200,000 + €1,000.50", "", ""),
        ),
        (
            "zh",
            ("客户编号", "客户名称", "合作状态", "负责人", "标签"),
            ("C20240501002", "华东精密", "潜在客户", "韩梅", "", "2026-09-01", "¥20万 + €1,000.50", "", ""),
        ),
    ],
)
def test_cells_are_said_in_the_language_in_use(language: str, labels: tuple[str, ...], first: tuple[str, ...]) -> None:
    with speaking(language):
        shown = listing.table(SNAPSHOT, Query(columns=COLUMNS), NAMES)
    assert tuple(column.label for column in shown.columns)[: len(labels)] == labels
    assert (shown.rows[0], shown.rows[1][4]) == (first, "vip, 冷链")


def test_the_document_holds_the_record_its_path_and_the_figures() -> None:
    document = listing.table(SNAPSHOT, Query(status=("active",)), NAMES).document
    (customer,) = document["customers"]
    assert (set(document), document["left_out"]) == ({"customers", "left_out"}, 1)
    assert customer == {
        "id": "C20240501001",
        "name": "示例电子",
        "type": "company",
        "status": "active",
        "owner": "lilei",
        "tags": ["vip", "冷链"],
        "contacts": [{"name": "张三"}],
        "cooperation": {"since": "2024-06-01"},
        "interactions": [{"date": "2026-11-18", "by": "lilei", "channel": "phone", "summary": "报价"}],
        "path": "records/C20240501001.yaml",
        "computed": customer["computed"],
    }
    figures = customer["computed"]
    assert (figures["last_contact"], figures["days_since_contact"], figures["open_value"]) == (
        date(2026, 11, 18),
        2,
        {},
    )


@pytest.mark.parametrize(
    ("snapshot", "asked", "expected"),
    [
        (SNAPSHOT, {}, "1 record with errors not listed; see: crmtext check"),
        (stores.snapshot(), {}, "no customers yet; add one: crmtext add NAME"),
        (stores.snapshot(stores.record()), {"status": ("lost",)}, "no customer matches"),
        (stores.snapshot(stores.record()), {}, ""),
    ],
)
def test_what_is_missing_is_said(snapshot: Snapshot, asked: dict[str, Any], expected: str) -> None:
    assert listing.table(snapshot, Query(**asked), NAMES).note == expected


def test_csv_begins_with_the_mark_that_spreadsheets_know_utf_8_by(tmp_path: Path) -> None:
    folder = stores.made(tmp_path, stores.record(name="上海 é"))
    command = [sys.executable, "-m", "crmtext", "-C", str(folder), "list", "--format"]
    output = {form: subprocess.run([*command, form], capture_output=True, check=True).stdout for form in ("csv", "ids")}
    assert {form: raw[:3] == codecs.BOM_UTF8 for form, raw in output.items()} == {"csv": True, "ids": False}
    rows = list(csv.DictReader(io.StringIO(output["csv"].decode("utf-8-sig"), newline="")))
    assert [(row["id"], row["name"]) for row in rows] == [("C20240501001", "上海 é")]


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    views = "[views]\nwarm = \"status != 'lost'\"\ncold-chain = \"'冷链' in tags\"\n"
    texts = [customer.document.text for customer in SNAPSHOT.customers]
    return stores.Program(capsys, stores.made(tmp_path / "客户 库", *texts, team=stores.TEAM + views))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--status", "合作中"], ["001"]),
        (["--status", "Active"], ["001"]),
        (["--status", "合作中", "--status", "LOST"], ["001", "004"]),
        (["--owner", "韩梅", "--owner", "liuyang"], ["002", "003"]),
        (["--type", "个人", "--type", "company", "--tag", "VIP"], ["001"]),
        (["--type", "个人"], ["003"]),
        (["--owner", "韩梅"], ["002"]),
        (["--owner", "hanmei@example.com"], ["002"]),
        (["@cold-chain"], ["001", "004"]),
        (["@cold-chain", "--where", "status == 'lost' or status == 'lead'"], ["004"]),
        (["@warm", "--sort", "-id", "--limit", "2"], ["003", "002"]),
    ],
)
def test_values_are_typed_as_people_say_them(
    program: stores.Program, arguments: list[str], expected: list[str]
) -> None:
    result = program("list", *arguments, "--format", "ids")
    assert (result.code, result.out.split()) == (0, [f"C20240501{number}" for number in expected])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["@cold"], "error: unknown view '@cold' [unknown-view]\n  = views: @warm, @cold-chain\n"),
        (["@cold-chian"], "error: unknown view '@cold-chian' [unknown-view]\n  = did you mean '@cold-chain'?\n"),
        (
            ["--status", "activ"],
            "error: unknown value 'activ' for status [unknown-value]\n  = did you mean 'active'?\n",
        ),
        (["--owner", "lilie"], "error: 'lilie' is not on the team list [team-member]\n  = did you mean 'lilei'?\n"),
    ],
)
def test_a_value_that_is_none_is_refused(program: stores.Program, arguments: list[str], expected: str) -> None:
    result = program("list", *arguments)
    assert (result.code, result.out, result.err) == (2, "", expected)


def test_a_table_for_people_has_names_and_labels(program: stores.Program) -> None:
    assert program("list", "--columns", "name,status,owner", "--limit", "2").out == (
        "Name      Status  Owner\n华东精密  Lead    韩梅\n示例电子  Active  李雷\n"
    )
    assert program("--lang", "zh", "list", "--columns", "name,status,owner", "--limit", "1").out == (
        "客户名称  合作状态  负责人\n华东精密  潜在客户  韩梅\n"
    )


def test_sums_of_a_list_are_never_across_currencies() -> None:
    row = listing.rows(SNAPSHOT, Query(owner=("hanmei",)), NAMES)[0]
    assert {key: str(value) for key, value in row.computed["open_value"].items()} == {"CNY": "200000", "EUR": "1000.5"}


def test_columns_are_parted_by_what_a_chinese_keyboard_has(program: stores.Program) -> None:
    assert program("list", "--columns", "编号，名称、负责人").out == program("list", "--columns", "id,name,owner").out


def test_words_choose_the_customers_that_search_finds(program: stores.Program) -> None:
    for words in (("示例",), ("lilei", "合作"), ("韩梅",)):
        expected = sorted(program("search", *words, "--format", "ids").out.split())
        assert expected
        assert sorted(program("list", *words, "--format", "ids").out.split()) == expected
    assert program("list", "示例", "@warm", "--owner", "hanmei").err == "no customer matches\n"
    assert program("list", "@warm", "@cold-chain").code == 2


PEOPLE = """\
  - {name: 李四, title: 总经理, role: purchaser, phones: ["13800138000", "02188888888"], primary: true}
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, summary: 询价, next: {action: 寄样品, due: 2026-11-18}}
"""


@pytest.mark.parametrize(
    ("typed", "head", "cell"),
    [
        ("contacts.name", "Contacts · Name", "张三, 李四"),
        ("联系人.姓名", "Contacts · Name", "张三, 李四"),
        ("contacts.phones", "Contacts · Phones", "13800138000, 02188888888"),
        ("contacts[1].title", "Contacts · Job title", "总经理"),
        ("contacts[-1].role", "Contacts · Role", "Purchaser"),
        ("contacts[5].title", "Contacts · Job title", ""),
        ("contacts.primary", "Contacts · Primary contact", "yes"),
        ("interactions.by", "Interactions · By", "李雷"),
        ("逾期", "Overdue", "yes"),
        ("下一步行动", "Next action", "寄样品"),
        ("tags", "Tags", "vip, 冷链"),
        ("文件", "File", "records/C20240501001.yaml"),
    ],
)
def test_a_column_is_a_path_through_blocks_and_lists(typed: str, head: str, cell: str) -> None:
    snapshot = stores.snapshot(stores.record("001", "示例电子", PEOPLE, tags="[vip, 冷链]"))
    shown = listing.table(snapshot, Query(columns=(typed,)), NAMES)
    assert ([column.label for column in shown.columns], shown.rows) == ([head], ((cell,),))


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("contacts.nmae", "did you mean 'contacts.name'?"),
        ("opportunities.ammount", "did you mean 'opportunities.amount'?"),
        ("open_value.RMBX", "use: open_value.CNY"),
        ("最近联糸", "did you mean '最近联系'?"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_the_nearest(typed: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        listing.table(SNAPSHOT, Query(columns=(typed,)), NAMES)
    assert (caught.value.problem.rule, caught.value.problem.hint) == ("unknown-column", hint)


def test_a_word_that_stands_for_several_columns_is_told_with_all_of_them() -> None:
    with pytest.raises(CrmError) as caught:
        listing.table(SNAPSHOT, Query(columns=("stage",)), NAMES)
    problem = caught.value.problem
    assert (problem.rule, problem.hint) == ("several-columns", "choose one: company.stage, opportunities.stage")


def test_overdue_customers_come_by_due_date_with_the_next_action() -> None:
    due = (
        "interactions:\n"
        "  - {{date: 2026-11-01, by: lilei, channel: phone, summary: 询价, next: {{action: {}, due: {}}}}}\n"
    )
    snapshot = stores.snapshot(
        stores.record("001", "甲", due.format("乙事", "2026-11-19"), priority="key"),
        stores.record("002", "乙", due.format("甲事", "2026-11-02")),
        stores.record("003", "丙", due.format("丙事", "2026-12-01")),
    )
    for where in ("overdue", "逾期 and owner == '李雷'"):
        shown = listing.table(snapshot, Query(where=where), NAMES)
        assert [(row[0][-3:], row[-1]) for row in shown.rows] == [("002", "甲事"), ("001", "乙事")]
        assert shown.columns[-1].name == "next_action"
    asked = Query(where="overdue", sort="id", columns=("id",))
    assert [row[0][-3:] for row in listing.table(snapshot, asked, NAMES).rows] == ["001", "002"]
    assert "next_action" not in [
        column.name for column in listing.table(snapshot, Query(where="not overdue"), NAMES).columns
    ]
