"""Rows of tables become values of fields, and what can't come in is reported with its place and fix."""

from __future__ import annotations

from import_cells import rows, table

from crmtext.importers.findings import BadCell, RowRef
from crmtext.importers.mapping import Join
from crmtext.importers.values import customer_type, names

ID = "11010519491231002X"


def test_a_row_has_values_columns_and_its_id() -> None:
    fields = {"No": "", "Name": "name", "Phone": "phones", "Mobile": "phones", "Region": "custom.Region"}
    made = table("customers", fields, (7.0, "Acme GmbH", "0512-68001001", 13800138000.0, "北京"), id="No")
    [row], findings = rows(made)
    assert row == (
        RowRef(0, 2),
        "customers",
        {"name": "Acme GmbH", "phones": ["0512-68001001", "13800138000"], "custom.Region": "北京", "type": "company"},
        "7",
        (),
        {"name": "Name", "phones": "Phone", "custom.Region": "Region"},
        (),
        {},
    )
    assert findings.rewritten == []


def test_a_row_names_its_customer() -> None:
    fields = {"Company": "name", "Id": "", "Mail": "contacts.emails", "First": "@first_name", "Last": "@last_name"}
    joins = (Join("Id", "id"), Join("Mail", "domain"), Join("Company", "name"))
    made = table("contacts", fields, ("Acme", 12.0, "ann@acme.example", "雷", "李"),
                 ("Acme", "", "bo@qq.com", "Bo", "Lee"), joins=joins)  # fmt: skip
    [one, other], _findings = rows(made)
    assert one.of == (("id", "12"), ("domain", "acme.example"), ("name", "Acme"))
    assert one.values["contacts.name"] == "李雷"
    assert other.of == (("name", "Acme"),)
    assert other.values["contacts.name"] == "Bo Lee"


def test_a_bad_cell_is_left_out_and_the_row_comes_in() -> None:
    made = table("customers", {"Name": "name", "Phone": "phones"}, ("Acme", "1.38E+10"))
    [row], findings = rows(made)
    assert row.values == {"name": "Acme"}
    why, fix = "the spreadsheet has shortened the number", "format the column as text and enter the number again"
    assert findings.cells == [BadCell(RowRef(0, 2), "Phone", "1.38E+10", why, fix)]


def test_a_bad_required_cell_and_too_many_cells_reject_the_row() -> None:
    made = table("customers", {"Name": "name", "City": "custom.City"}, ("Ac\u202eme", "a"), ("Acme", "b", "c"),
                 ("Acme", "d", ""), ("Acme",))  # fmt: skip
    kept, findings = rows(made)
    assert [row.at.row for row in kept] == [4, 5]
    assert {at.row: cell.why for at, cell in findings.rejected.items()} == {
        2: "the name contains invisible characters",
        3: "more cells than the header has: 3",
    }


def test_private_values_are_counted_and_never_shown() -> None:
    fields = {"姓名": "name", "身份证": "custom.身份证", "家庭住址": "person.home_address", "生日": "contacts.birthday"}
    made = table("customers", fields, ("张三", ID, "北京市1号", "1990-01-01"), ("李四", "", "", ""))
    kept, findings = rows(made)
    assert [row.values for row in kept] == [{"name": "张三", "type": "person"}, {"name": "李四", "type": "person"}]
    assert findings.withheld == {"身份证": 1, "家庭住址": 1, "生日": 1}
    assert (findings.cells, findings.rewritten, findings.masked) == ([], [], {})


def test_numbers_of_ids_are_masked_in_text_and_rejected_alone() -> None:
    made = table("customers", {"Name": "name", "Notes": "notes", "Other": "custom.Other"},
                 ("Acme", f"see {ID}, please", ID))  # fmt: skip
    [row], findings = rows(made)
    assert row.values == {"name": "Acme", "notes": "see ******************, please"}
    assert findings.masked == {"Notes": 1}
    assert [(cell.column, cell.value) for cell in findings.cells] == [("Other", "*" * 18)]
    assert ID not in repr(findings)


def test_a_question_is_asked_once_with_its_rows() -> None:
    made = table("customers", {"Name": "name", "Status": "status"}, ("A", "Gold"), ("B", "gold"), ("C", "active"))
    kept, findings = rows(made)
    assert len(kept) == 3
    [question] = findings.questions.values()
    assert question.rows == [RowRef(0, 2), RowRef(0, 3)]


def test_a_second_column_of_a_choice_counts_where_the_first_is_empty() -> None:
    made = table("customers", {"Name": "name", "State": "status", "Deal": "status"}, ("A", "paused", "active"),
                 ("B", "", "active"))  # fmt: skip
    kept, _findings = rows(made)
    assert [row.values["status"] for row in kept] == ["paused", "active"]


