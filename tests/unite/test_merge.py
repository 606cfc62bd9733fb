"""`crmtext merge`: one customer of two, with real git, through the command line."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from import_runs import git, new_store, run

from crmtext.text.read.load import parse_text

if sys.platform != "win32":
    from terminals import Terminal

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW, THIRD = "C20240501K7QM", "C20250310A9XF", "C20250401TTTT"
A = f"""# 老客户，勿删
id: {OLD}
name: 上海示例电子有限公司
short_name: 示例电子
type: company
status: lead   # 展会认识
owner: lilei
industry: C39
phones: ["021-5555 0101"]
tags: [VIP]
contacts:
  - name: 张三
    phones: ["13800138001"]
    primary: true
    external_ids: {{zoho: "7"}}
    notes: 周一不在
interactions:
  - {{date: 2025-01-02, by: lilei, channel: phone, summary: 询价}}
  - {{date: 2025-03-01, by: lilei, channel: visit, summary: 看样}}
relations:
  - {{id: {NEW}, kind: other}}
  - {{id: {THIRD}, kind: partner, note: 一起投标}}
external_ids: {{zoho: zcrm_101}}
notes: 付款及时
"""
B = f"""id: {NEW}
name: 示例电子（上海）
short_name: SLDZ
aliases: [示例厂, 示例电子]
type: company
status: active
owner: hanmei
industry: C40
phones: ["02155550101", "021-5555 0202"]
tags: [vip, 年度框架]
cooperation: {{since: 2025-04-01, products: [传感器]}}
contacts:
  # 换了工位
  - {{name: 张三丰, phones: ["13800138009"], external_ids: {{zoho: "7"}}, notes: 只接电话}}
  - {{name: 李四, title: 采购, primary: true}}
interactions:
  - {{date: 2025-01-02, by: lilei, channel: phone, summary: 询价, outcome: positive}}
  - {{date: 2025-02-02, by: hanmei, channel: phone, summary: 二次询价}}
  - {{date: 2025-02-02, by: hanmei, channel: email, summary: 发目录}}
  - {{date: 2025-05-05, by: hanmei, channel: visit, summary: 签约}}
external_ids: {{zoho: zcrm_207, hubspot: "55"}}
merged_from: [C20230101ZZZZ]
not_duplicate_of: [{THIRD}]
notes: 发票寄前台
custom: {{旧系统等级: 甲}}
"""
C = f"""id: {THIRD}
name: 第三方检测有限公司
type: company
status: lead
owner: lilei
contacts: [{{name: 王五}}]
relations:
  - {{id: {NEW}, kind: partner}}
  - {{id: {OLD}, kind: partner}}
  - {{id: {NEW}, kind: other, store: 华南}}
not_duplicate_of: [{OLD}, {NEW}]
"""
PATHS = {id_: f"records/{id_}.yaml" for id_ in (OLD, NEW, THIRD)}
UNITED = f"""# 老客户，勿删
id: {OLD}
name: 上海示例电子有限公司
short_name: 示例电子
aliases: [示例电子（上海）, SLDZ, 示例厂]
type: company
status: active   # 展会认识
owner: lilei
industry: C39
phones: ["021-5555 0101", 021-5555 0202]
tags: [VIP, 年度框架]
contacts:
  - name: 张三
    phones: ["13800138001", "13800138009"]
    primary: true
    external_ids: {{zoho: "7"}}
    notes: |
      周一不在
      只接电话
  - name: 李四
    title: 采购
interactions:
  - {{date: 2025-01-02, by: lilei, channel: phone, summary: 询价, outcome: positive}}
  - date: 2025-02-02
    by: hanmei
    channel: phone
    summary: 二次询价
  - date: 2025-02-02
    by: hanmei
    channel: email
    summary: 发目录
  - {{date: 2025-03-01, by: lilei, channel: visit, summary: 看样}}
  - date: 2025-05-05
    by: hanmei
    channel: visit
    summary: 签约
cooperation:
  since: 2025-04-01
  products: [传感器]
relations:
  - {{id: {THIRD}, kind: partner, note: 一起投标}}
external_ids: {{zoho: [zcrm_101, zcrm_207], hubspot: "55"}}
merged_from: [{NEW}, C20230101ZZZZ]
not_duplicate_of: [{THIRD}]
notes: |
  付款及时
  发票寄前台
