"""`crmtext retention`: by rule, who is past their date, and what an erasure would remove and what must stay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from stores import Program

if TYPE_CHECKING:
    from repos import Repo

SETTINGS = """\
[store]
timezone = "Asia/Shanghai"
commit = "never"

[team.lilei]
name = "李雷"

[retention]
lost = "36m after churn.date"
prospect = "24m after last_contact"
active = "never"
hold = ["C20220105CCC"]
"""
LOST = "type: company\nstatus: lost\nowner: lilei\nchurn: {date: 2023-01-31, reason: 价格}\n"
LEAD = "type: company\nstatus: lead\nowner: lilei\n"
RECORDS = {
    "C20220101AAA": f"name: 甲公司\n{LOST}contacts: [{{name: 张三}}, {{name: 李四}}]\ntags: [vip]\n",
    "C20220102BBB": f"""\
name: 乙公司
{LOST}contacts: [{{name: 王五}}]
billing: {{title: 乙公司}}
transactions:
  - {{date: 2015-03-01, amount: 5, order_no: "1"}}
  - {{date: 2020-05-31, amount: 7, order_no: "2"}}
cooperation:
  since: 2015
  contracts: [{{number: A1, to: 2021-02-28}}]
""",
    "C20220105CCC": f"name: 丙公司\n{LOST}",
    "C20220106DDD": "name: 丁公司\ntype: company\nstatus: prospect\nowner: lilei\n",
    "C20220107EEE": """\
name: 戊公司
type: company
status: prospect
owner: lilei
interactions: [{date: 2025-01-31, by: lilei, channel: phone, summary: a}]
""",
    "C20220108FFF": f"name: 己公司\n{LEAD}retention: {{until: 2025-12-31, rule: 活动}}\n",
    "C20220109GGG": f"name: 庚公司\n{LEAD}",
}


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv("CRMTEXT_TODAY", "2026-11-30")
    files = {f"records/{id_}.yaml": f"id: {id_}\n{text}" for id_, text in RECORDS.items()}
    repo.commit({"crmtext.toml": SETTINGS, **files})
    return Program(capsys, repo.path)


def test_the_overview_counts_by_rule_and_names_what_must_be_kept(program: Program) -> None:
    result = program("retention")
    assert (
        result.out
        == """\
Rule                              Customers  Ended  Next dates  No date
Prospect: 24m after last_contact          2         2027-01-31        1
Active: never                             0
Lost: 36m after churn.date                2      2
own date in the record                    1      1
legal hold                                1
no rule for the status                    1
"""
    )
    assert (
        result.err
        == """\
the retention periods of 3 customers have ended; see: crmtext retention --due
1 customer has no date for the rule Prospect: 24m after last_contact: 丁公司; see: crmtext list --where \
"status == 'prospect' and retention_until == none"
keep_transactions = "10y": 1 customer has transactions or contracts that must be kept, the last until 2031-02-28; \
see: crmtext list --where must_keep_until --columns id,name,must_keep_until
"""
    )
    assert result.code == 0


def test_the_named_commands_list_the_customers(program: Program) -> None:
    undated = program("list", "--where", "status == 'prospect' and retention_until == none", "--format", "ids")
    bound = program("list", "--where", "must_keep_until", "--columns", "id,name,must_keep_until", "--format", "ids")
    assert (undated.out, bound.out) == ("C20220106DDD\n", "C20220102BBB\n")


def test_due_lists_those_past_their_date(program: Program) -> None:
    result = program("retention", "--due")
    assert (
        result.out
        == """\
Customer id   Name    Owner  Kept until  Days overdue  Rule                        Must be kept until
C20220108FFF  己公司  李雷   2025-12-31           334  活动
C20220101AAA  甲公司  李雷   2026-01-31           303  Lost: 36m after churn.date
C20220102BBB  乙公司  李雷   2026-01-31           303  Lost: 36m after churn.date  2031-02-28
"""
    )
    assert result.err == "what would be removed and what must stay: crmtext retention --erase-plan\n"


def test_the_plan_says_what_goes_and_what_stays(program: Program) -> None:
    result = program("retention", "--erase-plan", "--format", "csv")
    assert result.out.removeprefix("\ufeff").splitlines() == [
        "id,name,until,remove,keep,must_keep_until",
        "C20220108FFF,己公司,2025-12-31,the whole record,,",
        'C20220101AAA,甲公司,2026-01-31,"the whole record (Contacts 2, Tags 1)",,',
        (
            'C20220102BBB,乙公司,2026-01-31,"Churn, Contacts 1, Transactions 1, Cooperation · Since",'
            '"Transactions 1, Cooperation · Contracts 1, Billing",2031-02-28'
        ),
    ]
    assert (
        result.err
        == """\
