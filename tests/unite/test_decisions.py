"""The workbook of `crmtext dedupe` comes back with decisions: one change, all of it or nothing."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from import_runs import git, new_store, run

from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO, THREE, FOUR, FIVE, REFERS = (f"C2024050{number}K7QM" for number in range(1, 7))
RECORD = "id: {id}\nname: {name}\ntype: company\nstatus: lead\nowner: {owner}\n{more}contacts: [{{name: 张三}}]\n"

DIFFER = "owner: 李雷 | 韩梅; priority: Normal | Key; industry: C40 仪器仪表制造业 | C39 计算机、通信和其他电子设…"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A group of three with three rows (1-2, 1-3, 2-3), then a group of two, and a record that refers to some."""
    folder = new_store(tmp_path / "store")
    monkeypatch.chdir(folder)
    write(folder, ONE, "无锡东方仪表有限公司", "lilei", 'phones: ["0510-55552381"]\nindustry: C40\n')
    write(folder, TWO, "无锡市东方仪表有限责任公司", "hanmei", 'phones: ["0510-5555 2381"]\nindustry: C39\n')
    write(folder, THREE, "无锡市东方仪表有限责任公司", "lilei", "tags: [VIP]\n")
    write(folder, FOUR, "苏州远方阀门有限公司", "lilei")
    write(folder, FIVE, "苏州远方阀门有限公司", "lilei", "tags: [年度框架]\n")
    relations = "".join(f"  - {{id: {id_}, kind: partner}}\n" for id_ in (TWO, THREE, FIVE))
    write(folder, REFERS, "杭州第三方检测有限公司", "lilei", f"relations:\n{relations}")
    commit(folder)
    return folder


def write(folder: Path, id_: str, name: str, owner: str, more: str = "") -> None:
    (folder / f"records/{id_}.yaml").write_text(RECORD.format(id=id_, name=name, owner=owner, more=more), "utf-8")


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "records")


def decided(store: Path, *words: tuple[str, str] | str, language: str = "zh") -> None:
    """Write the workbook with these decisions and answers, from the first row on, as another program saves it."""
    assert run("dedupe", "-o", "../a.xlsx", language=language)[0] == 0
    typed(store, *words)


def typed(store: Path, *words: tuple[str, str] | str) -> None:
    book = openpyxl.load_workbook(store.parent / "a.xlsx")
    for row, word in enumerate(words, start=2):
        decision, answer = (word, "") if isinstance(word, str) else word
        book.active.cell(row, 2).value = decision
        book.active.cell(row, 10).value = answer or None
    book.save(store.parent / "a.xlsx")


def records(store: Path) -> dict[str, Any]:
    files = sorted((store / "records").glob("*.yaml"))
    return {file.stem: parse_text(file.read_text("utf-8"), file.name).data for file in files}


def state(store: Path) -> tuple[str, str, dict[str, Any]]:
    return git(store, "rev-parse", "HEAD"), git(store, "status", "--short"), records(store)