custom:
  旧系统等级: 甲
# SLDZ ({NEW})
# 换了工位
"""
ENGLISH = f"""the two records differ in 3 fields:
                 A 示例电子（上海） ({NEW})  B 上海示例电子有限公司 ({OLD})
  owner          韩梅                                李雷
  industry       C40 仪器仪表制造业                  C39 计算机、通信和其他电子设…
  contacts.name  张三丰                              张三
  = --prefer A, or --prefer B, or --set owner=韩梅
Nothing was written.
"""
CHINESE = f"""两条记录有 3 个字段不同：
               A 示例电子（上海）（{NEW}）  B 上海示例电子有限公司（{OLD}）
  负责人       韩梅                                 李雷
  所属行业     C40 仪器仪表制造业                   C39 计算机、通信和其他电子设…
  联系人.姓名  张三丰                               张三
  = --prefer A，或 --prefer B，或 --set 负责人=韩梅
未写入任何内容。
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new_store(tmp_path / "store")
    monkeypatch.chdir(folder)
    for id_, text in ((OLD, A), (NEW, B), (THIRD, C)):
        (folder / PATHS[id_]).write_text(text, "utf-8")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "records")


def texts(folder: Path) -> dict[str, str]:
    return {file.stem: file.read_text("utf-8") for file in sorted((folder / "records").glob("*.yaml"))}


def data(folder: Path, id_: str = OLD) -> Any:
    return parse_text((folder / PATHS[id_]).read_text("utf-8"), "a.yaml").data


def test_nothing_of_either_is_lost_and_references_follow(store: Path) -> None:
    code, output = run("merge", OLD, NEW, "--prefer", "A")
    followed = C.replace(f"  - {{id: {NEW}, kind: partner}}\n  - {{id: {OLD}, kind: partner}}\n",
                         f"  - {{id: {OLD}, kind: partner}}\n").replace(f"[{OLD}, {NEW}]", f"[{OLD}]")  # fmt: skip
    assert (code, texts(store)) == (0, {OLD: UNITED, THIRD: followed})
    commit_id = git(store, "rev-parse", "HEAD").strip()
    assert output.splitlines() == [
        f"Merged 示例电子（上海） ({NEW}) into 上海示例电子有限公司 ({OLD}): records/{OLD}.yaml",
        "  aliases added",
        "  status lead → active",
        "  cooperation added",
        "  external_ids zoho changed",
        "  external_ids hubspot added",
        "  merged_from added",
        "  not_duplicate_of added",
        "  notes changed",
        "  custom added",
        "  contact phones added",
        "  contact notes changed",
        "  interaction outcome positive",
        "  +1 phone",
        "  +1 tag",
        "  -1 relation",
        "  +1 contact",
        "  +3 interactions (phone, email, visit)",
        "  owner: 李雷 stays; 韩梅 is only in git's history",
        "  industry: C39 计算机、通信和其他电子设… stays; C40 仪器仪表制造业 is only in git's history",
        "  contacts.name: 张三 stays; 张三丰 is only in git's history",
        "  1 reference between the two removed",
        "  the primary contact stays; 1 contact of the other record is no longer one",
        "  1 comment of the other record is now at the end",
        "  1 reference updated",
        f"Committed {commit_id[:8]}: merge SLDZ into 示例电子",
        f"to undo: crmtext undo, or git revert {commit_id[:8]}",
    ]
    message = git(store, "log", "-1", "--format=%B")
    assert message.startswith("merge SLDZ into 示例电子\n\n- aliases added\n- status lead → active\n")
    assert message.rstrip().endswith(
        "- not taken over: owner, industry, contacts.name\n\n"
        f"Crm-Customer: {OLD}\nCrm-Customer: {NEW}\nCrm-Customer: {THIRD}\nCrm-Action: merge"
    )
    assert "韩梅" not in message
    assert (git(store, "status", "--short"), run("check")[0]) == ("", 0)


def test_undo_brings_both_back(store: Path) -> None:
    before = texts(store)
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    assert run("undo")[0] == 0
    assert (texts(store), git(store, "status", "--short")) == (before, "")