nothing is erased by itself; to remove a record: crmtext rm ID
where something must stay, keep id, name, type, owner, status with it, and remove the rest: crmtext edit ID
either way, git's history keeps what was removed
"""
    )


def test_json_has_every_customer_and_entry(program: Program) -> None:
    plans = json.loads(program("retention", "--erase-plan", "--format", "json").out)
    assert [one["id"] for one in plans["customers"]] == ["C20220108FFF", "C20220101AAA", "C20220102BBB"]
    assert plans["customers"][2] == {
        "id": "C20220102BBB",
        "name": "乙公司",
        "status": "lost",
        "owner": "lilei",
        "until": "2026-01-31",
        "why": "rule",
        "rule": "36m after churn.date",
        "must_keep_until": "2031-02-28",
        "reduced": True,
        "remove": [
            {"field": "churn", "entries": 0},
            {"field": "contacts", "entries": 1},
            {"field": "transactions", "entries": 1},
            {"field": "cooperation.since", "entries": 0},
        ],
        "keep": [
            {"field": "transactions[1]", "until": "2030-05-31"},
            {"field": "cooperation.contracts[0]", "until": "2031-02-28"},
            {"field": "billing", "until": "2031-02-28"},
        ],
    }
    done = json.loads(program("retention", "--format", "json").out)
    assert done["keep_transactions"] == {
        "period": "10y",
        "customers": [{"id": "C20220102BBB", "name": "乙公司", "until": "2031-02-28"}],
    }
    assert (done["today"], done["hold"], done["left_out"]) == ("2026-11-30", ["C20220105CCC"], 0)
    assert done["rules"][0] == {
        "why": "rule",
        "status": "prospect",
        "rule": "24m after last_contact",
        "customers": 2,
        "past": 0,
        "next": ["2027-01-31"],
        "no_date": [{"id": "C20220106DDD", "name": "丁公司"}],
    }


def test_another_day_gives_another_answer(program: Program) -> None:
    found = [
        program("retention", "--due", "--as-of", day, "--format", "json").out for day in ("2026-01-31", "2027-02-01")
    ]
    ids = [[one["id"] for one in json.loads(text)["customers"]] for text in found]
    assert ids == [["C20220108FFF"], ["C20220108FFF", "C20220101AAA", "C20220102BBB", "C20220107EEE"]]
    assert "crmtext retention --due --as-of 2026-01-31" in program("retention", "--as-of", "2026-01-31").err


def test_it_speaks_chinese(program: Program) -> None:
    result = program("--lang", "zh", "retention", "--erase-plan")
    assert result.out.splitlines()[-1] == (
        "C20220102BBB  乙公司    2026-01-31  流失、联系人 1、交易记录 1、合作 · 合作开始日期  "
        "交易记录 1、合作 · 合同 1、开票  2031-02-28"
    )
    assert "不会自动销毁任何资料；删除客户：crmtext rm 编号" in result.err


def test_without_rules_it_says_how_to_write_one(program: Program, repo: Repo) -> None:
    (repo.path / "crmtext.toml").write_text("", "utf-8")
    result = program("retention")
    assert 'no rules yet; add them below [retention] in crmtext.toml: lost = "36m after churn.date"' in result.err
    assert result.code == 0


def test_an_unknown_id_on_hold_stops_it(program: Program, repo: Repo) -> None:
    text = SETTINGS.replace("C20220105CCC", "C20220105CCD")
    (repo.path / "crmtext.toml").write_text(text, "utf-8")
    result = program("retention", "--due")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines()[0] == (
        "crmtext.toml:12:10: error: no customer has the id 'C20220105CCD', which is on hold [retention-rule]"
    )


def test_a_held_record_with_errors_is_no_unknown_id(program: Program, repo: Repo) -> None:
    (repo.path / "records/C20220105CCC.yaml").write_text("id: C20220105CCC\nname: [\n", "utf-8")
    result = program("retention", "--due")
    assert (result.code, "1 record with errors not listed" in result.err) == (0, True)


def test_one_list_at_a_time(program: Program) -> None:
    assert program("retention", "--due", "--erase-plan").code == 2
