"""The workbook for editing: what it holds, and when it doesn't come in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from edited_books import CONTACTS, CUSTOMERS, DEALS, NEW, STEPS, Copy, commit, exported
from import_runs import SETTINGS, git, imported, run

if TYPE_CHECKING:
    from pathlib import Path


def _rows(book: Copy, sheet: int) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book.book.worksheets[sheet].iter_rows()]


def test_the_sheets_hold_the_customers_their_lists_and_a_place_for_follow_ups(book: Copy) -> None:
    assert [(sheet.title, sheet.sheet_state) for sheet in book.book.worksheets] == [
        ("客户", "visible"),
        ("联系人", "visible"),
        ("商机", "visible"),
        ("下一步", "visible"),
        ("新增跟进", "visible"),
        ("_crm", "hidden"),
    ]
    assert [row[:7] for row in _rows(book, CUSTOMERS)] == [
        ["id", "客户名称", "简称", "别名", "客户类型", "合作状态", "负责人"],
        ["C20240501AAAA", "苏州明远精密机械有限公司", "明远", "Mingyuan", "企业", "意向客户", "李雷"],
        ["C20240502BBBB", "上海云帆信息技术有限公司", "云帆", None, "企业", "意向客户", "韩梅"],
        ["C20240503CCCC", "北方云帆科技有限公司", "云帆", None, "企业", "潜在客户", "李雷"],
    ]
    assert [row[:3] for row in _rows(book, CONTACTS)] == [
        ["id", "客户", "姓名"],
        ["C20240501AAAA/1", "苏州明远精密机械有限公司", "王芳"],
        ["C20240501AAAA/2", "苏州明远精密机械有限公司", "陈刚"],
    ]
    assert _rows(book, NEW) == [
        ["客户", "日期", "跟进人", "跟进方式", "对方联系人", "摘要", "跟进结果", "下一步", "截止日期"]
    ]
    assert book.get(STEPS, "C20240501AAAA/1", "下一步") == "寄样品"


def test_ids_are_locked_and_all_else_can_be_edited(book: Copy) -> None:
    for sheet in book.book.worksheets[:4]:
        allowed = sheet.protection
        assert allowed.sheet
        assert not allowed.password
        assert not any(
            (allowed.sort, allowed.autoFilter, allowed.insertRows, allowed.deleteRows, allowed.formatColumns)
        )
        assert sheet["A2"].protection.locked
        assert not sheet["B2"].protection.locked
        # Below the data, too.
        assert not sheet.column_dimensions["B"].protection.locked


def test_choices_and_colleagues_are_lists_and_codes_are_texts(book: Copy) -> None:
    lists = {
        sheet.cell(1, min(one.min_col for one in rule.sqref.ranges)).value: rule.formula1
        for sheet in (book.book.worksheets[CUSTOMERS], book.book.worksheets[NEW])
        for rule in sheet.data_validations.dataValidation
    }
    assert lists["合作状态"] == '"潜在客户,意向客户,合作中,暂停合作,流失客户"'
    assert lists["负责人"] == lists["跟进人"] == '"李雷,韩梅"'
    assert lists["跟进结果"].startswith('"积极,')
    phones = book.book.worksheets[CONTACTS].cell(2, book.column(CONTACTS, "电话"))
    assert (phones.value, phones.number_format) == ("13800138001", "@")
    assert book.get(DEALS, "C20240501AAAA/1", "金额") == 120000


def test_sensitive_fields_stay_out(store: Path, tmp_path: Path) -> None:
    path = store / "records" / "C20240501AAAA.yaml"
    path.write_text(path.read_text("utf-8").replace("  - {name: 陈刚", "  - {birthday: --11-25, name: 陈刚"), "utf-8")
    commit(store)
    code, output = run("export", "--for-editing", "-o", str(tmp_path / "a.xlsx"))
    assert (code, "1 value of sensitive fields left out" in output) == (0, True)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert "--11-25" not in cells
    assert imported(str(tmp_path / "a.xlsx"))[1]["counts"]["customers"]["same"] == 3


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("--owner", "hanmei"), ["C20240502BBBB"]),
        (("--where", "status == 'lead'"), ["C20240503CCCC"]),
        (("明远精密",), ["C20240501AAAA"]),
    ],
)
def test_the_customers_are_chosen_as_for_other_exports(
    store: Path, tmp_path: Path, words: tuple[str, ...], ids: list[str]
) -> None:
    book = exported(tmp_path / "a.xlsx", *words)
    assert [row[0] for row in _rows(book, CUSTOMERS)[1:]] == ids
    assert imported(str(book.path))[1]["counts"]["customers"] == {
        "new": 0,
        "changed": 0,
        "same": len(ids),
        "gone": 0,
    }


def test_it_shows_the_last_commit_and_says_what_it_is(store: Path, tmp_path: Path) -> None:
    path = store / "records" / "C20240501AAAA.yaml"
    path.write_text(path.read_text("utf-8").replace("industry: 机械", "industry: 电子"), "utf-8")
    file = tmp_path / "a.xlsx"
    commit_id = git(store, "rev-parse", "--short=7", "HEAD").strip()
    assert run("export", "--for-editing", "-o", str(file)) == (
        0,
        (
            f"Wrote 3 customers to {file}\n"
            f"it shows commit {commit_id}; edit it in Excel, WPS or LibreOffice\n"
            f"to take the changes back: crmtext import {file} --dry-run\n"
            "1 record has uncommitted changes, which are not in the workbook\n"
            "for use inside the team: nothing is masked\n"
        ),
    )
    assert Copy(file).get(CUSTOMERS, "C20240501AAAA", "Industry") == "机械"


def test_an_older_commit_can_be_shown(store: Path, tmp_path: Path) -> None:
    assert run("set", "C20240501AAAA", "industry=电子", "--commit")[0] == 0
    book = exported(tmp_path / "a.xlsx", "--at", "HEAD~1")
    assert book.get(CUSTOMERS, "C20240501AAAA", "所属行业") == "机械"
    book.set(CUSTOMERS, "C20240501AAAA", "网址", "https://mingyuan.example")
    assert run("import", book.save())[0] == 0
    assert "industry: 电子" in (store / "records" / "C20240501AAAA.yaml").read_text("utf-8")


@pytest.mark.parametrize("git_", [False, True])
def test_without_a_commit_there_is_nothing_to_compare_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, git_: bool
) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "crmtext.toml").write_text(SETTINGS, "utf-8")
    if git_:
        git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    code, output = run("export", "--for-editing", "-o", "a.xlsx")
    message = (
        "error: a workbook for editing needs a commit to compare with, and there is none yet [no-commit-yet]\n"
        "  = commit the records first: git add . && git commit\n"
        if git_
        else "error: the store is not in a git repository [no-repository]\n  = create one: git init\n"
    )
    assert (code, output) == (2 if git_ else 3, message)
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.parametrize("words", [("--columns", "name"), ("--format", "csv"), ("--headers", "names")])
def test_other_formats_can_not_be_edited(store: Path, words: tuple[str, ...]) -> None:
    code, output = run("export", "--for-editing", "-o", "a.xlsx", *words)
    assert (code, "--for-editing can't be combined" in output) == (2, True)
    assert run("export", "--for-editing", "-o", "a.csv")[0] == 2


def test_a_damaged_hidden_sheet_is_an_error(book: Copy) -> None:
    book.book["_crm"]["B2"] = "0" * 40
    path = book.save()
    assert run("import", path) == (
        3,
        (
            f"error: can't import {path}: its hidden sheet _crm is damaged, so nothing can tell what was changed"
            " [unreadable-file]\n  = export the workbook again, and copy the changes into it\n"
        ),
    )


def test_a_workbook_of_another_store_is_an_error(book: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    (other / "records").mkdir()
    (other / "crmtext.toml").write_text(SETTINGS + "\n", "utf-8")
    commit_all = ("-c", "user.name=x", "-c", "user.email=lilei@example.com", "commit", "-q", "-m", "s")
    git(other, "add", "-A")
    git(other, *commit_all)
    monkeypatch.chdir(other)
    code, output = run("import", str(book.path))
    assert (code, "which is not in this clone [unknown-commit]\n  = fetch it: git fetch --all;" in output) == (3, True)


def test_a_shallow_clone_says_how_to_fetch_the_commit(
    book: Copy, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("set", "C20240501AAAA", "industry=电子", "--commit")[0] == 0
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{store}", "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    code, output = run("import", str(book.path))
    assert (code, "which is not in this clone [history-missing]" in output, "git fetch --unshallow" in output) == (
        3,
        True,
        True,
    )


def test_it_comes_in_alone(book: Copy, tmp_path: Path) -> None:
    other = tmp_path / "b.xlsx"
    shutil.copy(book.path, other)
    code, output = run("import", str(book.path), str(other))
    assert (code, "is a workbook for editing, so it is imported on its own" in output) == (2, True)
    code, output = run("import", str(book.path), "--map", "简称=name")
    assert (code, "its columns are known" in output) == (2, True)


def test_a_sheet_without_ids_is_an_error(book: Copy) -> None:
    book.book.worksheets[CUSTOMERS].delete_cols(1)
    code, output = run("import", book.save())
    assert (code, "sheet '客户' has no column 'id'" in output) == (3, True)