@pytest.mark.parametrize("index", [False, True], ids=["read", "index"])
def test_the_former_ids_lead_to_the_customer_everywhere(
    store: Path, monkeypatch: pytest.MonkeyPatch, index: bool
) -> None:
    if index:
        monkeypatch.setattr("crmtext.index.lookup.WORTHWHILE", 0)
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    for former in (NEW, NEW.lower(), NEW[-4:], "C20230101ZZZZ"):
        assert run("show", former)[1].startswith("上海示例电子有限公司"), former
        assert run("history", former)[1].startswith(f"示例电子 ({OLD})"), former
    for test, ids in (
        (f"id == '{NEW}'", [OLD]),
        (f"id in ['{NEW}', '{THIRD}']", [OLD, THIRD]),
        (f"id != '{NEW}'", [THIRD]),
        (f"id == '{OLD}'", [OLD]),
    ):
        assert run("list", "--where", test, "--format", "ids")[1].split() == ids, test
    assert run("set", NEW, "priority=key")[0] == 0
    assert run("log", NEW, "phone", "回访")[0] == 0
    assert run("append", "C20230101ZZZZ", "tags", "回头客")[0] == 0
    assert run("archive", NEW)[0] == 0
    kept = parse_text((store / f"records/archive/{OLD}.yaml").read_text("utf-8"), "a.yaml").data
    assert (kept["priority"], kept["tags"][-1], kept["interactions"][-1]["summary"]) == ("key", "回头客", "回访")


def test_the_history_has_the_past_of_both(store: Path) -> None:
    assert run("log", NEW, "phone", "报价", "--commit")[0] == 0
    assert run("set", OLD, "priority=key", "--commit")[0] == 0
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    assert run("log", NEW, "phone", "回访", "--commit")[0] == 0
    short = git(store, "log", "--format=%h", "--abbrev=8").split()
    code, output = run("history", NEW)
    lines = [line for line in output.splitlines() if not line.startswith("  ") and line]
    assert (code, lines[0], lines[2]) == (
        0,
        f"示例电子 ({OLD})",
        f"merged from: SLDZ ({NEW})",
    )
    assert [line.partition(" · ")[2] for line in lines[3:]] == [
        f"示例电子: +1 interaction (phone) ({short[0]}) · {OLD}",
        f"merge SLDZ into 示例电子 ({short[1]}) · {OLD}",
        f"示例电子: priority key ({short[2]}) · {OLD}",
        f"SLDZ: +1 interaction (phone) ({short[3]}) · {NEW}",
        f"records ({short[4]}) · {OLD}",
        f"records ({short[4]}) · {NEW}",
    ]
    document = json.loads(run("history", OLD, "--field", "interactions", "--format", "json")[1])
    assert (document["merged_from"], [event["record"] for event in document["events"]]) == (
        [NEW],
        [OLD, OLD, NEW, OLD, NEW],
    )
    assert f"merged from: SLDZ ({NEW})" in run("history", NEW, "--format", "markdown")[1].replace("\\", "")


def test_an_import_finds_the_customer_by_either_external_id_and_the_former_id(store: Path) -> None:
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    (store.parent / "a.csv").write_text(
        f"客户编号,客户名称,网址\n{NEW},示例电子（上海）,https://shili.example\n", "utf-8"
    )
    assert run("import", "../a.csv", "--on-conflict", "ours")[0] == 0
    assert data(store)["website"] == "https://shili.example"
    assert {*texts(store)} == {OLD, THIRD}


def test_differences_without_a_decision_are_listed_and_nothing_is_written(store: Path) -> None:
    before, head = texts(store), git(store, "rev-parse", "HEAD")
    assert run("merge", NEW, "上海示例电子有限公司") == (1, ENGLISH)
    assert run("merge", NEW, OLD, language="zh") == (1, CHINESE)
    assert (texts(store), git(store, "rev-parse", "HEAD"), git(store, "status", "--short")) == (before, head, "")
    code, output = run("merge", NEW, OLD, "--format", "json")
    document = json.loads(output)
    assert (code, [(one["field"], one["A"], one["B"]) for one in document["differ"]]) == (
        1,
        [("/owner", "hanmei", "lilei"), ("/industry", "C40", "C39"), ("/contacts/0/name", "张三丰", "张三")],
    )


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("--prefer", "A"), ("lilei", "C39", "张三")),
        (("--prefer", "b"), ("hanmei", "C40", "张三丰")),
        (("--prefer", "B", "--set", "负责人=李雷"), ("lilei", "C40", "张三丰")),
        (
            ("--set", "owner=韩梅", "--set", "所属行业=C41", "--set", "contacts[张三].name=张山"),
            ("hanmei", "C41", "张山"),
        ),
    ],
)
def test_options_decide(store: Path, words: tuple[str, ...], values: tuple[str, ...]) -> None:
    assert run("merge", OLD, NEW, *words)[0] == 0
    kept = data(store)
    assert (kept["owner"], kept["industry"], kept["contacts"][0]["name"]) == values


