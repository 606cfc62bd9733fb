"""Imports from the files to the commit, through the command line, in real repositories."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING

import pytest
from import_runs import customers, git, imported, run

from crmtext.terminal.width import display_width

if TYPE_CHECKING:
    from pathlib import Path

SHEET = """客户名称,客户类型,合作状态,负责人,电话,联系人,手机,备注
苏州明远机械有限公司,企业,潜在,李雷,0512-68001001,张三,13800000101,老客户介绍
上海云帆信息有限公司,企业,意向,Han Mei,021-50801002,王芳,13800000103,
"""


def sheet(new: Path, text: str = SHEET, name: str = "客户.csv") -> str:
    path = new.parent / name
    path.write_text(text, "utf-8")
    return str(path)


def records(new: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (new / "records").rglob("*.yaml")}


def test_a_sheet_becomes_customers_in_one_commit(new: Path) -> None:
    code, plan = imported(sheet(new))
    assert code == 0
    assert plan["counts"] == {
        "rows": {"read": 2, "used": 2, "left_out": 0, "rejected": 0, "waiting": 0},
        "customers": {"new": 2, "changed": 0, "same": 0, "gone": 0},
        "left_out": {}, "likely": 0, "conflicts": 0, "rewritten": 0, "masked": 0, "withheld": 0, "cells": 0,
    }  # fmt: skip
    message = git(new, "log", "-1", "--format=%B")
    assert message.startswith("import sheet-")
    assert "Crm-Action: import" in message
    assert "明远" not in message
    assert git(new, "status", "--porcelain") == ""
    assert run("check")[0] == 0


def test_rows_make_no_garbage_that_needs_a_search(new: Path) -> None:
    """An import runs without the collector, so good rows and bad ones must leave nothing that only it would free."""
    bad = "某某公司,企业,潜在,李雷,12,张三,###,=1/0\n北京青禾有限公司,企业,不明,查无此人,0512-68001001,李四,1,\n"
    small, large = (sheet(new, SHEET + bad * times, f"{times}.csv") for times in (1, 200))

    def left(path: str) -> int:
        gc.collect()
        run("import", path, "--dry-run")
        return gc.collect()

    # What other tests hold need not be looked through each time.
    gc.collect()
    gc.freeze()
    try:
        left(large)
        assert left(large) <= left(small) + 100
    finally:
        gc.unfreeze()
    assert gc.isenabled()


def test_a_dry_run_reports_what_the_import_does_and_writes_nothing(new: Path) -> None:
    before = git(new, "rev-parse", "HEAD")
    _code, dry = imported(sheet(new), "--dry-run")
    assert (git(new, "rev-parse", "HEAD"), git(new, "status", "--porcelain"), records(new)) == (before, "", {})
    _code, real = imported(sheet(new))
    assert {**dry, "commit": None} == {**real, "commit": None}


def test_a_branch_leaves_the_work_tree_alone(new: Path) -> None:
    before = git(new, "rev-parse", "HEAD")
    code, plan = imported(sheet(new), "--branch", "import/test")
    assert (code, plan["branch"]) == (0, "import/test")
    assert (git(new, "rev-parse", "HEAD"), git(new, "status", "--porcelain"), records(new)) == (before, "", {})
    assert len(git(new, "ls-tree", "-r", "--name-only", "import/test", "records").splitlines()) == 2


def test_the_same_file_again_changes_nothing(new: Path) -> None:
    imported(sheet(new))
    before, kept = git(new, "rev-parse", "HEAD"), records(new)
    code, plan = imported(sheet(new))
    assert (code, plan["counts"]["customers"]["same"]) == (0, 2)  # type: ignore[index]
    assert (git(new, "rev-parse", "HEAD"), records(new)) == (before, kept)


def test_empty_fields_are_filled_and_other_differences_are_conflicts(new: Path) -> None:
    imported(sheet(new))
    run("set", "云帆", "notes=我们的备注")
    kept = records(new)
    other = SHEET.replace("13800000103,\n", "13800000103,他们的备注\n")
    code, plan = imported(sheet(new, other))
    assert (code, records(new)) == (1, kept)
    assert [(one["field"], one["ours"], one["theirs"]) for one in plan["conflicts"]] == [  # type: ignore[attr-defined]
        ("notes", "我们的备注", "他们的备注")
    ]
    assert imported(sheet(new, other), "--on-conflict", "ours")[0] == 0
    assert records(new) == kept
    assert imported(sheet(new, other), "--on-conflict", "theirs")[0] == 0
    changed = [text for name, text in records(new).items() if text != kept[name]]
    assert len(changed) == 1
    assert "notes: 他们的备注" in changed[0]


def test_a_row_with_too_many_cells_stops_the_import_unless_it_may_stay_out(new: Path) -> None:
    ragged = SHEET.replace("老客户介绍", "老客户介绍,多,了")
    code, plan = imported(sheet(new, ragged))
    assert (code, records(new)) == (1, {})
    assert [one["row"] for one in plan["rejected"]] == [2]  # type: ignore[attr-defined]
    aside = (new / "import-rejected" / "客户.csv").read_text("utf-8-sig")
    assert aside.splitlines()[0].endswith(",row,reason,fix")
    assert git(new, "status", "--porcelain") == ""
    assert imported(sheet(new, ragged), "--partial")[0] == 0
    assert len(records(new)) == 1


def test_a_bad_cell_is_left_out_and_comes_in_once_corrected(new: Path) -> None:
    code, plan = imported(sheet(new, SHEET.replace("13800000101", "1.38E+10")))
    assert (code, [one["column"] for one in plan["cells"]]) == (0, ["手机"])  # type: ignore[attr-defined]
    aside = new / "import-rejected" / "客户.csv"
    aside.write_text(aside.read_text("utf-8-sig").replace("1.38E+10", "13800000101"), "utf-8")
    code, plan = imported(str(aside))
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 1)  # type: ignore[index]
    assert any("13800000101" in text for text in records(new).values())


def test_what_a_question_offers_can_be_typed_back(new: Path) -> None:
    unowned = SHEET.replace(",李雷,", ",,")
    code, plan = imported(sheet(new, unowned))
    assert (code, records(new)) == (1, {})
    assert any("--default owner=" in option for one in plan["questions"] for option in one["options"])  # type: ignore[attr-defined]
    assert imported(sheet(new, unowned), "--default", "负责人=hanmei")[0] == 0
    assert all("owner: hanmei" in text for text in records(new).values())


def test_numbers_of_ids_and_private_values_never_enter_a_record(new: Path) -> None:
    head, first, second = SHEET.splitlines()
    text = f"{head},身份证号,出生日期\n{first} 11010519491231002X,11010519491231002X,1949-12-31\n{second},,\n"
    code, plan = imported(sheet(new, text))
    assert code == 0
    assert plan["counts"]["masked"] == 1  # type: ignore[index]
    assert plan["counts"]["withheld"] == 2  # type: ignore[index]
    assert "11010519491231002X" not in git(new, "log", "-p")
    assert "1949-12-31" not in git(new, "log", "-p")


def test_undo_takes_the_import_back(new: Path) -> None:
    imported(sheet(new))
    assert run("undo")[0] == 0
    assert records(new) == {}


def test_undo_takes_the_saved_mapping_back_with_its_import(new: Path) -> None:
    run("add", "无锡原有机械有限公司", "--type", "company", "--commit")
    kept, before = records(new), git(new, "rev-parse", "HEAD^{tree}")
    imported(sheet(new), "--save", "team")
    assert run("undo")[0] == 0
    assert (records(new), git(new, "rev-parse", "HEAD^{tree}")) == (kept, before)
    assert not (new / "import" / "team.toml").exists()


@pytest.mark.parametrize(
    ("typed", "name"),
    [("客户表", "客户表"), ("team-2024_a", "team-2024_a"), ("２０２４客户", "2024客户"), ("é-shop", "é-shop")],
)
def test_a_mapping_may_have_a_name_in_any_language(new: Path, typed: str, name: str) -> None:
    assert imported(sheet(new), "--save", typed)[0] == 0
    assert git(new, "-c", "core.quotePath=false", "ls-files", "import").split() == [f"import/{name}.toml"]
    assert imported(sheet(new), "--from", name)[1]["profile"] == name
    assert name in run("import", "--list")[1]
    (new / "import" / f"{name}.toml").unlink()


@pytest.mark.parametrize(
    "name", ["Team", "a.b", "../a", "a/b", "-a", "_a", "a b", "con", "lpt1", "客户\u200b表", "a" * 41, "É"]
)
def test_a_mapping_has_a_name_that_each_system_takes_for_one_file(new: Path, name: str) -> None:
    code, output = run("import", sheet(new), f"--save={name}")
    assert (code, "[mapping-name]" in output or "invisible" in output) == (2, True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_of_mappings_fits_a_terminal(new: Path, language: str) -> None:
    assert imported(sheet(new), "--save", "客户信息表-2024")[0] == 0
    _code, output = run("import", "--list", language=language)
    assert max(map(display_width, output.splitlines())) <= 80
    listed = json.JSONDecoder().raw_decode(run("import", "--list", "--format", "json")[1])[0]["profiles"]
    assert {one["name"]: one["objects"] for one in listed}["google"] == ["contacts"]


def test_the_number_of_an_id_in_a_header_is_masked(new: Path) -> None:
    number = "110101199003077715"
    path = new.parent / "a.csv"
    head = f"客户名称,客户类型,合作状态,负责人,{number},说明{number}"
    path.write_text(f"{head}\n甲有限公司,企业,潜在,李雷,a,b\n乙有限公司,企业,VIP,李雷,a,b\n", "utf-8")
    for form in ("text", "markdown", "json"):
        _code, output = run("import", str(path), "--dry-run", "--format", form)
        assert (number in output, "*" * len(number) in output.replace("\\", "")) == (False, True)
    assert run("import", str(path), "--value", "合作状态:VIP=active", "--drop", "说明", "--default",
               "cooperation.since=2024-05-01", "--save", "mine")[0] == 0  # fmt: skip
    assert number not in git(new, "log", "-p")
    assert all("custom" not in one for one in customers())


@pytest.mark.parametrize(
    ("last", "following", "fields"),
    [
        ("2026/11/2", "2026年12月5日", ["interactions.date", "interactions.next.due"]),
        ("电话沟通了报价", "寄送样品", ["interactions.summary", "interactions.next.action"]),
        ("", "下周三", ["interactions.date", "interactions.next.action"]),
    ],
)
def test_values_decide_whether_a_column_holds_days_or_texts(
    new: Path, last: str, following: str, fields: list[str]
) -> None:
    path = new.parent / "a.csv"
    path.write_text(
        f"客户名称,客户类型,合作状态,负责人,最近跟进,下次跟进\n甲有限公司,企业,潜在,李雷,{last},{following}\n", "utf-8"
    )
    _code, plan = imported(str(path), "--dry-run")
    assert [one["field"] for one in plan["files"][0]["columns"]][4:] == fields


@pytest.mark.parametrize("commit", ["HEAD", ""])
def test_what_an_undo_would_do_stands_before_its_diff(new: Path, commit: str) -> None:
    assert imported(sheet(new))[0] == 0
    _code, output = run("undo", *filter(None, [commit]), "--dry-run")
    assert output.splitlines()[1:3] == [
        "nothing was written",
        f"--- a/{min((new / 'records').glob('*.yaml')).relative_to(new)}",
    ]


def test_a_saved_mapping_is_committed_and_used(new: Path) -> None:
    assert imported(sheet(new), "--save", "team")[0] == 0
    assert "import/team.toml" in git(new, "show", "--name-only", "--format=", "HEAD").splitlines()
    _code, plan = imported(sheet(new))
    assert plan["profile"] == "team"


def test_files_that_cannot_be_read_exit_with_3(new: Path) -> None:
    code, output = run("import", sheet(new, "客户名称\n甲\0公司\n"))
    assert (code, "line 2" in output) == (3, True)
    assert records(new) == {}


def test_a_number_of_another_system_becomes_an_external_id(new: Path) -> None:
    head, first, second = SHEET.splitlines()
    text = f"客户编号,{head}\nKH-00001,{first}\nKH-00002,{second}\n"
    code, plan = imported(sheet(new, text))
    assert (code, plan["cells"]) == (0, [])
    assert all(f"{plan['source']}: KH-0000" in text for text in records(new).values())
    renamed = text.replace("苏州明远机械有限公司", "苏州明远重工有限公司")
    code, plan = imported(sheet(new, renamed))
    assert (code, [one["name"] for one in plan["customers"]]) == (0, ["苏州明远重工有限公司"])  # type: ignore[attr-defined]


def test_cells_without_a_header_stay_in_the_file_of_rejected_rows(new: Path) -> None:
    imported(sheet(new, SHEET.replace("老客户介绍", "老客户介绍,多,了")))
    aside = new / "import-rejected" / "客户.csv"
    assert aside.read_text("utf-8-sig").splitlines()[1].endswith(",多,了")
    code, plan = imported(str(aside))
    assert (code, [one["row"] for one in plan["rejected"]]) == (1, [2])  # type: ignore[attr-defined]


def test_two_files_of_one_name_have_two_files_of_rejected_rows(new: Path) -> None:
    for folder in ("east", "west"):
        (new.parent / folder).mkdir()
        sheet(new, SHEET.replace("13800000101", "1.38E+10").replace("公司", f"{folder}公司"), f"{folder}/客户.csv")
    assert imported(str(new.parent / "east/客户.csv"), str(new.parent / "west/客户.csv"))[0] == 0
    aside = {path.name: path.read_text("utf-8-sig") for path in (new / "import-rejected").glob("*.csv")}
    assert [("east" in aside["客户.csv"]), ("west" in aside["客户-2.csv"])] == [True, True]


def test_a_sheet_in_utf_16_comes_back_readable(new: Path) -> None:
    path = new.parent / "客户.csv"
    path.write_bytes(SHEET.replace("13800000101", "1.38E+10").encode("utf-16"))
    assert imported(str(path))[0] == 0
    aside = new / "import-rejected" / "客户.csv"
    text = aside.read_text("utf-16").replace("1.38E+10", "13800000101")
    aside.write_text(text, "utf-16")
    assert imported(str(aside))[1]["counts"]["customers"]["changed"] == 1  # type: ignore[index]


def test_another_city_in_the_file_is_a_conflict_and_a_default_is_none(new: Path) -> None:
    head, first, second = SHEET.splitlines()
    text = f"{head},城市\n{first},苏州市\n{second},上海市\n"
    imported(sheet(new, text))
    [path] = [path for path, record in records(new).items() if "明远" in record]
    edited = records(new)[path].replace("city: 苏州市", "city: 南京市")
    (new / "records" / path).write_text(edited, "utf-8")
    code, plan = imported(sheet(new, text.replace(",苏州市", ",无锡市")))
    assert (code, [(one["ours"], one["theirs"]) for one in plan["conflicts"]]) == (1, [("南京市", "无锡市")])  # type: ignore[attr-defined]
    bare = "客户名称,联系人,手机\n苏州明远机械有限公司,张三,13800000101\n"
    code, plan = imported(sheet(new, bare), "--default", "status=active", "--default", "owner=hanmei")
    assert (code, plan["conflicts"], plan["counts"]["customers"]["same"]) == (0, [], 1)  # type: ignore[index]


def test_a_new_deal_of_a_known_customer_waits_for_its_day_too(new: Path) -> None:
    assert run("import", sheet(new))[0] == 0
    deals = "客户名称,商机名称,商机阶段,商机金额\n苏州明远机械有限公司,三期改造,赢单,50000\n"
    path = sheet(new, deals, "商机.csv")
    code, plan = imported(path)
    assert (code, plan["counts"]["rows"]["waiting"]) == (1, 1)
    assert "--default opportunities.closed=DATE" in plan["questions"][0]["options"]
    assert imported(path, "--default", "opportunities.closed=2026-01-05")[0] == 0
    [record] = [text for text in records(new).values() if "明远" in text]
    assert "closed: 2026-01-05" in record


NUMBER = "11010519491231002X"


def test_the_number_of_an_id_is_in_no_question_and_no_saved_mapping(new: Path) -> None:
    text = f"客户名称,客户类型,合作状态,负责人,级别\n甲机械有限公司,企业,潜在,{NUMBER},重点{NUMBER}\n"
    path = sheet(new, text)
    for language in ("en", "zh"):
        _code, output = run("import", path, "--dry-run", "--map", "级别=priority", language=language)
        assert NUMBER not in output
    words = (path, "--default", "owner=lilei", "--map", "级别=priority", "--map", "负责人=owner")
    code, output = run("import", *words, "--people", f"{NUMBER}=hanmei", "--save", "mine")
    assert (code, "import/mine.toml: " in output, records(new)) == (2, True, {})
    assert run("import", *words)[0] == 0
    assert NUMBER not in git(new, "log", "-p", "--all")


@pytest.mark.parametrize("branch", ["main", "bad..name"])
def test_a_dry_run_stops_where_the_import_stops(new: Path, branch: str) -> None:
    results = [run("import", sheet(new), "--branch", branch, *more) for more in ((), ("--dry-run",))]
    assert results[0][0] == 2
    assert results[0] == results[1]


def test_a_dry_run_names_what_git_ignores(new: Path) -> None:
    (new / ".gitignore").write_text("*.yaml\n", "utf-8")
    results = [run("import", sheet(new), *more) for more in ((), ("--dry-run",))]
    assert results[0][0] != 0
    assert results[0] == results[1]


def test_rows_of_one_known_customer_are_united_and_what_differs_is_reported(new: Path) -> None:
    imported(sheet(new))
    head = "客户名称,客户类型,合作状态,负责人,备注码,门店编号,客户编号,省份,城市\n"
    rows = "苏州明远机械有限公司,企业,潜在,李雷,A1,,K1,江苏,\n明远机械,企业,潜在,李雷,,X9,K2,浙江,苏州\n"
    id_ = next(name for name, text in records(new).items() if "明远" in text).partition("-")[0]
    path = sheet(new, head + rows, "门店.csv")
    saved = ("--save", "shops")
    code, plan = imported(path, *saved, "--same", f"2={id_}", "--same", f"3={id_}")
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 1)  # type: ignore[index]
    text = next(text for text in records(new).values() if "明远" in text)
    for line in ("  shops:\n    - K1\n    - K2\n", "  备注码: A1\n", "  门店编号: X9\n"):
        assert line in text
    err = run("import", path, "--same", f"2={id_}", "--same", f"3={id_}", "--dry-run")[1]
    assert [line for line in err.splitlines() if "are both" in line] == [
        f"warning: rows 2 and 3 are both {id_}; '客户名称' is taken from row 2"
    ]


@pytest.mark.parametrize("left_out", ["客户类型", "合作状态", "负责人"])
def test_a_likely_duplicate_without_a_required_field_ends_in_a_plan(new: Path, left_out: str) -> None:
    cells = {"客户名称": "无锡东方仪表有限公司", "客户类型": "企业", "合作状态": "潜在", "负责人": "李雷"}
    assert imported(sheet(new, f"{','.join(cells)}\n{','.join(cells.values())}\n"))[0] == 0
    cells["客户名称"] = "无锡东方仪表"
    del cells[left_out]
    code, plan = imported(sheet(new, f"{','.join(cells)}\n{','.join(cells.values())}\n", "新.csv"))
    assert (code, [one["name"] for one in plan["likely"]]) == (1, ["无锡东方仪表"])  # type: ignore[attr-defined]


def test_the_same_mapping_again_is_nothing_to_write(new: Path) -> None:
    words = ("import", sheet(new), "--save", "team", "--not-same", "all")
    assert run(*words)[0] == 0
    tip = git(new, "rev-parse", "HEAD")
    code, output = run(*words)
    assert (code, output.splitlines()[-1]) == (0, "Nothing was written.")
    assert (git(new, "rev-parse", "HEAD"), git(new, "status", "--porcelain")) == (tip, "")


def test_the_plan_names_what_the_reading_left_aside(new: Path) -> None:
    folder = new.parent / "in"
    folder.mkdir()
    (folder / "客户.csv").write_text("客户名称,客户类型,合作状态,负责人\n甲机械有限公司,企业,潜在客户,李雷\n", "utf-8")
    (folder / "扫描件.png").write_bytes(b"x")
    code, output = run("import", "../in", "--dry-run")
    assert code == 0, output
    assert "  ../in/扫描件.png is ignored: not a kind of file that can be imported\n" in output
