"""The old system is imported every week while the team works in the store: nobody's edits are lost."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from import_runs import customers, git, imported, run
from weekly_runs import MAPPING, NAMES, Weekly

if TYPE_CHECKING:
    from pathlib import Path


def test_the_same_import_again_changes_nothing_and_reads_no_history(
    weekly: Weekly, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = weekly.nothing()
    assert plan["counts"]["customers"] == {"new": 0, "changed": 0, "same": 3, "gone": 0}
    assert git(weekly.store, "status", "--porcelain") == ""
    assert run("check")[0] == 0


def test_edits_of_one_field_and_the_sources_change_of_another_are_both_there(weekly: Weekly) -> None:
    weekly.edit("K1", "industry: 机械", "industry: 电子  # 客户说的")
    weekly.replace("0512-68001001", "0512-68009999")
    weekly.replace("贴片机,初步接洽", "贴片机,报价")
    code, plan = weekly.run()
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 1, "same": 2, "gone": 0})
    text = weekly.text("K1")
    assert "industry: 电子  # 客户说的\n" in text
    assert "  - 0512-68009999\n" in text
    assert "68001001" not in text
    assert "stage: proposal" in text
    diff = git(weekly.store, "show", "--format=", "--numstat", "HEAD").split()
    assert diff[:2] == ["2", "2"]
    weekly.nothing()


def test_a_value_changed_on_both_sides_stops_the_import_until_it_is_decided(weekly: Weekly) -> None:
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    weekly.replace(",机械,", ",设备,")
    [conflict] = weekly.conflict("industry")["conflicts"]
    assert (conflict["base"], conflict["ours"], conflict["theirs"]) == ("机械", "电子", "设备")
    code, plan = weekly.run("--on-conflict", "ours")
    assert (code, bool(plan["commit"]), plan["counts"]["customers"]["same"]) == (0, True, 3)
    message = git(weekly.store, "log", "-1", "--format=%B")
    [kept] = [line for line in message.splitlines() if line.startswith("Crm-Import-Kept: ")]
    words = kept.split()
    assert (words[1:3], len(words[3])) == ([weekly.path("K1").name.partition("-")[0], "industry"], 4)
    assert git(weekly.store, "show", "--format=", "--name-only", "HEAD") == ""
    weekly.nothing()
    # The base is still the first value: a third one is a conflict again.
    weekly.replace(",设备,", ",重工,")
    [conflict] = weekly.conflict("industry")["conflicts"]
    assert (conflict["base"], conflict["ours"], conflict["theirs"]) == ("机械", "电子", "重工")
    assert weekly.run("--on-conflict", "theirs")[0] == 0
    assert "industry: 重工" in weekly.text("K1")
    weekly.nothing()


def test_a_decision_can_be_undone(weekly: Weekly) -> None:
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    weekly.replace(",机械,", ",设备,")
    assert weekly.run("--on-conflict", "ours")[0] == 0
    assert run("undo")[0] == 0
    weekly.conflict("industry")


def test_a_field_that_you_typed_while_the_source_had_none_is_a_conflict_later(weekly: Weekly) -> None:
    weekly.edit("K1", "tags:", "website: https://ours.example\ntags:")
    weekly.nothing()
    weekly.replace(",机械,,", ",机械,https://theirs.example,")
    weekly.conflict("website")
    assert "website: https://ours.example" in weekly.text("K1")


def test_a_value_that_you_took_away_stays_away_until_the_source_changes_it(weekly: Weekly) -> None:
    weekly.edit("K1", "industry: 机械\n", "")
    weekly.nothing()
    weekly.replace(",机械,", ",设备,")
    weekly.conflict("industry")


def test_texts_of_a_list_count_one_by_one(weekly: Weekly) -> None:
    weekly.edit("K1", "  - 展会\n", "  - 我们的\n")
    weekly.replace("展会、老客户", "展会、新标签")
    assert weekly.run()[0] == 0
    assert "tags:\n  - 我们的\n  - 新标签\nopp" in weekly.text("K1")
    weekly.nothing()


def test_a_renamed_deal_and_contact_are_one_change_each(weekly: Weekly) -> None:
    weekly.replace("贴片机", "高速贴片机")
    weekly.replace("张三", "张山")
    code, plan = weekly.run()
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 1, "same": 2, "gone": 0})
    assert [change["kind"] for change in plan["customers"][0]["changes"]] == ["changed", "changed"]
    text = weekly.text("K1")
    assert (text.count("title: 高速贴片机"), text.count("贴片机"), text.count("name: 张山")) == (1, 1, 1)


def test_a_contact_removed_here_stays_removed_until_the_source_changes_it(weekly: Weekly) -> None:
    text = weekly.text("K1")
    contact = text[text.index("  - name: 李四") : text.index("opportunities:")]
    assert "P2" in contact
    weekly.edit("K1", contact, "")
    weekly.nothing()
    weekly.replace("李四,采购", "李四,采购总监")
    [conflict] = weekly.conflict("contacts[李四]")["conflicts"]
    assert conflict["ours"] is None
    assert weekly.run("--on-conflict", "ours")[0] == 0
    assert "李四" not in weekly.text("K1")
    assert "李四" not in git(weekly.store, "log", "--format=%B")
    weekly.nothing()
    weekly.replace("李四,采购总监", "李四,总经理")
    assert weekly.run("--on-conflict", "theirs")[0] == 0
    assert "title: 总经理" in weekly.text("K1")


def test_a_customer_removed_here_stays_removed_until_the_source_changes_it(weekly: Weekly) -> None:
    id_ = weekly.path("K3").name.partition("-")[0]
    assert run("rm", id_, "--commit")[0] == 0
    plan = weekly.nothing()
    assert plan["counts"]["customers"]["same"] == 3
    weekly.replace("0571-68001003", "0571-68003333")
    weekly.conflict("id")
    assert weekly.run("--on-conflict", "ours")[0] == 0
    weekly.nothing()
    weekly.replace("0571-68003333", "0571-68004444")
    code, plan = weekly.run("--on-conflict", "theirs")
    assert (code, plan["counts"]["customers"]["new"]) == (0, 1)
    assert (weekly.path("K3").name.partition("-")[0], "0571-68004444" in weekly.text("K3")) == (id_, True)


def test_what_is_gone_from_the_source_is_reported_and_deleted_only_on_demand(weekly: Weekly) -> None:
    weekly.edit("K2", "industry: 软件", "industry: 云服务")
    del weekly.rows["K2"], weekly.rows["K3"]
    weekly.files = {name: "\n".join(line for line in text.splitlines() if "云帆" not in line and "P2" not in line)
                    for name, text in weekly.files.items()}  # fmt: skip
    ids = {key: weekly.path(key).name.partition("-")[0] for key in NAMES}
    plan = weekly.nothing()
    gone = sorted((one["id"], one["field"]) for one in plan["gone"] if not one["field"])
    assert gone == sorted((ids[key], None) for key in ("K2", "K3"))
    assert {"id": ids["K1"], "field": "contacts[李四]"} in plan["gone"]
    assert plan["counts"]["customers"]["gone"] == 2
    # K2 was edited here: that is for people to decide.
    code, plan = weekly.run("--with-deletions")
    assert (code, [(one["id"], one["field"]) for one in plan["conflicts"]]) == (1, [(ids["K2"], "id")])
    code, plan = weekly.run("--with-deletions", "--on-conflict", "ours")
    assert code == 0
    assert "李四" not in weekly.text("K1")
    assert [path.name[: len(ids["K1"])] for path in sorted((weekly.store / "records").iterdir())] == sorted(
        [ids["K1"], ids["K2"]]
    )
    assert run("check")[0] == 0
    code, plan = weekly.run("--with-deletions")
    assert (code, plan["commit"]) == (0, None)
    assert run("undo")[0] == 0
    assert "李四" in weekly.text("K1")
    assert weekly.path("K3")


def test_a_part_of_the_files_makes_nothing_gone(weekly: Weekly) -> None:
    export = weekly.store.parent / "export"
    code, plan = imported(str(export / "商机.csv"), "--from", "erp")
    assert (code, plan["gone"]) == (0, [])
    code, plan = imported(str(export), "--from", "erp", "--where", "industry == '机械'")
    assert (code, plan["gone"]) == (0, [])


def test_a_cell_of_a_hyphen_takes_away_what_the_source_wrote(weekly: Weekly) -> None:
    weekly.edit("K2", "industry: 软件", "industry: 软件\nwebsite: https://ours.example")
    weekly.replace(",机械,", ",-,")
    weekly.replace(",软件,,", ",软件,-,")
    weekly.replace("经理", "-")
    code, plan = weekly.run()
    assert (code, plan["conflicts"]) == (0, [])
    assert "industry" not in weekly.text("K1")
    assert "title: 经理" not in weekly.text("K1")
    assert "website: https://ours.example" in weekly.text("K2")
    weekly.nothing()


def test_a_hyphen_for_a_value_that_you_changed_is_a_conflict(weekly: Weekly) -> None:
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    weekly.replace(",机械,", ",-,")
    weekly.conflict("industry")


def test_a_bad_cell_takes_nothing_away(weekly: Weekly) -> None:
    weekly.replace("13800000101", "1.38E+10")
    code, plan = weekly.run()
    assert (code, len(plan["cells"]), plan["counts"]["customers"]["changed"]) == (0, 1, 0)
    assert "13800000101" in weekly.text("K1")


def test_a_customer_keeps_its_base_under_a_new_id(weekly: Weekly) -> None:
    def rename() -> None:
        assert run("rename", weekly.path("K1").name.partition("-")[0], "--new-id", "--commit")[0] == 0

    rename()
    weekly.replace(",机械,", ",设备,")
    code, plan = weekly.run()
    assert (code, plan["conflicts"], "industry: 设备" in weekly.text("K1")) == (0, [], True)
    # And again, with a value that was kept meanwhile.
    weekly.edit("K1", "industry: 设备", "industry: 电子")
    weekly.replace(",设备,", ",重工,")
    weekly.replace("经理", "总监")
    assert weekly.run("--on-conflict", "ours")[0] == 0
    rename()
    weekly.nothing()
    weekly.replace("总监", "董事")
    code, plan = weekly.run()
    assert (code, plan["conflicts"], "title: 董事" in weekly.text("K1")) == (0, [], True)
    weekly.edit("K1", weekly.text("K1")[weekly.text("K1").index("  - name: 李四") :].partition("oppo")[0], "")
    weekly.nothing()


def test_a_kept_value_of_a_contact_stays_kept_under_another_name(weekly: Weekly) -> None:
    weekly.edit("K1", "title: 经理", "title: 我们的")
    weekly.replace("经理", "董事")
    assert weekly.run("--on-conflict", "ours")[0] == 0
    weekly.edit("K1", "name: 张三", "name: 张山")
    weekly.nothing()


@pytest.mark.parametrize("keep", ["A", "B"])
@pytest.mark.parametrize("prefer", ["A", "B"])
def test_the_value_that_a_merge_chose_stays(weekly: Weekly, keep: str, prefer: str) -> None:
    # The newest import writes the second one alone.
    weekly.replace(",软件,", ",云服务,")
    assert weekly.run()[0] == 0
    one, other = (weekly.path(key).name.partition("-")[0] for key in ("K1", "K2"))
    assert run("merge", one, other, "--prefer", prefer, "--keep", keep)[0] == 0
    weekly.nothing()
    weekly.replace(",机械,", ",设备,")
    code, plan = weekly.run()
    sides = [(one["field"], one["base"], one["ours"], one["theirs"]) for one in plan["conflicts"]]
    assert (code, sides) == {"A": (0, []), "B": (1, [("industry", "机械", "云服务", "设备")])}[prefer]


MORE = "大连新港物流有限公司,企业,潜在客户,李雷,0411-68001009,物流,,港口\n"


def test_a_part_of_a_merged_customers_rows_takes_nothing_of_the_others_away(weekly: Weekly) -> None:
    one, other = (weekly.path(key).name.partition("-")[0] for key in ("K1", "K2"))
    assert run("merge", one, other, "--prefer", "A")[0] == 0
    rows, files = dict(weekly.rows), dict(weekly.files)
    gone = {
        "K1": ["external_ids[K2]", "opportunities[年度服务]"],
        "K2": ["contacts[张三]", "contacts[李四]", "external_ids[K1]", "opportunities[贴片机]"],
    }
    for key, name in (("K1", "明远"), ("K2", "云帆")):
        weekly.rows = {key: rows[key]}
        weekly.files = {file: "\n".join(line for line in text.splitlines() if "编号" in line or name in line)
                        for file, text in files.items()}  # fmt: skip
        assert sorted(one["field"] for one in weekly.nothing()["gone"] if one["field"]) == gone[key]
    # A third one, which came in without an id, is in none of the exports.
    (weekly.store.parent / "more.csv").write_text(f"{weekly.header.partition(',')[2]}\n{MORE}", "utf-8")
    assert imported(str(weekly.store.parent / "more.csv"), "--from", "erp")[0] == 0
    assert run("merge", "大连新港", one, "--keep", "B", "--prefer", "B")[0] == 0
    weekly.rows, weekly.files = rows, files
    weekly.nothing()
    assert run("undo")[0] == 0
    # With all of its rows, what the source has no more goes.
    weekly.replace("展会、老客户", "老客户")
    assert weekly.run()[0] == 0
    [text] = [path.read_text("utf-8") for path in (weekly.store / "records").iterdir() if one in path.name]
    assert ("展会" in text, "老客户" in text, "0512-68001001" in text, "021-68001002" in text) == (
        False, True, True, True,
    )  # fmt: skip


def test_a_moved_record_keeps_its_base(weekly: Weekly) -> None:
    id_ = weekly.path("K1").name.partition("-")[0]
    assert run("rename", id_, "--slug", "mingyuan", "--commit")[0] == 0
    assert run("archive", id_, "--commit")[0] == 0
    weekly.replace(",机械,", ",设备,")
    assert weekly.run()[0] == 0
    assert "industry: 设备" in weekly.text("K1")


def test_a_customer_with_another_id_keeps_its_base_and_its_decisions(weekly: Weekly) -> None:
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    weekly.replace(",机械,", ",设备,")
    assert weekly.run("--on-conflict", "ours")[0] == 0
    was = weekly.path("K1").name.partition("-")[0]
    assert run("rename", was, "--id", "C20250101K7QM", "--commit")[0] == 0
    # What was decided, and what the first import wrote, hold for the new id.
    weekly.nothing()
    weekly.replace("0512-68001001", "0512-68009999")
    weekly.replace("张三,经理", "张三,总监")
    code, plan = weekly.run()
    assert (code, plan["conflicts"], plan["counts"]["customers"]) == (
        0, [], {"new": 0, "changed": 1, "same": 2, "gone": 0},
    )  # fmt: skip
    text = weekly.text("K1")
    assert ("68001001" in text, "title: 总监" in text, "industry: 电子" in text) == (False, True, True)
    # An import wrote into it with either id: both are its past.
    weekly.replace("张三,总监", "张三,总经理")
    weekly.replace("贴片机,初步接洽", "贴片机,报价")
    code, plan = weekly.run()
    assert (code, plan["conflicts"], "stage: proposal" in weekly.text("K1")) == (0, [], True)
    weekly.nothing()


def test_a_company_with_another_id_keeps_its_base_without_ids_in_the_source(new: Path) -> None:
    assert simple(new, SIMPLE)[0] == 0
    [path] = [path for path in (new / "records").iterdir() if "明远" in path.read_text("utf-8")]
    assert run("rename", path.name.partition("-")[0], "--new-id", "--commit")[0] == 0
    code, plan = simple(new, SIMPLE.replace("潜在客户,李雷", "潜在客户,韩梅"))
    assert (code, plan["conflicts"], plan["counts"]["customers"]["changed"]) == (0, [], 1)
    assert simple(new, SIMPLE.replace("潜在客户,李雷", "潜在客户,韩梅"))[1]["commit"] is None


@pytest.mark.parametrize("staged", [False, True])
def test_an_import_that_is_not_committed_comes_before_the_next_one(weekly: Weekly, staged: bool) -> None:
    weekly.replace(",机械,", ",设备,")
    code, plan = weekly.run("--no-commit")
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 1)
    if staged:
        git(weekly.store, "add", "-A")
    # The same files again: nothing is doubled, and nothing is written.
    before = weekly.text("K1")
    code, plan = weekly.run("--no-commit")
    assert (code, plan["counts"]["customers"], weekly.text("K1")) == (
        0, {"new": 0, "changed": 0, "same": 3, "gone": 0}, before,
    )  # fmt: skip
    # Others would be compared with a value that no commit has.
    weekly.replace(",设备,", ",重工,")
    for words in (["--dry-run"], ["--no-commit"], [], ["--branch", "next"]):
        code, output = run("import", weekly.write(), "--from", "erp", *words)
        assert (code, weekly.text("K1")) == (3, before)
        assert "1 file of the last import isn't committed, so an import can't compare with it" in output
        assert "= commit them as they are, or take the import back: crmtext undo" in output
    assert run("undo")[0] == 0
    git(weekly.store, "reset", "-q")
    code, plan = weekly.run()
    assert (code, plan["conflicts"], "industry: 重工" in weekly.text("K1")) == (0, [], True)


def test_an_import_that_was_undone_is_no_base(weekly: Weekly) -> None:
    weekly.replace(",机械,", ",设备,")
    code, plan = weekly.run()
    assert (code, run("undo", plan["commit"])[0]) == (0, 0)
    assert "industry: 机械" in weekly.text("K1")
    weekly.replace(",设备,", ",重工,")
    assert weekly.run()[0] == 0
    assert "industry: 重工" in weekly.text("K1")


def test_a_branch_that_was_merged_or_rebased_keeps_its_base(weekly: Weekly) -> None:
    weekly.replace(",机械,", ",设备,")
    assert weekly.run("--branch", "import/merged")[0] == 0
    weekly.edit("K2", "industry: 软件", "industry: 云服务")
    git(weekly.store, "merge", "-q", "--no-ff", "import/merged", "-m", "merge")
    weekly.replace(",设备,", ",重工,")
    assert weekly.run("--branch", "import/rebased")[0] == 0
    weekly.edit("K3", "industry: 食品", "industry: 饮料")
    git(weekly.store, "switch", "-q", "import/rebased")
    git(weekly.store, "rebase", "-q", "main")
    git(weekly.store, "switch", "-q", "main")
    git(weekly.store, "merge", "-q", "--ff-only", "import/rebased")
    assert "industry: 重工" in weekly.text("K1")
    weekly.nothing()
    weekly.replace(",重工,", ",装备,")
    code, plan = weekly.run()
    assert (code, plan["conflicts"]) == (0, [])
    assert "industry: 装备" in weekly.text("K1")


@pytest.mark.parametrize("how", ["squash", "amend"])
def test_a_squashed_import_with_an_edit_is_named_and_counts_only_if_you_accept_it(weekly: Weekly, how: str) -> None:
    weekly.replace(",机械,", ",设备,")
    if how == "squash":
        assert weekly.run("--branch", "import/week2")[0] == 0
        git(weekly.store, "merge", "-q", "--squash", "import/week2")
    else:
        assert weekly.run()[0] == 0
    weekly.edit("K1", "0512-68001001", "0512-68007777", commit=False)
    git(weekly.store, "add", "-A")
    git(weekly.store, "commit", "-q", "--no-edit", *(["--amend"] if how == "amend" else []))
    squashed = git(weekly.store, "rev-parse", "--short=8", "HEAD").strip()
    weekly.replace(",设备,", ",重工,")
    # The value written by the squashed commit has no base, so nothing is overwritten.
    plan = weekly.conflict("industry")
    code, output = run("import", str(weekly.store.parent / "export"), "--from", "erp")
    assert (code, f"{squashed} was squashed or amended" in output) == (1, True)
    assert f"--base {squashed}" in output.replace("\n  ", " ")
    code, output = run("doctor")
    assert f"warning  imports: {squashed} " in output
    assert "was squashed or amended, so it is not used as an import of erp" in output
    assert f"crmtext import FILE --base {squashed}" in output
    code, plan = weekly.run("--base", squashed)
    assert (code, plan["conflicts"]) == (0, [])
    assert "industry: 重工" in weekly.text("K1")
    code, output = run("doctor")
    assert ("ok       imports: 3 imports\n" in output, squashed in output) == (True, False)
    # It was accepted once and for all.
    weekly.replace(",重工,", ",装备,")
    code, output = run("import", str(weekly.store.parent / "export"), "--from", "erp", "--dry-run")
    assert "was squashed" not in output


def test_a_squashed_import_without_edits_keeps_its_base(weekly: Weekly) -> None:
    weekly.replace(",机械,", ",设备,")
    assert weekly.run("--branch", "import/week2")[0] == 0
    git(weekly.store, "merge", "-q", "--squash", "import/week2")
    git(weekly.store, "commit", "-q", "--no-edit")
    weekly.replace(",设备,", ",重工,")
    code, plan = weekly.run()
    assert (code, plan["conflicts"]) == (0, [])


def test_imports_of_two_sources_in_one_squashed_commit_are_named_for_both(weekly: Weekly) -> None:
    weekly.replace(",机械,", ",设备,")
    git(weekly.store, "switch", "-q", "-c", "week2")
    assert weekly.run()[0] == 0
    (weekly.store.parent / "sheet.csv").write_text("客户名称,备注\n上海云帆信息有限公司,见过面\n", "utf-8")
    assert imported(str(weekly.store.parent / "sheet.csv"), "--save", "visits")[0] == 0
    git(weekly.store, "switch", "-q", "main")
    git(weekly.store, "merge", "-q", "--squash", "week2")
    git(weekly.store, "commit", "-q", "--no-edit")
    squashed = git(weekly.store, "rev-parse", "--short=8", "HEAD").strip()
    code, output = run("doctor")
    assert (f"{squashed} " in output, "an import of visits, erp" in output) == (True, True)
    weekly.replace(",设备,", ",重工,")
    weekly.conflict("industry")
    code, plan = weekly.run("--base", squashed)
    assert (code, plan["conflicts"], "industry: 重工" in weekly.text("K1")) == (0, [], True)


def test_base_takes_commits_of_the_current_branch_only(weekly: Weekly) -> None:
    git(weekly.store, "branch", "other")
    git(weekly.store, "switch", "-q", "other")
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    git(weekly.store, "switch", "-q", "main")
    export = str(weekly.store.parent / "export")
    for wrong, code in (("other", 3), ("nothing-like-it", 2)):
        assert run("import", export, "--from", "erp", "--base", wrong)[0] in (2, code)


def test_two_clones_import_the_same_file_and_overlapping_ones(new: Path) -> None:
    weekly = Weekly(new)
    (new / "import").mkdir()
    (new / "import" / "erp.toml").write_text(MAPPING, "utf-8")
    git(new, "add", "-A")
    git(new, "commit", "-q", "-m", "mapping")
    other = new.parent / "other"
    git(new.parent, "clone", "-q", str(new), "other")
    git(other, "config", "user.name", "韩梅")
    git(other, "config", "user.email", "hanmei@example.com")
    all_ = dict(weekly.rows)
    del weekly.rows["K3"]
    assert weekly.run()[0] == 0
    os.chdir(other)
    there = Weekly(other)
    there.rows = {key: all_[key] for key in ("K2", "K3")}
    there.files = {name: "\n".join(line for line in text.splitlines() if "明远" not in line)
                   for name, text in weekly.files.items()}  # fmt: skip
    assert there.run()[0] == 0
    os.chdir(new)
    git(new, "fetch", "-q", str(other), "main")
    git(new, "merge", "-q", "-m", "merge", "FETCH_HEAD")
    assert len([*(new / "records").iterdir()]) == 3
    weekly.rows = all_
    assert weekly.nothing()["counts"]["customers"] == {"new": 0, "changed": 0, "same": 3, "gone": 0}
    weekly.replace(",食品,", ",饮料,")
    weekly.replace(",软件,", ",云服务,")
    code, plan = weekly.run()
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 2)
    weekly.nothing()


SIMPLE = """客户名称,客户类型,合作状态,负责人,联系人,手机,跟进内容,下次跟进时间
苏州明远机械有限公司,企业,潜在客户,李雷,张三,13800000101,寄了样品,2027-01-15
上海云帆信息有限公司,企业,潜在客户,韩梅,李四,13800000102,电话沟通,
"""


def simple(new: Path, text: str) -> tuple[int, dict[str, Any]]:
    path = new.parent / "sheet.csv"
    path.write_text(text, "utf-8")
    return imported(str(path), "--default", "interactions.date=2026-01-05")


def test_a_company_that_you_renamed_is_known_by_what_the_import_called_it(new: Path) -> None:
    assert simple(new, SIMPLE)[0] == 0
    [path] = [path for path in (new / "records").iterdir() if "明远" in path.read_text("utf-8")]
    path.write_text(
        path.read_text("utf-8").replace("name: 苏州明远机械有限公司", "name: 苏州明远智能装备有限公司"), "utf-8"
    )
    git(new, "commit", "-q", "-am", "renamed")
    code, plan = simple(new, SIMPLE)
    assert (code, plan["commit"], plan["counts"]["customers"]) == (
        0, None, {"new": 0, "changed": 0, "same": 2, "gone": 0},
    )  # fmt: skip


def test_another_owner_adds_no_interaction_twice(new: Path) -> None:
    assert simple(new, SIMPLE)[0] == 0
    code, plan = simple(new, SIMPLE.replace("潜在客户,李雷", "潜在客户,韩梅"))
    assert (code, plan["conflicts"], plan["counts"]["customers"]["changed"]) == (0, [], 1)
    [record] = [one.read_text("utf-8") for one in (new / "records").iterdir() if "明远" in one.read_text("utf-8")]
    assert (record.count("summary: 寄了样品"), "owner: hanmei" in record, "by: lilei" in record) == (1, True, True)


def test_values_that_come_from_columns_together_follow_the_source(new: Path) -> None:
    text = SIMPLE.replace("下次跟进时间", "下次跟进时间,预算").replace("2027-01-15", "2027-01-15,2-3万")
    assert simple(new, text)[0] == 0
    code, plan = simple(new, text.replace("2-3万", "5万").replace("2027-01-15", "2027-02-01"))
    assert (code, plan["conflicts"], plan["gone"]) == (0, [], [])
    [record] = [one.read_text("utf-8") for one in (new / "records").iterdir() if "明远" in one.read_text("utf-8")]
    assert "needs:\n  - description: 5万\n    budget:\n" in record
    assert ("2-3万" in record, record.count("due: 2027-02-01"), "2027-01-15" in record) == (False, 1, False)
    assert simple(new, text.replace("2-3万", "5万").replace("2027-01-15", "2027-02-01"))[1]["commit"] is None


def test_a_task_that_moves_to_a_newer_interaction_is_there_once(new: Path) -> None:
    assert simple(new, SIMPLE)[0] == 0
    code, plan = simple(new, SIMPLE.replace("寄了样品", "报了价"))
    assert (code, plan["conflicts"]) == (0, [])
    [record] = [one.read_text("utf-8") for one in (new / "records").iterdir() if "明远" in one.read_text("utf-8")]
    assert (record.count("summary: "), record.count("due: 2027-01-15")) == (2, 1)


@pytest.mark.parametrize("edited", [False, True])
def test_a_task_that_moves_to_a_newer_interaction_and_another_day_is_there_once(new: Path, edited: bool) -> None:
    assert simple(new, SIMPLE)[0] == 0
    [path] = [path for path in (new / "records").iterdir() if "明远" in path.read_text("utf-8")]
    if edited:
        path.write_text(path.read_text("utf-8").replace("due: 2027-01-15", "due: 2027-01-20"), "utf-8")
        git(new, "commit", "-q", "-am", "later")
    text = SIMPLE.replace("寄了样品", "报了价").replace("2027-01-15", "2027-02-01")
    code, plan = simple(new, text)
    assert (code, plan["conflicts"]) == (0, [])
    record = path.read_text("utf-8")
    assert (record.count("summary: "), record.count("due: 2027-02-01")) == (2, 1)
    # What you changed yourself stays.
    assert (record.count("due: 2027-01-15"), record.count("due: 2027-01-20")) == (0, int(edited))
    assert simple(new, text)[1]["commit"] is None
    # A task that stays where it was, beside a new one, is no moved one.
    assert simple(new, text.replace("电话沟通,", "电话沟通,2027-03-01"))[0] == 0
    assert path.read_text("utf-8").count("due: 2027-02-01") == 1


def test_a_contact_whose_name_gained_words_in_brackets_keeps_its_base(weekly: Weekly) -> None:
    weekly.edit("K1", "title: 经理", "title: 总监")
    weekly.replace("P1,K1,苏州明远机械有限公司,张三,", "P1,K1,苏州明远机械有限公司,张三（采购）,")
    weekly.run()
    weekly.nothing()


BRACKETS = (
    SIMPLE.replace("联系人,手机", "联系人,手机,邮箱")
    .replace("000101,", "000101,zs@mingyuan.example,")
    .replace("000102,", "000102,,")
)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("张三（采购）", "张三"), ("张三", "张三（采购）"), ("张三(采购)", "张三"), ("张三", "张三 [采购]")],
)
def test_brackets_after_a_name_on_one_side_keep_the_base_of_the_person(new: Path, ours: str, theirs: str) -> None:
    """The person is written with the source's name; then one side has other words in brackets."""
    first = BRACKETS.replace("张三", theirs)
    assert simple(new, first)[0] == 0
    [path] = [path for path in (new / "records").iterdir() if "明远" in path.read_text("utf-8")]
    path.write_text(path.read_text("utf-8").replace(f"name: {theirs}", f"name: {ours}"), "utf-8")
    git(new, "commit", "-q", "-am", "renamed")
    assert simple(new, first)[1]["commit"] is None
    # Of the source's change of another field, the earlier value is still known.
    code, plan = simple(new, first.replace("zs@", "zhang@"))
    assert (code, plan["conflicts"]) == (0, [])
    text = path.read_text("utf-8")
    assert (text.count("- name: "), "zs@mingyuan" in text, "zhang@mingyuan" in text) == (1, False, True)
    assert simple(new, first.replace("zs@", "zhang@"))[1]["commit"] is None