def test_a_new_name_leaves_both_former_names_as_aliases(store: Path) -> None:
    assert run("merge", OLD, NEW, "--prefer", "A", "--set", "name=示例电子集团有限公司")[0] == 0
    kept = data(store)
    assert kept["name"] == "示例电子集团有限公司"
    assert kept["aliases"] == ["上海示例电子有限公司", "示例电子（上海）", "SLDZ", "示例厂"]


def test_keep_says_whose_id_stays(store: Path) -> None:
    assert run("merge", OLD, NEW, "--keep", "B", "--prefer", "B")[0] == 0
    kept = data(store, NEW)
    assert {*texts(store)} == {NEW, THIRD}
    assert (kept["id"], kept["name"], kept["merged_from"]) == (NEW, "示例电子（上海）", ["C20230101ZZZZ", OLD])
    assert kept["aliases"] == ["示例厂", "示例电子", "上海示例电子有限公司"]
    assert "relations" in kept


@pytest.mark.parametrize(
    ("ours", "theirs", "words", "status"),
    [
        ("lead", "prospect", (), "prospect"),
        ("prospect", "lead", (), "prospect"),
        ("lead", "lost", (), ""),
        ("lead", "lost", ("--prefer", "B"), "lost"),
        ("paused", "prospect", (), ""),
        ("paused", "prospect", ("--set", "status=prospect"), "prospect"),
        ("lead", "prospect", ("--prefer", "A"), "prospect"),
        ("lead", "prospect", ("--set", "status=lead"), "lead"),
    ],
)
def test_the_further_status_stays_and_a_pause_or_loss_is_decided(
    store: Path, ours: str, theirs: str, words: tuple[str, ...], status: str
) -> None:
    record = "id: {}\nname: {}\ntype: company\nstatus: {}\nowner: lilei\ncontacts: [{{name: 甲}}]\n"
    (store / PATHS[OLD]).write_text(record.format(OLD, "天河样例厂", ours), "utf-8")
    (store / PATHS[NEW]).write_text(record.format(NEW, "天河样例工厂", theirs), "utf-8")
    commit(store)
    code, output = run("merge", OLD, NEW, *words)
    if status:
        assert (code, data(store)["status"]) == (0, status)
    else:
        assert (code, "status " in output) == (1, True)


def test_what_a_status_cannot_have_is_kept_elsewhere(store: Path) -> None:
    score = "cooperation: {since: 2024-06-01, satisfaction: {score: 2, date: 2025-01-01, by: lilei, comment: 太慢}}\n"
    (store / PATHS[OLD]).write_text(A.replace("status: lead", "status: active") + score, "utf-8")
    pause = "cooperation: {since: 2025-04-01, paused_reason: 搬厂, products: [传感器]}"
    text = B.replace("status: active", "status: paused")
    text = text.replace("cooperation: {since: 2025-04-01, products: [传感器]}", pause)
    (store / PATHS[NEW]).write_text(text, "utf-8")
    commit(store)
    assert run("merge", OLD, NEW, "--prefer", "B")[0] == 0
    kept = data(store)
    assert kept["feedback"] == [{"date": "2025-01-01", "kind": "survey", "score": 2, "text": "太慢", "by": "lilei"}]
    assert kept["cooperation"] == {"since": "2025-04-01", "products": ["传感器"], "paused_reason": "搬厂"}
    assert run("undo")[0] == 0
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    kept = data(store)
    assert kept["cooperation"]["satisfaction"]["score"] == 2
    assert ["搬厂" in one["summary"] for one in kept["interactions"]].count(True) == 1


