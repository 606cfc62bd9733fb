"""`classify` as people use it: what differs, why, a preview, and one commit that a second run leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

RULES = """
[[classification.rules]]
name = "大客户"
where = "monetary.CNY >= 200000 or open_value.CNY >= 500000"
set = { value = "high", priority = "key" }

[[classification.rules]]
name = "冷链"
where = "'冷链' in needs.description and not (status in ['lost', 'paused'])"
tags = ["cold-chain"]

[[classification.rules]]
name = "rest"
set = { value = "low" }
"""
BIG = """\
opportunities:
  - {title: 一期, stage: proposal, amount: 600000}
needs:
  - {kind: purchase, description: 冷链监测, status: open}
classification: {value: medium}  # 谈价中
"""
FIXED = "transactions: [{date: 2026-05-01, amount: 212000}]\nclassification: {value: low, fixed: true}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = (
        stores.record("001", "上海示例电子", BIG, tags="[SMT]"), stores.record("002", "华东", FIXED, owner="hanmei"),
        stores.record("003", "山东鲁味食品", "classification: {value: low}\n"),
    )  # fmt: skip
    made = stores.made(tmp_path / "store", *records, team=stores.TEAM + RULES)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "store"]):
        stores.git(made, *command)
    return made


@pytest.fixture
def program(folder: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, folder)


def test_differences_stand_under_their_rule(program: stores.Program) -> None:
    assert program("classify") == stores.Said(
        0,
        "大客户 (1)\n  上海示例电子  C20240501001  李雷  value medium → high · priority – → key\n\n"
        "冷链 (1)\n  上海示例电子  C20240501001  李雷  + cold-chain\n",
        "1 customer differs, 2 unchanged\nto write: crmtext classify --write\n",
    )
    assert program("--lang", "zh", "classify", "示例").out == (
        "大客户（1）\n  上海示例电子  C20240501001  李雷  客户价值 中等价值 → 高价值 · 优先级 – → 重点\n\n"
        "冷链（1）\n  上海示例电子  C20240501001  李雷  + cold-chain\n"
    )
    assert program("classify", "--owner", "韩梅") == stores.Said(0, "", "1 customer, no differences\n")
    assert program("classify", "--where", "value == 'low'", "--check") == stores.Said(
        0, "", "2 customers, no differences\n"
    )
    assert program("classify", "示例", "华东", "--check").code == 1


EXPLAINED = """\
上海示例电子 (C20240501001) · value medium · priority – · segment –
  value high, priority key · 大客户: open_value.CNY 600,000 >= 500,000
  + cold-chain · 冷链: '冷链' in needs.description 冷链监测 and not status lead in ['lost', 'paused']
  value low (set by 大客户) · rest: applies to every customer

华东 (C20240501002) · value low · priority – · segment –
  fixed: rules leave value, priority and segment alone
  value high (fixed), priority key (fixed) · 大客户: monetary.CNY 212,000 >= 200,000
  no match · 冷链: × '冷链' in needs.description – and not status lead in ['lost', 'paused']
  value low (fixed) · rest: applies to every customer
"""
EXPLAINED_IN_CHINESE = """\
山东鲁味食品（C20240501003） · 客户价值 低价值 · 优先级 – · 细分 –
  不符合 · 大客户：× monetary.CNY – >= 200,000 or × open_value.CNY – >= 500,000
  不符合 · 冷链：× '冷链' in needs.description – and not status 潜在客户 in [流失客户, 暂停合作]
  客户价值 低价值 · rest：适用于所有客户