def test_a_colleague_who_left_stays_with_one_warning() -> None:
    made = table("customers", {"Name": "name", "Owner": "owner"}, ("A", "欧阳晓月"), ("B", "ouyang"))
    kept, findings = rows(made)
    assert [row.values["owner"] for row in kept] == ["ouyang", "ouyang"]
    command = "crmtext handover --from ouyang --to COLLEAGUE"
    assert findings.warnings == [
        f"欧阳晓月 has left the team and is named in 2 cells; hand over the customers later: {command}"
    ]


def test_ids_of_users_are_their_colleagues() -> None:
    users = table("users", {"Id": "", "Email": "@email"}, ("005", "hanmei@acme.example"), id="Id")
    made = table("customers", {"Name": "name", "Owner": "owner"}, ("A", "005"))
    from import_cells import context

    from crmtext.importers.findings import Findings
    from crmtext.importers.values.rows import read_rows

    [row] = read_rows(made, context(users, made), Findings())
    assert row.values["owner"] == "hanmei"
    assert list(read_rows(users, context(users, made), Findings())) == []


def test_a_next_step_without_a_year_comes_after_its_interaction() -> None:
    fields = {"Name": "name", "Date": "interactions.date", "Due": "interactions.next.due"}
    made = table("customers", fields, ("A", "2024-12-20", "1月5日"), ("B", "2024-12-20", "下周"))
    kept, findings = rows(made)
    assert [row.values["interactions.next.due"] for row in kept] == ["2025-01-05", "下周"]
    assert [line.why for line in findings.rewritten] == [
        "the next such day",
        "no exact day: the words go into the details",
    ]


def test_a_currency_beside_an_amount_must_agree() -> None:
    fields = {"Name": "name", "Deal": "opportunities.amount", "Currency": "opportunities.currency"}
    made = table("customers", fields, ("A", "$5", ""), ("B", "$5", "EUR"), ("C", "￥5", ""))
    kept, findings = rows(made)
    assert [{k: v for k, v in row.values.items() if k.startswith("opp")} for row in kept] == [
        {"opportunities.amount": 5, "opportunities.currency": "USD"},
        {"opportunities.currency": "EUR"},
        {"opportunities.amount": 5},
    ]
    assert [cell.why for cell in findings.cells] == ["the amount is in USD, but the currency is EUR"]


def test_deleted_rows_are_left_out() -> None:
    made = table("customers", {"Name": "name", "Gone": "@deleted"}, ("A", "true"), ("B", "0"))
    kept, findings = rows(made)
    assert [row.values["name"] for row in kept] == ["B"]
    assert findings.left_out == {RowRef(0, 2): "deleted"}


def test_the_first_line_of_a_text_is_the_summary_and_the_rest_details() -> None:
    long = "y" * 300
    made = table("customers", {"Name": "name", "Log": "interactions.summary"}, ("A", "x\ny"), ("B", long), ("C", "x"))
    kept, _findings = rows(made)
    fields = ("interactions.summary", "interactions.details")
    assert [tuple(row.values.get(field) for field in fields) for row in kept] == [("x", "y"), (None, long), ("x", None)]


def test_types_by_names() -> None:
    types = {
        "苏州明远精密机械有限公司": "company", "O'Neil & Söhne GmbH": "company", "=SUM Analytics, Inc.": "company",
        "Northwind Baltic OÜ": "company", "中国银河银行上海分行": "institution", "星辰公益基金会": "institution",
        "欧阳晓月": "person", "曾志强": "person", "华为": "", "Ada Lovelace": "", "阿凡提·买买提": "person",
        "Cedar Foundation": "institution", "某某银行股份有限公司": "institution", "远山医院管理有限公司": "company",
    }  # fmt: skip
    assert {name: customer_type.guess(name) for name in types} == types
    assert customer_type.guess("曾志强", persons=False) == ""


def test_names_from_their_parts() -> None:
    parts = {
        ("三", "", "张", ""): "张三", ("晓月", "", "欧阳", ""): "欧阳晓月", ("张三", "", "张", ""): "张三",
        ("张三", "", "", ""): "张三", ("王", "", "芳", ""): "王芳", ("Ann", "B.", "Lee", ""): "Ann B. Lee",
        ("", "", "", "Ann Lee"): "Ann Lee", ("", "", "Lee", "Ann Lee"): "Ann Lee",
    }  # fmt: skip
    assert {given: names.compose(*given) for given in parts} == parts


def test_several_names_in_a_cell() -> None:
    cells = {
        "张三/李四": ["张三", "李四"], "张三，李四": ["张三", "李四"], "Ann Lee; Bo Ray": ["Ann Lee", "Bo Ray"],
        "Ann Lee, Bo Ray": ["Ann Lee", "Bo Ray"], "Smith, John": ["John Smith"], "张三\n李四": ["张三", "李四"],
    }  # fmt: skip
    assert {cell: names.split(cell) for cell in cells} == cells