def test_values_that_belong_together_stay_together(store: Path) -> None:
    rating = "credit: {limit: 50000, currency: CNY}\n"
    (store / PATHS[OLD]).write_text(A + rating, "utf-8")
    (store / PATHS[NEW]).write_text(B + "credit: {limit: 7000, currency: USD, terms_days: 30}\n", "utf-8")
    commit(store)
    assert "  credit " in run("merge", OLD, NEW)[1]
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    assert data(store)["credit"] == {"limit": 50000, "currency": "CNY"}


@pytest.mark.parametrize(("ours", "theirs"), [("true", "false"), ("false", "true")])
def test_what_a_person_refused_stays_refused(store: Path, ours: str, theirs: str) -> None:
    def given(consent: str, more: str, channel: str) -> str:
        return f"""contacts: [{{name: 张三, consent: {consent}}}]
consents: [{{date: 2024-01-02, basis: consent{more}}}]
preferences: {{do_not_contact: [{channel}]}}
"""

    for id_, text in ((OLD, given(ours, "", "phone")), (NEW, given(theirs, ", withdrawn: 2025-01-02", "email"))):
        head = f"id: {id_}\nname: 示例\ntype: company\nstatus: lead\nowner: lilei\n"
        (store / PATHS[id_]).write_text(head + text, "utf-8")
    commit(store)
    assert run("merge", OLD, NEW)[0] == 0
    kept = data(store)
    assert kept["contacts"] == [{"name": "张三", "consent": False}]
    assert kept["consents"] == [{"date": "2024-01-02", "basis": "consent", "withdrawn": "2025-01-02"}]
    assert kept["preferences"]["do_not_contact"] == ["phone", "email"]


def test_a_dry_run_shows_the_diff_and_writes_nothing(store: Path) -> None:
    before, head = texts(store), git(store, "rev-parse", "HEAD")
    code, output = run("merge", OLD, NEW, "--prefer", "A", "--dry-run")
    assert (code, f"+merged_from: [{NEW}, C20230101ZZZZ]" in output, "-name: 示例电子（上海）" in output) == (
        0,
        True,
        True,
    )
    assert (texts(store), git(store, "rev-parse", "HEAD"), git(store, "status", "--short")) == (before, head, "")


def test_no_commit_changes_the_files_only(store: Path) -> None:
    head = git(store, "rev-parse", "HEAD")
    assert run("merge", OLD, NEW, "--prefer", "A", "--no-commit")[0] == 0
    assert (git(store, "rev-parse", "HEAD"), {*texts(store)}) == (head, {OLD, THIRD})
    assert run("undo")[0] == 0
    assert (texts(store)[NEW], git(store, "status", "--short")) == (B, "")


def test_the_hook_gives_the_commit_of_the_changed_files_the_message_of_the_merge(store: Path) -> None:
    assert run("merge", OLD, NEW, "--prefer", "A", "--no-commit")[0] == 0
    git(store, "add", "-A")
    file = store.parent / "message"
    file.write_text("two were one\n", "utf-8")
    assert run("hook", "prepare-commit-msg", str(file), "message")[0] == 0
    assert file.read_text("utf-8") == (
        f"two were one\n\nCrm-Customer: {OLD}\nCrm-Customer: {NEW}\nCrm-Customer: {THIRD}\nCrm-Action: merge\n"
    )


def test_uncommitted_changes_of_the_one_that_stays_are_left_out_of_the_commit(store: Path) -> None:
    file = store / PATHS[OLD]
    file.write_text(A.replace("type: company", "type: company\npriority: key"), "utf-8")
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    assert file.read_text("utf-8") == UNITED.replace("type: company", "type: company\npriority: key")
    assert git(store, "show", f"HEAD:records/{OLD}.yaml") == UNITED


def test_comments_come_along_beside_uncommitted_changes_too(store: Path) -> None:
    file = store / PATHS[OLD]
    file.write_text(A.replace("notes: 付款及时", "notes: 付款很及时").rstrip("\n"), "utf-8")
    assert run("merge", OLD, NEW, "--prefer", "A", "--set", "notes=…")[0] == 3
    file.write_text(A.replace("tags: [VIP]", "tags: [VIP]  # 大客户"), "utf-8")
    assert run("merge", OLD, NEW, "--prefer", "A")[0] == 0
    for text, own in ((git(store, "show", f"HEAD:{PATHS[OLD]}"), False), (file.read_text("utf-8"), True)):
        assert text.endswith(f"# SLDZ ({NEW})\n# 换了工位\n")
        assert ("# 大客户" in text) is own


