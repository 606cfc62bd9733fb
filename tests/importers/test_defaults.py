"""Defaults of an import: columns add up, and the plan names each default that filled something."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from import_runs import customers, imported, run

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "客户名称,客户类型,合作状态,负责人"
A = f"{HEAD},创建时间\n甲有限公司,企业,合作中,李雷,2024-05-01\n乙有限公司,企业,潜在,李雷,2024-05-02\n"
B = f"{HEAD},录入时间\n丙有限公司,企业,合作中,李雷,2024-06-01\n丁有限公司,企业,合作中,李雷,\n"
FIRST, SECOND = "--default 合作开始日期=@创建时间", "--default 合作开始日期=@录入时间"


@pytest.fixture
def files(new: Path) -> tuple[str, str]:
    for name, text in (("a.csv", A), ("b.csv", B)):
        (new.parent / name).write_text(text, "utf-8")
    return "../a.csv", "../b.csv"


def starts() -> dict[str, str]:
    return {one["name"][0]: one.get("cooperation", {}).get("since", "") for one in customers()}


def options(output: str) -> list[str]:
    return [line.removeprefix("    = ") for line in output.splitlines() if line.startswith("    = ")]


def test_one_printed_answer_gives_all_rows_their_start_date(files: tuple[str, str]) -> None:
    _code, output = run("import", *files, "--dry-run", language="zh")
    day = "--default 合作开始日期=DATE"
    assert options(output) == [day, f"{SECOND} {FIRST} {day}", "--map COLUMN=合作开始日期"]
    answer = shlex.split(f"{FIRST} {SECOND} {day}".replace("DATE", "2023-01-01"))
    assert run("import", *files, *answer)[0] == 0
    assert starts() == {"甲": "2024-05-01", "乙": "", "丙": "2024-06-01", "丁": "2023-01-01"}


def test_an_answer_adds_to_the_columns_typed_before(files: tuple[str, str]) -> None:
    first = shlex.split(FIRST)
    code, output = run("import", *files, "--dry-run", *first, language="zh")
    assert (code, options(output)[1]) == (1, f"{SECOND} --default 合作开始日期=DATE")
    code, plan = imported(*files, "--dry-run", *first, *shlex.split(SECOND))
    assert (code, [len(one["options"]) for one in plan["questions"]]) == (1, [2])


def test_two_values_of_one_field_are_an_error(files: tuple[str, str]) -> None:
    code, output = run("import", *files, "--default", "owner=lilei", "--default", "负责人=hanmei")
    assert (code, "'owner' has several defaults: lilei, hanmei" in output) == (2, True)


def test_a_column_can_not_be_the_default_of_an_entry(files: tuple[str, str]) -> None:
    code, output = run("import", *files, "--default", "interactions.date=@创建时间")
    assert code == 2
    assert "the default of 'interactions.date' can't be a column" in output
    assert "--map '创建时间=interactions.date'" in output or "--map 创建时间=interactions.date" in output


def test_a_saved_mapping_keeps_all_columns_and_the_plan_names_its_defaults(files: tuple[str, str], new: Path) -> None:
    day = "--default cooperation.since=2023-01-01"
    assert run("import", files[0], *shlex.split(f"{FIRST} {day} --save team"))[0] == 0
    kept = (new / "import" / "team.toml").read_text("utf-8")
    assert '"cooperation.since" = ["@创建时间", "2023-01-01"]' in kept
    more = A.replace("甲", "常春藤设计").replace("2024-05-01", "").replace("乙", "大河物流").replace("潜在", "合作中")
    (new.parent / "a.csv").write_text(more, "utf-8")
    code, output = run("import", files[0], "--dry-run", language="zh")
    lines = [line.strip() for line in output.splitlines() if "默认值" in line]
    assert (code, lines) == (
        0,
        [
            "默认值 合作开始日期：2023-01-01（1 位客户；import/team.toml）",
            "默认值 合作开始日期：“创建时间”列的值（1 位客户；import/team.toml）",
        ],
    )
    _code, markdown = run("import", files[0], "--dry-run", "--format", "markdown", language="zh")
    assert f"- {lines[0]}" in markdown.replace("\\", "")
    _code, output = run("import", files[0], "--dry-run", "--default", "合作开始日期=2025-01-01")
    assert [line.strip() for line in output.splitlines() if "default cooperation.since: 20" in line] == [
        "default cooperation.since: 2025-01-01 (1 customer; --default)"
    ]


def test_the_plan_names_a_default_of_entries(new: Path) -> None:
    (new.parent / "a.csv").write_text(f"{HEAD},联系人,跟进内容\n甲有限公司,企业,潜在,李雷,张三,报价\n", "utf-8")
    _code, output = run("import", "../a.csv", "--dry-run", "--default", "interactions.date=2024-01-01")
    assert "default interactions.date: 2024-01-01 (1 customer; --default)" in output


def test_an_unknown_owner_may_be_nobody_so_that_the_default_counts(new: Path) -> None:
    path = new.parent / "c.csv"
    path.write_text(
        f"{HEAD},跟进人,跟进记录,跟进时间\n甲有限公司,企业,潜在,王五,王五,来电,2024-05-01\n乙有限公司,企业,潜在,李雷,,,\n",
        "utf-8",
    )
    nobody = "--people 王五=-"
    _code, output = run("import", str(path), "--dry-run", language="zh")
    assert options(output) == ["--people 王五=lilei", "--people 王五=hanmei", nobody]
    _code, output = run("import", str(path), "--dry-run", *nobody.split(), language="zh")
    assert options(output) == ["--default 负责人=lilei", "--default 负责人=hanmei"]
    assert run("import", str(path), *nobody.split(), "--default", "owner=hanmei", "--save", "team")[0] == 0
    _other, one = customers()
    assert one["owner"] == "hanmei"
    assert one["interactions"] == [
        {"date": "2024-05-01", "by": "hanmei", "channel": "phone", "summary": "来电", "details": "(by 王五)"}
    ]
    assert '"王五" = "-"' in (new / "import" / "team.toml").read_text("utf-8")
    path.write_text(f"{HEAD},跟进人,跟进记录,跟进时间\n丙有限公司,企业,潜在,王五,,,\n", "utf-8")
    code, output = run("import", str(path), "--from", "team")
    assert code == 0, output


def test_the_question_about_a_status_names_the_values_that_gave_none(new: Path) -> None:
    path = new.parent / "c.csv"
    path.write_text(f"{HEAD}\n甲有限公司,企业,其他,李雷\n乙有限公司,企业,,李雷\n丙有限公司,企业,待定,李雷\n", "utf-8")
    words = ("--value", "合作状态:其他=-", "--value", "合作状态:待定=-")
    code, plan = imported(str(path), *words)
    reason = "'其他' in '合作状态' stands for no value; '待定' in '合作状态' stands for no value"
    assert (code, [one["text"] for one in plan["questions"]]) == (1, [f"customers without 'Status' ({reason})"])
    assert plan["counts"]["rows"]["waiting"] == 3


@pytest.mark.parametrize(
    ("field", "message", "hint"),
    [
        ("external_ids", "external ids are kept by system: external_ids.SYSTEM", "for example: external_ids.erp"),
        ("外部编号", "external ids are kept by system: external_ids.SYSTEM", "for example: external_ids.erp"),
        ("custom", "'custom' needs a name: custom.NAME", "for example: custom.region"),
        ("contacts.external_ids", "no column can be written to 'contacts.external_ids'", "the id column of"),
        ("contacts.external_ids.erp", "no column can be written to 'contacts.external_ids'", "the id column of"),
        ("classification", "'classification' fits 4 fields", "one of: classification.value, classification.lifecycle"),
        ("分类", "'分类' fits 4 fields", "one of: classification.value, classification.lifecycle"),
    ],
)
def test_a_column_goes_to_a_field_that_holds_one_value(new: Path, field: str, message: str, hint: str) -> None:
    path = new.parent / "c.csv"
    path.write_text(f"{HEAD},编码\n甲有限公司,企业,潜在,李雷,K1\n", "utf-8")
    code, output = run("import", str(path), "--map", f"编码={field}")
    assert (code, f"error: {message} " in output, hint in output) == (2, True, True)


LEFT = f"{HEAD},签约日,区域经理,联系人,职位\n甲有限公司,企业,合作中,李雷,2025-01-05,韩梅,张三,总监\n"


@pytest.mark.parametrize(
    ("words", "has"),
    [
        pytest.param("--default cooperation.since=@签约日 --drop 签约日", "since: 2025-01-05", id="dropped"),
        pytest.param("--default cooperation.since=@签约日", "since: 2025-01-05", id="imported"),
        pytest.param("--default notes=@职位 --default cooperation.since=2025-01-01", "notes: 总监", id="of a contact"),
    ],
)
def test_a_default_takes_any_column_of_the_customers(new: Path, words: str, has: str) -> None:
    (new.parent / "a.csv").write_text(LEFT, "utf-8")
    code, output = run("import", "../a.csv", *shlex.split(words))
    assert code == 0, output
    [record] = (new / "records").iterdir()
    assert has in record.read_text("utf-8")


def test_a_default_that_no_column_can_give_says_why(new: Path) -> None:
    (new.parent / "a.csv").write_text(LEFT.replace("区域经理", "身份证号").replace("李雷", ""), "utf-8")
    code, output = run("import", "../a.csv", "--default", "owner=@身份证号")
    assert code == 2
    assert "the default of 'owner' can't be column '身份证号': its values can be stored only sealed" in output
    code, output = run("import", "../a.csv", "--default", "owner=@签约日", "--default", "cooperation.since=@签约日")
    assert (code, "row 2: the value of '签约日' can't be the default of owner" in output) == (1, True)
    (new.parent / "b.csv").write_text("客户名称,拜访内容,拜访日期,拜访人\n甲有限公司,见面,2025-02-01,韩梅\n", "utf-8")
    code, output = run("import", "../a.csv", "../b.csv", "--default", "owner=@拜访人")
    assert (code, "can't be column '拜访人': its sheet has no customers" in output) == (2, True)