def test_decisions_are_one_commit_and_one_undo(store: Path) -> None:
    decided(store, ("同一客户", "A"), "不同客户", "不同客户", "Same")
    before = state(store)
    code, output = run("import", "../a.xlsx")
    short = git(store, "rev-parse", "HEAD")[:8]
    assert (code, output.splitlines()) == (
        0,
        [
            f"Merged 无锡市东方仪表有限责任公司 ({TWO}) into 无锡东方仪表有限公司 ({ONE}): records/{ONE}.yaml",
            "  not taken over: owner, industry",
            f"Merged 苏州远方阀门有限公司 ({FIVE}) into 苏州远方阀门有限公司 ({FOUR}): records/{FOUR}.yaml",
            "2 customers merged into others, 2 pairs marked as different, 0 left for later",
            f"Committed {short}: dedupe: 2 merged, 2 kept apart",
            f"to undo: crmtext undo, or git revert {short}",
        ],
    )
    kept = records(store)
    assert {*kept} == {ONE, THREE, FOUR, REFERS}
    assert (kept[ONE]["owner"], kept[ONE]["industry"], kept[ONE]["merged_from"]) == ("lilei", "C40", [TWO])
    assert kept[ONE]["not_duplicate_of"] == [THREE]
    assert (kept[FOUR]["tags"], kept[FOUR]["merged_from"]) == (["年度框架"], [FIVE])
    assert [one["id"] for one in kept[REFERS]["relations"]] == [ONE, THREE, FOUR]
    assert git(store, "log", "-1", "--format=%B").strip() == (
        "dedupe: 2 merged, 2 kept apart\n\n"
        "- merge 无锡市东方仪表有限责任公司 into 无锡东方仪表有限公司; not taken over: owner, industry\n"
        "- merge 苏州远方阀门有限公司 into 苏州远方阀门有限公司\n\n"
        + "".join(f"Crm-Customer: {id_}\n" for id_ in (ONE, TWO, REFERS, FOUR, FIVE))
        + "Crm-Action: dedupe"
    )
    assert (git(store, "rev-list", "--count", "HEAD"), run("check")[0]) == ("3\n", 0)
    assert run("undo")[0] == 0
    assert state(store)[1:] == before[1:]


def test_a_second_import_of_the_same_sheet_changes_nothing(store: Path) -> None:
    decided(store, ("same", "A"), "different", "later", "same")
    assert run("import", "../a.xlsx")[0] == 0
    before = state(store)
    assert run("import", "../a.xlsx") == (
        0,
        """0 customers merged into others, 0 pairs marked as different, 1 left for later, 3 carried out before
Nothing was written.
""",
    )
    assert state(store) == before


def test_a_chain_makes_one_customer_of_three(store: Path) -> None:
    decided(store, ("same", "B"), "later", ("same", "A"))
    assert run("import", "../a.xlsx")[0] == 0
    kept = records(store)
    assert {*kept} == {ONE, FOUR, FIVE, REFERS}
    assert (kept[ONE]["owner"], kept[ONE]["industry"], kept[ONE]["tags"]) == ("hanmei", "C39", ["VIP"])
    assert kept[ONE]["merged_from"] == [TWO, THREE]
    assert [one["id"] for one in kept[REFERS]["relations"]] == [ONE, FIVE]
    assert (run("check")[0], git(store, "status", "--short")) == (0, "")


def test_fields_to_decide_are_all_listed_and_nothing_is_written(store: Path) -> None:
    decided(store, "same", "same", "later", "different")
    before = state(store)
    code, output = run("import", "../a.xlsx")
    assert (code, output) == (
        1,
        f"""0 customers merged into others, 1 pair marked as different, 1 left for later, 1 to decide
row 2: 2 fields differ
            A 无锡东方仪表有限公司 ({ONE})  B 无锡市东方仪表有限责任公司 ({TWO})
  owner     李雷                                    韩梅
  industry  C40 仪器仪表制造业                      C39 计算机、通信和其他电子设…
to answer: write A, B or FIELD=VALUE into 'Values of' and import the sheet again
to carry out the other rows: --partial
Nothing was written.
""",
    )
    assert state(store) == before
    code, output = run("import", "../a.xlsx", "--partial")
    assert (code, output.splitlines()[0]) == (
        1,
        "0 customers merged into others, 1 pair marked as different, 1 left for later, 1 to decide",
    )
    kept = records(store)
    assert ({*kept}, kept[FOUR]["not_duplicate_of"]) == ({ONE, TWO, THREE, FOUR, FIVE, REFERS}, [FIVE])


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ("owner=hanmei; 所属行业=C41", ("hanmei", "C41")),
        ("负责人=韩梅\n行业=C40", ("hanmei", "C40")),
        ("b", ("hanmei", "C39")),
    ],
)
def test_an_answer_may_set_fields(store: Path, answer: str, values: tuple[str, str]) -> None:
    decided(store, ("same", answer), "same")
    assert run("import", "../a.xlsx")[0] == 0
    kept = records(store)[ONE]
    assert (kept["owner"], kept["industry"], kept["merged_from"]) == (*values, [TWO, THREE])