def test_comments_for_programs_stay_behind(store: Path) -> None:
    (store / PATHS[NEW]).write_text("# yaml-language-server: $schema=x.json\n" + B, "utf-8")
    commit(store)
    code, output = run("merge", OLD, NEW, "--prefer", "A")
    assert (code, "  1 comment for programs is only in git's history" in output.splitlines()) == (0, True)
    assert "yaml-language-server" not in (store / PATHS[OLD]).read_text("utf-8")


def test_without_git_nothing_is_replaced(store: Path) -> None:
    (store / ".git").rename(store.parent / "apart")
    code, output = run("merge", OLD, NEW, "--prefer", "A", "--no-commit")
    assert (code, "[not-committed]" in output, {*texts(store)}) == (2, True, {OLD, NEW, THIRD})
    (store / PATHS[NEW]).write_text(f"id: {NEW}\nname: 乙\ntype: company\nstatus: lead\nowner: lilei\n", "utf-8")
    assert run("merge", OLD, NEW, "--no-commit")[0] == 0
    assert (data(store)["aliases"], data(store)["merged_from"]) == (["乙"], [NEW])


def test_the_document_names_what_was_not_taken_over(store: Path) -> None:
    code, output = run("merge", OLD, NEW, "--prefer", "A", "--format", "json")
    document = json.loads(output)
    assert (code, document["kept"], document["merged"], document["not_taken_over"]) == (
        0,
        OLD,
        NEW,
        ["owner", "industry", "contacts.name"],
    )
    assert document["commit"] == git(store, "rev-parse", "HEAD").strip()


def test_uncommitted_changes_of_the_one_that_goes_are_rejected(store: Path) -> None:
    (store / PATHS[NEW]).write_text(B + "priority: low\n", "utf-8")
    code, output = run("merge", OLD, NEW, "--prefer", "A")
    assert (code, "[not-committed]" in output, {*texts(store)}) == (2, True, {OLD, NEW, THIRD})


@pytest.mark.parametrize(
    ("words", "code", "rule"),
    [
        ((OLD, "示例电子有限公司"), 2, "merge-itself"),
        ((OLD, "没有这家"), 2, "no-customer"),
        ((OLD, "示例"), 2, "several-customers"),
        ((OLD, NEW, "--set", "owner"), 2, "no-assignment"),
        ((OLD, NEW, "--set", "没有的字段=1"), 2, "unknown-key"),
    ],
)
def test_wrong_input(store: Path, words: tuple[str, ...], code: int, rule: str) -> None:
    before = texts(store)
    (result, output) = run("merge", *words)
    assert (result, re.findall(r"\[([a-z-]+)\]", output), texts(store)) == (code, [rule], before)


def test_a_record_with_errors_is_rejected(store: Path) -> None:
    (store / PATHS[NEW]).write_text(B.replace("status: active", "status: 很好"), "utf-8")
    commit(store)
    code, output = run("merge", OLD, NEW)
    assert (code, "[merge-invalid]" in output, f"crmtext edit {NEW}" in output) == (1, True, True)


def test_records_marked_as_different_are_merged_with_a_warning(store: Path) -> None:
    (store / PATHS[OLD]).write_text(A + f"not_duplicate_of: [{NEW}]\n", "utf-8")
    commit(store)
    code, output = run("merge", OLD, NEW, "--prefer", "A")
    assert (code, "[merge-marked]" in output) == (0, True)
    assert data(store)["not_duplicate_of"] == [THIRD]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_terminal_asks_one_question_for_each_difference(store: Path) -> None:
    terminal = Terminal(store, ("--lang", "en", "merge", OLD, NEW)).start()
    output = ""
    for answer in ("2", "1", "1"):
        output += terminal.until("Number (Enter: stop):")
        terminal.type(f"{answer}\n")
    assert terminal.end() == 0
    output += terminal.said
    assert [line.strip() for line in output.splitlines() if line.startswith(("[1/3]", "  1  ", "  2  "))][:3] == [
        "[1/3] owner",
        "1  A  李雷",
        "2  B  韩梅",
    ]
    assert (data(store)["owner"], data(store)["industry"]) == ("hanmei", "C39")
    assert f"A  上海示例电子有限公司 ({OLD})" in output


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_stopped_conversation_names_the_command_that_goes_on(store: Path) -> None:
    before = texts(store)
    terminal = Terminal(store, ("--lang", "zh", "merge", OLD, NEW, "--keep", "B")).start()
    output = ""
    for answer in ("2", "1", ""):
        output += terminal.until("编号（回车停止）:")
        terminal.type(f"{answer}\n")
    assert terminal.end() == 1
    output += terminal.said
    line = next(line.strip() for line in output.splitlines() if "带着已有的答案继续" in line)
    command = line.partition("：")[2]
    assert command == f"crmtext merge {OLD} {NEW} --keep B --set 负责人=韩梅 --set 所属行业=C39"
    assert texts(store) == before
    code, output = run(*command.split()[1:])
    assert (code, output.splitlines()[0]) == (1, "the two records differ in 1 field:")


