"""Sheets of several dialects: header, object, joins and fields, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.importers.columns import body, fields, header, mapping_file, profiles
from crmtext.importers.columns.mapping_file import SheetMapping, SystemMapping, Target
from crmtext.importers.columns.names import Names
from crmtext.importers.columns.understand import understand
from crmtext.importers.findings import Findings
from crmtext.importers.mapping import Join, LeftOut, Table
from crmtext.importers.options import Options
from crmtext.importers.sheet import Row, Sheet, Span
from crmtext.problem import CrmError
from crmtext.schema import Schema
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.importers.sheet import Cell

NAMES = Names(Schema.shipped())
TEAM = """[store]
schema_version = 1
[team.lilei]
name = "李雷"
"""


def sheet(*rows: tuple[Cell, ...], path: str = "a.csv", merged: tuple[Span, ...] = ()) -> Sheet:
    return Sheet(path, "", "csv", [Row(at, row) for at, row in enumerate(rows, 1)], "0" * 64, merged=merged)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "schema").mkdir()
    (tmp_path / "crmtext.toml").write_text(TEAM, "utf-8")
    (tmp_path / "schema/customer.schema.json").write_bytes(Schema.shipped().raw)
    return Store(tmp_path)


def table(store: Store, only: Sheet, **options: tuple[tuple[str, str], ...]) -> Table:
    (one,) = understand((only,), store, Options((only.path,), **options), Findings()).tables
    return one


def mapped(one: Table) -> dict[str, str]:
    return {column.name: column.field for column in one.columns}


def test_chinese_sheet_with_title_rows_and_totals(store: Store) -> None:
    head = ("序号", "客户名称*", "联系人", "手机", "公司电话", "负责人", "预算", "片区（必填）")
    rows = (("某公司客户表", *[None] * 7), ("制表人: 李雷", None, "日期: 2026-11-20", *[None] * 5), head)
    data = ((1, "甲公司", "王五", 13800000101, "010-62580001", "李雷", "面议", "东"), ("合计", "1 家", *[None] * 6))
    one = table(store, sheet(*rows, *data))
    assert (one.object, one.header_row, one.left_out) == ("customers", 3, (LeftOut(5, "total"),))
    assert mapped(one) == {
        "序号": "", "客户名称": "name", "联系人": "contacts.name", "手机": "contacts.phones", "公司电话": "phones",
        "负责人": "owner", "预算": "needs.budget", "片区": "custom.片区",
    }  # fmt: skip


def test_a_sheet_of_its_own_with_some_columns_of_a_system_is_none_of_it(store: Store) -> None:
    head = ("客户名称", "简称", "状态", "负责人", "联系人", "手机", "商机名称", "商机阶段", "商机金额", "地址")
    one = table(
        store, sheet(head, ("甲公司", "甲", "潜在客户", "李雷", "王五", 13800000101, "产线", "初步接洽", 5, "苏州"))
    )
    assert mapped(one) == {
        "客户名称": "name",
        "简称": "short_name",
        "状态": "status",
        "负责人": "owner",
        "联系人": "contacts.name",
        "手机": "contacts.phones",
        "商机名称": "opportunities.title",
        "商机阶段": "opportunities.stage",
        "商机金额": "opportunities.amount",
        "地址": "addresses[office].street",
    }


def test_hubspot_contacts_in_spanish_join_by_id_domain_and_name(store: Store) -> None:
    head = (
        "ID de registro",
        "Nombre",
        "Apellidos",
        "Correo",
        "Nombre de la empresa",
        "Associated Company IDs (Primary)",
    )
    one = table(store, sheet(head, ("1", "Ana", "Ruiz", "ana@acme.example", "Acme", "9")))
    assert (one.object, one.id) == ("contacts", "ID de registro")
    assert one.joins == (
        Join("Associated Company IDs (Primary)", "id"), Join("Correo", "domain"), Join("Nombre de la empresa", "name")
    )  # fmt: skip
    assert [column.field for column in one.columns] == [
        "", "@first_name", "@last_name", "contacts.emails", "name", ""
    ]  # fmt: skip


def test_deleted_rows_of_a_source_are_left_out(store: Store) -> None:
    head = ("ID", "ISDELETED", "NAME", "STAGENAME", "CLOSEDATE", "ACCOUNTID")
    rows = (
        ("006A", "true", "Old", "Prospecting", "2026-01-01", "001A"),
        ("006B", "false", "New", "Prospecting", "", "001A"),
    )
    one = table(store, sheet(head, *rows))
    assert (one.object, len(one.rows), one.left_out) == ("opportunities", 1, (LeftOut(2, "ISDELETED=true"),))


@pytest.mark.parametrize(
    ("name", "field"),
    [("身份证号", "person.id_number"), ("出生日期", "person.birth_date"), ("家庭住址", "person.home_address"),
     ("银行账号", "billing.bank_account"), ("SSN__c", "person.id_number"), ("Home Street", "person.home_address")],
)  # fmt: skip
def test_sensitive_columns_never_become_own_fields(store: Store, name: str, field: str) -> None:
    assert mapped(table(store, sheet(("客户名称", "状态", name), ("甲", "潜在", "x"))))[name] == field


@pytest.mark.parametrize("name", ["__proto__", "../x", "a.b[0]", "x" * 10_000])
def test_hostile_headers_are_no_own_fields(store: Store, name: str) -> None:
    assert mapped(table(store, sheet(("客户名称", "状态", name), ("甲", "潜在", "x"))))[name] == ""


def test_sub_form_in_merged_cells(store: Store) -> None:
    rows = (("客户名称", "联系人", None), (None, "姓名", "手机"), ("甲公司", "王五", "1"), (None, "赵六", "2"))
    merged = (Span(1, 1, 2, 1), Span(1, 2, 1, 3), Span(3, 1, 4, 1))
    one = table(store, sheet(*rows, merged=merged))
    assert mapped(one) == {"客户名称": "name", "联系人/姓名": "contacts.name", "联系人/手机": "contacts.phones"}
    assert one.rows == (Row(3, ("甲公司", "王五", "1")), Row(4, ("甲公司", "赵六", "2")))


def test_parts_are_known_as_our_workbooks_label_them(store: Store) -> None:
    names = ("客户名称", "企业信息 · 员工人数", "联系人", None, "Custom · 级别", "区域 · 片")
    below = (None, None, "姓名", "社交账号 · QQ 号", None, None)
    one = table(store, sheet(names, below, ("甲公司", 12, "王五", "10001", "A", "东"), merged=(Span(1, 3, 1, 4),)))
    assert mapped(one) == {
        "客户名称": "name", "企业信息 · 员工人数": "company.employees", "联系人/姓名": "contacts.name",
        "联系人/社交账号 · QQ 号": "contacts.social.qq", "Custom · 级别": "custom.级别",
        "区域 · 片": "custom.区域 · 片",
    }  # fmt: skip


def test_typed_columns_and_fields(store: Store) -> None:
    head = sheet(("客户名称", "状态", "甲方电话"), ("甲", "潜在", "x"))
    assert mapped(table(store, head, maps=(("甲方电话", "联系人.电话"),)))["甲方电话"] == "contacts.phones"
    for maps in ((("甲方电活", "电话"),), (("甲方电话", "联系人.电活"),)):
        with pytest.raises(CrmError) as error:
            table(store, head, maps=maps)
        assert error.value.exit_code == 2
        assert error.value.problem.hint


@pytest.mark.parametrize(
    ("typed", "path"),
    [("联系人.电话", "contacts.phones"), ("contacts[0].title", "contacts.title"), ("合作开始日期", "cooperation.since"),
     ("负责人", "owner"), ("客户名称", "name"), ("custom.region", "custom.region"), ("@created", "@created")],
)  # fmt: skip
def test_fields_are_typed_in_either_language(typed: str, path: str) -> None:
    assert fields.field_path(NAMES, "customers", typed) == path


def test_two_systems_in_one_call_are_an_error(store: Store) -> None:
    linkedin = sheet(("First Name", "Last Name", "Connected On"), ("A", "B", "1 Jan 2026"), path="c.csv")
    deals = sheet(("Deal Name", "Deal Stage", "Amount"), ("A", "B", "1"))
    with pytest.raises(CrmError) as error:
        understand((linkedin, deals), store, Options(("c.csv", "a.csv")), Findings())
    assert error.value.problem.rule == "two-systems"


@given(st.integers(0, 8), st.integers(1, 6))
def test_header_is_found_below_notices(before: int, data: int) -> None:
    notice = (
        "填写须知：客户名称、联系人、手机必须填写；手机号请设为文本格式；请勿删除表头，一次最多五千行",
        None,
        None,
    )
    rows = [*[notice] * before, ("客户名称", "联系人", "手机"), *[("甲公司某某", "王五", "13800000101")] * data]
    head = header.find(sheet(*rows), NAMES.known)
    assert head is not None
    assert (head.row, head.start) == (before + 1, before + 1)
    assert len(body.read(sheet(*rows), head).rows) == data


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
tables = st.dictionaries(texts, texts, max_size=3)
kinds = st.builds(
    SheetMapping,
    st.sampled_from(("customers", "contacts")),
    st.lists(st.lists(texts, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple),
    texts,
    st.lists(texts, max_size=2).map(tuple),
    st.lists(st.builds(Join, texts, st.just("id")), max_size=2).map(tuple),
    st.dictionaries(texts, st.lists(texts, max_size=2).map(tuple), max_size=2),
    st.dictionaries(texts, st.builds(Target, texts, tables), max_size=3), st.dictionaries(texts, tables, max_size=2),
)  # fmt: skip


@given(
    st.builds(
        SystemMapping,
        st.just("x"),
        st.just("x"),
        st.lists(kinds, max_size=2).map(tuple),
        texts,
        texts,
        texts,
        tables,
        tables,
    )
)
def test_saved_text_reads_back(mapping: SystemMapping) -> None:
    assert mapping_file.parse(mapping_file.text(mapping).encode(), "x", "x.toml") == mapping


def test_shipped_profiles_name_fields_that_exist() -> None:
    for profile in mapping_file.profiles().values():
        for kind in profile.sheets:
            for target in kind.columns.values():
                # Only a profile has columns for the ids of entries in sub-forms.
                entry = target.to.removesuffix(f".external_ids.{profile.source}")
                assert entry in ("", "contacts", "opportunities", "interactions", "transactions", "cases") or (
                    fields.field_path(NAMES, kind.object, target.to) == target.to
                )


@pytest.mark.parametrize(
    ("label", "field"),
    [("Home", "person.home_address"), ("", "person.home_address"), ("Work", "addresses[office].street")],
)
def test_home_addresses_of_google_are_private(store: Store, label: str, field: str) -> None:
    head = ("First Name", "Last Name", "Organization Name", "Labels", "Address 1 - Label", "Address 1 - Street")
    one = table(store, sheet(head, ("A", "B", "Acme", "", label, "1 Main St")))
    assert mapped(one)["Address 1 - Street"] == field


def test_a_saved_mapping_is_used_again_and_a_renamed_column_is_an_error(store: Store) -> None:
    rows = ("客户名称", "状态", "片区"), ("甲", "潜在", "东")
    first = understand((sheet(*rows),), store, Options(("a.csv",)), Findings())
    saved = profiles.to_save(first, "mine")
    (store.root / "import").mkdir()
    (store.root / saved.path).write_text(mapping_file.text(saved), "utf-8")
    again = understand((sheet(*rows),), store, Options(("a.csv",)), Findings())
    assert (again.profile, again.source) == ("mine", "mine")
    assert {column.how for column in again.tables[0].columns} == {"saved"}
    with pytest.raises(CrmError) as error:
        understand((sheet(("客户名称", "状态", "片区名"), rows[1]),), store, Options(("a.csv",)), Findings())
    assert "片区" in error.value.problem.message
    assert "片区名" in error.value.problem.hint


def test_mappings_are_listed_and_shown(store: Store) -> None:
    assert "hubspot" in [row[0] for row in profiles.listed(store).rows]
    shown = profiles.shown(store, "fxiaoke")
    assert ("customers", "客户名称", "name") in shown.rows
    at = shown.rows.index(("customers", "成交状态", "status"))
    # Values are listed once for a field with several columns.
    assert shown.rows[at + 1] == ("customers", "客户来源", "sources.channel")
    assert ("customers", "  成交客户", "= active") in shown.rows


def test_where_columns_are_known_from_is_true(store: Store) -> None:
    known = {row[0]: row[3] for row in profiles.listed(store).rows}
    assert {name for name, text in known.items() if text == "real exports"} == {"vcard"}
    headers = {name for name, text in known.items() if text == "the headers of real exports"}
    assert headers == {"google", "linkedin", "outlook", "thunderbird"}