@pytest.mark.parametrize(
    ("words", "problems"),
    [
        (
            ("same", "different", "same"),
            [
                f"row 3: {ONE} and {THREE} are different here, but the same by rows 2, 4",
                "  = change one of these decisions",
            ],
        ),
        (
            (("same", "A"), ("same", "sometimes")),
            ["row 3: 'sometimes' is not FIELD=VALUE", "  = write A, B or FIELD=VALUE into 'Values of'"],
        ),
        (("same?",), ["row 2: 'same?' is not one of: same, different, later"]),
    ],
)
def test_wrong_rows_are_named(store: Path, words: tuple[str, ...], problems: list[str]) -> None:
    decided(store, *words)
    before = state(store)
    code, output = run("import", "../a.xlsx")
    assert (code, output.splitlines()[1:]) == (
        1,
        [*problems, "to carry out the other rows: --partial", "Nothing was written."],
    )
    assert state(store) == before


def test_answers_that_contradict_each_other_are_an_error(store: Path) -> None:
    decided(store, ("same", "A"), ("same", "B"), ("same", "A"))
    code, output = run("import", "../a.xlsx")
    assert (code, output.splitlines()[1:3]) == (
        1,
        [
            "row 2: rows 2, 3, 4 contradict each other in 'Values of'",
            "  = each answer says whose values win: A or B of its row",
        ],
    )


@pytest.mark.parametrize(
    ("answers", "owner"),
    [
        (("A", "A", "B"), "lilei"),
        (("B", "A", "A"), "hanmei"),
        (("B", "", ""), "hanmei"),
        (("A", "", ""), "lilei"),
        (("", "", "B"), "lilei"),
    ],
)
def test_answers_about_a_group_rank_its_customers(store: Path, answers: tuple[str, ...], owner: str) -> None:
    write(store, ONE, "无锡东方仪表有限公司", "lilei")
    write(store, TWO, "无锡市东方仪表有限责任公司", "hanmei")
    commit(store)
    decided(store, *(("same", answer) for answer in answers))
    assert run("import", "../a.xlsx")[0] == 0
    kept = records(store)[ONE]
    assert (kept["owner"], kept["merged_from"]) == (owner, [TWO, THREE])


def test_a_stale_sheet_is_named(store: Path) -> None:
    decided(store, ("same", "A"), "different", "later", "different")
    assert run("set", TWO, "priority=key")[0] == 0
    assert run("set", ONE, "priority=normal", "short_name=东方")[0] == 0
    assert run("rename", FOUR, "--id", "C20240401ABCD")[0] == 0
    assert run("merge", ONE, THREE)[0] == 0
    before = state(store)
    code, output = run("import", "../a.xlsx")
    assert (code, output.splitlines()[1:]) == (
        1,
        [
            f"row 2: the fields that differ have changed: {DIFFER}",
            "  = for a new sheet: crmtext dedupe -o FILE.xlsx",
            f"row 3: {ONE} and {THREE} are merged already",
            f"  = to see that merge: crmtext history {ONE}",
            f"row 5: there is no customer {FOUR}",
            "  = for a new sheet: crmtext dedupe -o FILE.xlsx",
            "to carry out the other rows: --partial",
            "Nothing was written.",
        ],
    )
    assert state(store) == before


def test_a_sheet_sorted_by_one_column_only_is_rejected(store: Path) -> None:
    decided(store, "same", "same", "same", "same")
    book = openpyxl.load_workbook(store.parent / "a.xlsx")
    book.active["C2"], book.active["C5"] = FOUR, ONE
    book.save(store.parent / "a.xlsx")
    code, output = run("import", "../a.xlsx")
    assert (code, output.splitlines()[1]) == (1, f"row 2: {FOUR} is 苏州远方阀门有限公司, not 无锡东方仪表有限公司")