def test_a_customer_that_stays_in_the_archive_is_named(store: Path) -> None:
    assert run("archive", OLD, "--commit")[0] == 0
    code, output = run("merge", OLD, NEW, "--prefer", "A")
    hint = f"  the customer is in the archive; to bring it back: crmtext archive {OLD} --back"
    assert (code, hint in output.splitlines()) == (0, True)
    assert run("archive", NEW, "--back")[0] == 0


def test_an_id_without_a_date_is_as_old_as_its_first_commit(store: Path) -> None:
    dated, undated = "C20261101A9XF", "C00000000K8QM"
    for id_, when in ((undated, "2026-10-01T09:00:00+08:00"), (dated, "2026-11-01T09:00:00+08:00")):
        text = (
            f"id: {id_}\nname: 无锡仪表\ntype: company\nstatus: lead\nowner: lilei\nphones: [0510-5555000{when[6]}]\n"
        )
        (store / f"records/{id_}.yaml").write_text(text, "utf-8")
        git(store, "add", "-A")
        git(store, "commit", "-q", "-m", "one", "--date", when)
    assert run("merge", dated, undated)[0] == 0
    assert (store / f"records/{dated}.yaml").exists() is False
    assert parse_text((store / f"records/{undated}.yaml").read_text("utf-8"), "a.yaml").data["merged_from"] == [dated]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_an_answer_never_replaces_a_value_that_was_not_shown(store: Path) -> None:
    terminal = Terminal(store, ("--lang", "en", "merge", OLD, NEW)).start()
    for answer in ("2", "1"):
        terminal.until("Number (Enter: stop):")
        terminal.type(f"{answer}\n")
    terminal.until("Number (Enter: stop):")
    # A colleague's change arrives while the questions are open: other values, in another order.
    (store / PATHS[OLD]).write_text(A.replace("owner: lilei", "owner: hanmei").replace("C39", "C41"), "utf-8")
    commit(store)
    terminal.type("1\n")
    output = ""
    for answer in ("2", "1"):
        output += terminal.until("Number (Enter: stop):")
        terminal.type(f"{answer}\n")
    assert terminal.end() == 0
    assert "a record has changed in the meantime, so the questions are asked again:" in output
    lines = [line.strip() for line in output.splitlines() if line.startswith(("[", "  1  ", "  2  "))]
    assert lines[-6:-3] == ["[1/2] industry", "1  A  C41 其他制造业", "2  B  C40 仪器仪表制造业"]
    assert (data(store)["owner"], data(store)["industry"], data(store)["contacts"][0]["name"]) == (
        "hanmei",
        "C40",
        "张三",
    )


def test_a_question_about_one_of_several_people_names_the_person(store: Path) -> None:
    for id_, title in ((OLD, "经理"), (NEW, "总监")):
        people = f"contacts: [{{name: 王五}}, {{name: 张三, title: {title}}}]"
        text = f"id: {id_}\nname: 示例电子\ntype: company\nstatus: lead\nowner: lilei\n{people}\n"
        (store / PATHS[id_]).write_text(text, "utf-8")
    (store / PATHS[THIRD]).unlink()
    commit(store)
    code, output = run("merge", OLD, NEW)
    assert (code, output.splitlines()[2:]) == (
        1,
        [
            "  contacts[1].title (张三)  经理                        总监",
            "  = --prefer A, or --prefer B, or --set contacts[1].title=总监",
            "Nothing was written.",
        ],
    )