def test_an_id_in_a_system_finds_the_customer_under_another_name(new: Path) -> None:
    sheet = new.parent / "客户.csv"
    text = "代码,客户名称,客户类型,合作状态,负责人\nKH1,苏州明远机械有限公司,企业,潜在客户,李雷\n"
    how = ("--map", "代码=external_ids.kh")
    sheet.write_text(text, "utf-8")
    assert imported(str(sheet), *how)[0] == 0
    sheet.write_text(text.replace("苏州明远机械", "天津滨海新材料"), "utf-8")
    code, plan = imported(str(sheet), *how)
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 1, "same": 0, "gone": 0})
    [customer] = customers()
    assert (customer["name"], customer["external_ids"]) == ("天津滨海新材料有限公司", {"kh": "KH1"})


def test_a_deal_that_was_renamed_here_is_still_the_same_one(weekly: Weekly) -> None:
    weekly.files["商机.csv"] = (
        "客户编号,客户名称,商机名称,商机阶段,商机金额\nK3,青禾,包装线,初步接洽,50000\nK3,青禾,备件,报价,700\n"
    )
    weekly.files.pop("联系人.csv")
    (weekly.store / "import" / "erp.toml").write_text(MAPPING.replace('id = "商机编号"\n', ""), "utf-8")
    assert weekly.run()[0] == 0
    weekly.edit("K3", "title: 包装线", "title: 二期包装线")
    for amount in ("60000", "65000"):
        weekly.replace("包装线,初步接洽,", f"包装线,初步接洽,{amount}#")
        weekly.files["商机.csv"] = re.sub("#[0-9]*", "", weekly.files["商机.csv"])
        assert weekly.run()[0] == 0
        assert re.findall("title: (.*)|amount: (.*)", weekly.text("K3")) == [
            ("二期包装线", ""), ("", amount), ("备件", ""), ("", "700")]  # fmt: skip
        weekly.nothing()
    # An edit here and another one there are a conflict of this deal.
    weekly.edit("K3", "amount: 65000", "amount: 66000")
    weekly.replace("65000", "70000")
    weekly.conflict("opportunities[二期包装线].amount")


def test_a_contact_that_was_renamed_here_is_the_same_person_by_a_number_only(weekly: Weekly) -> None:
    weekly.files["联系人.csv"] = (
        "客户编号,客户名称,姓名,职位,手机\nK3,青禾,张三,经理,13800000101\nK3,青禾,李四,采购,13800000102\n"
    )
    weekly.files.pop("商机.csv")
    (weekly.store / "import" / "erp.toml").write_text(MAPPING.replace('id = "联系人编号"\n', ""), "utf-8")
    assert weekly.run()[0] == 0
    weekly.edit("K3", "name: 张三", "name: 张三丰")
    weekly.replace("张三,经理", "张三,总经理")
    assert weekly.run()[0] == 0
    people = [("张三丰", "总经理"), ("李四", "采购")]
    assert re.findall("- name: (.*)\n    title: (.*)", weekly.text("K3")) == people
    weekly.nothing()
    # A successor has another number.
    weekly.edit("K3", "name: 李四", "name: 王五")
    weekly.edit("K3", "13800000102", "13800000109")
    weekly.replace("李四,采购", "李四,采购经理")
    weekly.conflict("contacts[李四]")