def test_pairs_that_were_marked_as_different_since_are_not_merged(store: Path) -> None:
    decided(store, ("same", "A"), "same", "later", "later")
    assert run("set", THREE, f"not_duplicate_of+={TWO}", "--commit")[0] == 0
    code, output = run("import", "../a.xlsx")
    assert (code, output.splitlines()[1:3]) == (
        1,
        [
            f"row 2: {THREE} and {TWO} are marked as different customers",
            f"  = if they are the same: crmtext set {THREE} not_duplicate_of-={TWO}",
        ],
    )


def test_uncommitted_changes_of_a_record_that_goes_are_rejected(store: Path) -> None:
    decided(store, "later", "later", "later", "same")
    write(store, FIVE, "苏州远方阀门有限公司", "lilei", "tags: [新]\n")
    code, output = run("import", "../a.xlsx")
    path = f"records/{FIVE}.yaml"
    assert (code, output.splitlines()[1:3]) == (
        1,
        [
            f"row 5: {path} has uncommitted changes, and this record goes",
            f"  = commit them first: git add {path} && git commit {path}",
        ],
    )


def test_a_sheet_comes_back_in_another_form(store: Path) -> None:
    """As another program saves it: as text, without our columns' order, with notes beside it."""
    assert run("dedupe", "-o", "../a.xlsx", language="zh")[0] == 0
    book = openpyxl.load_workbook(store.parent / "a.xlsx")
    rows = [[*row] for row in book.active.iter_rows(values_only=True)]
    rows[4][1] = "同一客户"
    moved = [["备注", *row[::-1]] for row in rows]
    with (store.parent / "b.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(moved)
    other = openpyxl.Workbook()
    other.active.append(["说明"])
    sheet = other.create_sheet("决定")
    sheet.append([])
    for row in moved:
        sheet.append(row)
    other.save(store.parent / "c.xlsx")
    for name in ("b.csv", "c.xlsx"):
        code, output = run("import", f"../{name}", "--dry-run", "--format", "json")
        merges = json.loads(output)["merges"]
        assert (code, [(one["kept"], one["merged"]) for one in merges]) == (0, [(FOUR, FIVE)]), name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_dry_run_of_decisions_writes_nothing(store: Path, language: str) -> None:
    decided(store, ("same", "A"), "later", "later", "怎么办", language=language)
    before = state(store)
    code, output = run("import", "../a.xlsx", "--dry-run", "--format", "json", "--partial")
    document = json.loads(output)
    assert (code, document["decisions"], document["open"]) == (
        1,
        {"merged": 1, "different": 0, "later": 2, "before": 0},
        [{"row": 5, "problem": "'怎么办' is not one of: same, different, later", "fix": "", "differ": []}],
    )
    assert [one["id"] for one in document["changed"]] == [ONE, TWO, REFERS]
    assert state(store) == before


def test_decisions_go_to_a_branch(store: Path) -> None:
    decided(store, "later", "later", "later", "same")
    before = state(store)
    assert run("import", "../a.xlsx", "--branch", "x")[0] == 0
    assert state(store) == before
    assert git(store, "diff", "--stat", "main", "x").count("|") == 3


def test_other_files_beside_the_workbook_are_an_error(store: Path) -> None:
    decided(store, "later")
    (store.parent / "b.csv").write_text("客户名称\n甲\n", "utf-8")
    code, output = run("import", "../a.xlsx", "../b.csv")
    assert (code, "a.xlsx has decisions about duplicates" in output) == (2, True)


def test_nothing_changes_if_nothing_can_be_written(store: Path) -> None:
    decided(store, "later", "different", "different", "same")
    before = state(store)
    lock = store / ".git/refs/heads/main.lock"
    lock.touch()
    assert run("import", "../a.xlsx")[0] == 3
    lock.unlink()
    assert state(store) == before
    assert run("import", "../a.xlsx")[0] == 0