"""


def test_a_long_list_names_the_command_for_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = (stores.record(f"{n:03}", f"客户{n:03}") for n in range(1, 23))
    program = stores.Program(capsys, stores.made(tmp_path / "many", *records, team=stores.TEAM + RULES))
    lines = program("classify", "--owner", "lilei").out.splitlines()
    assert (lines[0], len(lines)) == ("rest (22)", 22)
    assert lines[-1] == "  2 more: crmtext classify --owner lilei --format json"
    assert len(program("classify", "--owner", "lilei", "--format", "json").data["customers"]) == 22


def test_each_rule_is_explained_with_the_values_that_it_read(program: stores.Program) -> None:
    assert program("classify", "--explain", "示例", "--explain", "华东") == stores.Said(0, EXPLAINED, "")
    assert program("--lang", "zh", "classify", "--explain", "鲁味") == stores.Said(0, EXPLAINED_IN_CHINESE, "")
    (customer,) = program("classify", "--explain", "华东", "--format", "json").data["customers"]
    assert customer.pop("rules")[0] == {
        "name": "大客户",
        "matches": True,
        "set": {"value": "high", "priority": "key"},
        "tags": [],
        "decides": ["value", "priority"],
        "comparisons": [
            {
                "text": "monetary.CNY 212,000 >= 200,000",
                "holds": True,
                "values": [{"name": "monetary.CNY", "value": 212000}],
            },
            {
                "text": "open_value.CNY – >= 500,000",
                "holds": False,
                "values": [{"name": "open_value.CNY", "value": None}],
            },
        ],
    }
    assert customer == {"id": "C20240501002", "name": "华东", "owner": "hanmei", "fixed": True}


def test_rules_are_written_in_one_commit_that_a_second_run_leaves_alone(folder: Path, program: stores.Program) -> None:
    dry = program("classify", "--write", "--dry-run")
    assert [line for line in dry.out.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")] == [
        "-tags: [SMT]", "+priority: key", "+tags: [SMT, cold-chain]",
        "-classification: {value: medium}  # 谈价中", "+classification: {value: high}  # 谈价中",
    ]  # fmt: skip
    done = program("classify", "--write")
    assert (done.code, done.out, done.err.splitlines()[0]) == (0, "", "1 customer changed; 2 unchanged")
    assert stores.git(folder, "log", "-1", "--format=%s%n%(trailers)").splitlines() == [
        "上海示例电子: priority key; classification value medium → high; +1 tag",
        "Crm-Customer: C20240501001", "Crm-Action: classify", "Crm-Rule: 大客户", "Crm-Rule: 冷链", "",
    ]  # fmt: skip
    head = stores.git(folder, "rev-parse", "HEAD")
    assert program("classify", "--check").code == 0
    assert program("classify", "--write") == stores.Said(0, "", "0 customers changed; 3 unchanged\n")
    assert stores.git(folder, "rev-parse", "HEAD") == head
    assert program("undo").code == 0
    assert program("classify", "--check").code == 1


def test_a_message_of_ones_own_keeps_the_trailers(folder: Path, program: stores.Program) -> None:
    assert program("classify", "--write", "-m", "quarterly").code == 0
    assert stores.git(folder, "log", "-1", "--format=%B").strip() == (
        "quarterly\n\nCrm-Customer: C20240501001\nCrm-Action: classify\nCrm-Rule: 大客户\nCrm-Rule: 冷链"
    )


def test_without_a_commit_only_the_files_change(folder: Path, program: stores.Program) -> None:
    assert program("classify", "--write", "--no-commit").code == 0
    assert stores.git(folder, "status", "--porcelain") == f" M {stores.path('001')}\n"
    assert program("classify", "--check").code == 0


def test_a_fixed_customer_can_still_be_set_by_hand(program: stores.Program) -> None:
    assert program("set", "华东", "客户价值=高", "--commit").code == 0
    assert program("classify", "--check", "华东").code == 0


PREVIEW = """\
[[classification.rules]]
name = "small"
where = "open_value.CNY < 700000"
set.value = "low"
"""


def test_rules_of_a_file_are_previewed_with_the_customers_by_value(
    tmp_path: Path, folder: Path, program: stores.Program
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(PREVIEW, "utf-8")
    assert program("classify", "--preview", str(file)) == stores.Said(
        0,
        "small (1)\n  上海示例电子  C20240501001  李雷  value medium → low\n\n"
        "value, before ↓ after →  low\nmedium                     1\nlow                        2\n",
        "1 customer differs, 2 unchanged\n",
    )
    data = program("classify", "--preview", str(file), "--format", "json").data
    assert data["values"] == [
        {"before": "medium", "after": "low", "customers": 1},
        {"before": "low", "after": "low", "customers": 2},
    ]
    file.write_text(PREVIEW.replace("open_value.CNY", "value"), "utf-8")
    wrong = program("classify", "--preview", str(file))
    assert (wrong.code, wrong.out) == (3, "")
    assert wrong.err.startswith(f"{file}:3:18: error: the classification rule 'small' is invalid: ")
    assert stores.git(folder, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--write", "--check"], "--check and --write can't be combined"),
        (["--write", "--at", "HEAD"], "--at and --write can't be combined"),
        (["--write", "--explain", "华东"], "--explain and --write can't be combined"),
        (["--dry-run"], "--dry-run needs --write"),
        (["-m", "x"], "-m needs --write"),
    ],
)
def test_options_that_do_not_go_together_are_rejected(program: stores.Program, given: list[str], message: str) -> None:
    done = program("classify", *given)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_without_rules_nothing_is_compared(folder: Path, program: stores.Program) -> None:
    (folder / "crmtext.toml").write_text(stores.TEAM, "utf-8")
    assert program("classify", "--check") == stores.Said(0, "no classification rules\n", "")
    assert program("classify", "--write") == stores.Said(0, "", "no classification rules\n")
    assert program("classify", "--format", "json").data["unchanged"] == 3


def test_an_earlier_state_is_compared_with_its_own_rules(folder: Path, program: stores.Program) -> None:
    program("classify", "--write")
    assert program("classify", "--at", "HEAD~1", "--check").code == 1
    # The purchase is older than a year then.
    text = (folder / stores.path("002")).read_text("utf-8").replace(", fixed: true", "")
    (folder / stores.path("002")).write_text(text, "utf-8")
    assert "value low → high" in program("classify", "--as-of", "2026-12-01").out
    assert program("classify", "--as-of", "2027-12-01", "--check").code == 0
