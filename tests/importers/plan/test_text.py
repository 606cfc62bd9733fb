"""The plan as people read it: 80 columns, aligned, and what it prints can be copied and typed back."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from typing import TYPE_CHECKING

import pytest
from import_runs import git, run

from crmtext.__main__ import main
from crmtext.terminal.width import display_width

if TYPE_CHECKING:
    from pathlib import Path

SHEET = """客户名称,客户类型,合作状态,负责人,联系人,手机,下次跟进时间,最近沟通内容
苏州明远精密机械有限公司,企业,合作中,李雷,张三,1.38E+10,下周,客户希望看一下新的报价方案
上海云帆信息技术有限公司,企业,老客户,李雷,王芳,13800000103,45992,
"""


@pytest.fixture
def source(new: Path) -> str:
    path = new.parent / "二〇二六年十一月华东区销售部客户信息汇总表（含联系人与跟进记录）.csv"
    path.write_text(SHEET, "utf-8")
    return str(path)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_fit_a_terminal_and_options_stay_whole(source: str, language: str) -> None:
    _code, output = run("import", source, "--dry-run", language=language)
    lines = output.splitlines()
    assert [line for line in lines if display_width(line) > 80 and not line.startswith("    = ")] == []
    columns = [line for line in lines if re.search(r" \d/2$", line)]
    assert len(columns) == 8
    assert len({display_width(line.partition("→")[0]) for line in columns}) == 1
    assert len({display_width(line) for line in columns}) == 1
    assert not any(line.rstrip().endswith("--default") for line in lines)


def test_options_are_in_the_language_of_the_plan_and_in_json_are_not(source: str) -> None:
    _code, output = run("import", source, "--dry-run", language="zh")
    printed = [line.removeprefix("    = ") for line in output.splitlines() if line.startswith("    = --")]
    assert printed[0] == "--value '合作状态:老客户=潜在客户'"
    assert printed[-2:] == ["--default 合作开始日期=DATE", "--map COLUMN=合作开始日期"]
    documents = (
        run("import", source, "--dry-run", "--format", "json", language=language)[1] for language in ("en", "zh")
    )
    options = [[one["options"] for one in json.loads(document)["questions"]] for document in documents]
    assert options[0] == options[1]
    assert options[0][-1] == ["--default cooperation.since=DATE", "--map COLUMN=cooperation.since"]
    words = shlex.split("--default 合作开始日期=2026-01-05 --value 合作状态:老客户=合作中")
    code, output = run("import", source, *words, "--dry-run", "--format", "json", language="zh")
    assert (code, json.loads(output)["questions"]) == (0, [])


def test_markdown_has_the_questions_with_their_rows_and_options(source: str) -> None:
    _code, output = run("import", source, "--dry-run", "--format", "markdown", language="zh")
    end = output.partition("## 需要确认\n\n")[2].partition("\n\n## ")[0].splitlines()
    assert end[0] == "- “合作状态”中的“老客户”不是“合作状态”的选项（1 行：3 上海云帆信息技术有限公司）"
    assert end[1] == "  - `--value '合作状态:老客户=潜在客户'`"
    assert end[-1] == "  - `--map COLUMN=合作开始日期`"


LEADS = """Id,FirstName,LastName,Company,IsConverted,IsDeleted,OwnerId,Status
1,Ann,Reed,Ash Ltd,false,false,lilei,Open - Not Contacted
2,Bob,Hall,Box Ltd,TRUE,false,lilei,Open - Not Contacted
3,Cho,Lee,Cod Ltd,TRUE,false,lilei,Open - Not Contacted
4,Dan,Moss,Dim Ltd,false,true,lilei,Open - Not Contacted
"""
TOTAL = "客户名称,客户类型,合作状态,负责人\n甲木公司,企业,潜在客户,李雷\n合计,1,,\n\n制表：韩梅,,,\n"


@pytest.mark.parametrize(
    ("name", "content", "language", "lines", "cells", "counts"),
    [
        (
            "Lead.csv",
            LEADS,
            "en",
            ["left out: 2 rows: 3, 4 (IsConverted=TRUE)", "left out: 1 row: 5 (IsDeleted=true)"],
            ["| IsConverted=TRUE | 2 rows: 3, 4 |", "| IsDeleted=true | 1 row: 5 |"],
            {"IsConverted=TRUE": 2, "IsDeleted=true": 1},
        ),
        (
            "客户.csv",
            TOTAL,
            "zh",
            ["略过：1 行：3（合计行）", "略过：1 行：5（位于表格下方）"],
            ["| 合计行 | 1 行：3 |", "| 位于表格下方 | 1 行：5 |"],
            {"total": 1, "footer": 1},
        ),
    ],
)
def test_rows_left_out_have_a_reason(
    new: Path, name: str, content: str, language: str, lines: list[str], cells: list[str], counts: dict[str, int]
) -> None:
    path = new.parent / name
    path.write_text(content, "utf-8")
    words = ("import", str(path), "--dry-run", "--default", "type=company")
    shown = run(*words, language=language)[1].splitlines()
    assert [line.strip() for line in shown if line.startswith(("  left out: ", "  略过："))] == lines
    page = run(*words, "--format", "markdown", language=language)[1]
    title = {"en": "## Rows left out", "zh": "## 略过的行"}[language]
    assert page.partition(f"{title}\n\n")[2].partition("\n\n")[0].splitlines()[2:] == cells
    document = json.loads(run(*words, "--format", "json", language=language)[1])
    assert document["counts"]["left_out"] == counts


KNOWN = "客户名称,客户类型,合作状态,负责人,电话,备注\n无锡东方仪表有限公司,企业,潜在客户,李雷,0510-55552381,老客户\n"


@pytest.fixture
def disputed(new: Path) -> str:
    """A sheet with a row that differs from a customer of the store, and one that may be that customer."""
    (new.parent / "known.csv").write_text(KNOWN, "utf-8")
    assert run("import", str(new.parent / "known.csv"))[0] == 0
    # As typed by hand: no import has written the values.
    git(new, "commit", "-q", "--amend", "-m", "by hand")
    path = new.parent / "new.csv"
    path.write_text(KNOWN.replace("老客户", "新客户") + "东方仪表厂,企业,潜在客户,李雷,0510-55552381,\n", "utf-8")
    return str(path)


def test_reasons_of_likely_duplicates_are_codes_in_json_and_words_in_text(disputed: str) -> None:
    for language, words in (("en", "similar names"), ("zh", "名称相近")):
        _code, output = run("import", disputed, "--dry-run", "--format", "json", language=language)
        assert [one["reasons"] for one in json.loads(output)["likely"]] == [["phone", "similar-name"]]
        assert words in " ".join(run("import", disputed, "--dry-run", language=language)[1].split())
        assert words in run("import", disputed, "--dry-run", "--format", "markdown", language=language)[1]


def test_markdown_lists_the_conflicts_and_what_is_replaced(disputed: str) -> None:
    for title, *policy in (("Conflicts",), ("Replaced values", "--on-conflict", "theirs")):
        _code, output = run("import", disputed, "--dry-run", "--format", "markdown", *policy)
        rows = output.partition(f"## {title}\n\n")[2].partition("\n\n")[0].splitlines()
        assert rows[0] == "| Row | Customer | Field | Store | File |"
        assert [row.split(" | ")[2:] for row in rows[2:]] == [["Notes", "老客户", "新客户 |"]]


def test_conflicts_are_in_words_on_a_line(new: Path) -> None:
    head = "客户名称,客户类型,合作状态,负责人,联系人,职务,备注"
    path = new.parent / "a.csv"
    path.write_text(f'{head}\n甲有限公司,企业,潜在,李雷,张三,经理,"一\n二"\n', "utf-8")
    assert run("import", "../a.csv")[0] == 0
    git(new, "commit", "-q", "--amend", "-m", "by hand")
    path.write_text(f"{head}\n甲有限公司,企业,潜在,韩梅,张三,总监,三\n", "utf-8")
    _code, output = run("import", "../a.csv", "--dry-run", language="zh")
    lines = [
        line.strip().partition(" (第")[0] for line in output.splitlines() if line.startswith("    ") and "≠" in line
    ]
    assert sorted(lines) == sorted(["负责人：李雷 ≠ 韩梅", "联系人 › 张三 › 职位：经理 ≠ 总监", "备注：一 二 ≠ 三"])


def test_a_question_names_the_customers_of_few_rows(new: Path) -> None:
    (new.parent / "a.csv").write_text("客户名称,客户类型,合作状态,负责人\n甲有限公司,企业,,李雷\n", "utf-8")
    _code, output = run("import", "../a.csv", "--dry-run")
    assert "    1 row: 2 甲有限公司\n" in output


def test_owners_beside_contacts_are_colleagues_and_a_missing_one_can_be_added(new: Path) -> None:
    (new.parent / "a.csv").write_text(
        "客户名称,客户类型,合作状态,负责人,联系人\n甲有限公司,企业,潜在,王五,张三\n", "utf-8"
    )
    _code, output = run("import", "../a.csv", "--dry-run")
    asked = output.partition("To decide:\n")[2].splitlines()
    assert asked[0] == "  '王五' isn't on the team list"
    assert asked[2:4] == ["    = --people 王五=lilei", "    = --people 王五=hanmei"]
    hint = "a colleague who is missing: add a table [team.HANDLE] with name and email to"
    assert [line for line in asked if hint in line] == [f"  {hint}"]


def test_an_option_that_is_no_pair_is_explained_in_the_language_of_the_store(
    new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRMTEXT_LANG", raising=False)
    settings = new / "crmtext.toml"
    settings.write_text(settings.read_text("utf-8").replace('language = "en"', 'language = "zh"'), "utf-8")
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        assert main(["import", "a.csv", "--people", "李雷"]) == 2
    assert out.getvalue().startswith("错误")
