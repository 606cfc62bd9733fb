"""`--for-channel` of list, due and export, with the whole program."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
import stores
from stores import Program

from crmtext.computed.reach import rule_against
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

SETTINGS = """\
store.commit = "never"
[team.lilei]
name = "李雷"
email = "lilei@example.com"

[privacy]
require_consent = ["email"]
"""
STEP = (
    "interactions:\n  - {date: 2026-11-01, by: lilei, channel: phone, summary: a, next: {action: b, due: 2026-11-20}}\n"
)
RECORDS = {
    "C20220101AAA": "name: 甲公司\ntype: company\nemails: [a@example.com]\ncontacts:\n"
    "  - {name: 张三, emails: [z@example.com]}\n  - {name: 李四, emails: [l@example.com]}\n"
    "consents: [{date: 2026-01-05, basis: consent, contact: 张三, channels: [email]}]\n" + STEP,
    "C20220102BBB": "name: 王芳\ntype: person\nemails: [w@example.com]\n" + STEP,
    "C20220103CCC": "name: 丙公司\ntype: company\nemails: [c@example.com]\npreferences: {do_not_contact: [email]}\n"
    + STEP,
    "C20220104DDD": "name: 丁公司\ntype: company\n",
}


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], repo: Repo) -> Program:
    files = {f"records/{id_}.yaml": f"id: {id_}\nstatus: lead\nowner: lilei\n{text}" for id_, text in RECORDS.items()}
    repo.commit({"crmtext.toml": SETTINGS, **files})
    return Program(capsys, repo.path)


LEFT_OUT = (
    "1 customer left out: not to be contacted by E-mail\n1 customer left out: no consent to marketing by E-mail\n"
)


def test_list_prints_the_addresses_that_may_be_used(program: Program) -> None:
    result = program("list", "--for-channel", "邮件")
    assert (
        result.out
        == """\
Customer id   Name    Contact  E-mail address
C20220101AAA  甲公司           a@example.com
C20220101AAA  甲公司  张三     z@example.com
"""
    )
    more = "1 more person or number left out at customers in the list\n"
    without = "1 customer without an address or number for E-mail\n"
    assert (result.code, result.err) == (0, LEFT_OUT + more + without)


def test_list_has_all_formats_and_filters(program: Program) -> None:
    rows = program("list", "--for-channel", "email", "--format", "csv", "--type", "company").out
    assert [*csv.reader(io.StringIO(rows.removeprefix("\ufeff")))] == [
        ["id", "name", "contact", "address"],
        ["C20220101AAA", "甲公司", "", "a@example.com"],
        ["C20220101AAA", "甲公司", "张三", "z@example.com"],
    ]
    assert program("list", "--for-channel", "email", "--format", "ids").out == "C20220101AAA\n"
    assert json.loads(program("list", "--for-channel", "email", "--format", "json").out) == {
        "schema": 1,
        "channel": "email",
        "recipients": [
            {"id": "C20220101AAA", "name": "甲公司", "contact": None, "address": "a@example.com"},
            {"id": "C20220101AAA", "name": "甲公司", "contact": "张三", "address": "z@example.com"},
        ],
        "refused": {"do-not-contact": 1, "no-consent": 1},
        "partly_refused": {"no-consent": 1},
        "without": 1,
        "left_out": 0,
    }
    assert program("list", "丙公司", "--for-channel", "email").err.splitlines() == [
        "nobody to list",
        "1 customer left out: not to be contacted by E-mail",
    ]
    assert "1 位客户已略去：不得通过邮件联系" in program("--lang", "zh", "list", "--for-channel", "email").err


def test_what_does_not_fit_is_rejected(program: Program) -> None:
    assert program("list", "--for-channel", "email", "--columns", "name").code == 2
    unknown = program("list", "--for-channel", "fax")
    assert (unknown.code, unknown.err.splitlines()[0]) == (
        2,
        "error: unknown value 'fax' for do_not_contact [unknown-value]",
    )
    assert program("export", "--for-channel", "email", "--for-editing", "-o", "x.xlsx").code == 2


def test_due_leaves_out_who_may_not_be_contacted(program: Program) -> None:
    result = program("due", "--owner", "all", "--kind", "next-step", "--for-channel", "email", "--format", "ids")
    # A promise needs no consent.
    assert result.out.split() == ["C20220101AAA", "C20220102BBB"]
    assert result.err.splitlines()[0] == "1 customer left out: not to be contacted by E-mail"


def test_export_leaves_out_customers_and_addresses(program: Program) -> None:
    result = program("export", "--for-channel", "email", "--format", "json")
    records: list[Any] = json.loads(result.out)["customers"]
    assert [(record["id"], record.get("emails")) for record in records] == [
        ("C20220101AAA", ["a@example.com"]),
        ("C20220104DDD", None),
    ]
    assert records[0]["contacts"] == [{"name": "张三", "emails": ["z@example.com"]}, {"name": "李四"}]
    assert result.err.startswith(LEFT_OUT)


def test_export_writes_no_file_for_nobody(program: Program, tmp_path: Path) -> None:
    result = program("export", "丙公司", "--for-channel", "email", "-o", str(tmp_path / "x.csv"))
    assert (result.code, (tmp_path / "x.csv").exists()) == (1, False)


@pytest.mark.parametrize("channel", ["phone", "sms", "email", "wechat", "visit"])
def test_nobody_in_the_sample_is_listed_who_may_not_be_contacted(
    channel: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stores.sample(tmp_path_factory, tmp_path / "sample")
    with (folder / "crmtext.toml").open("a", encoding="utf-8") as file:
        file.write('\n[privacy]\nrequire_consent = ["sms", "email"]\n')
    done = json.loads(Program(capsys, folder)("list", "--for-channel", channel, "--format", "json").out)
    taken = Store(folder).worktree()
    rules = {
        rule_against(
            taken.by_id[one["id"]].data, channel, taken.today, taken.settings, one["contact"] or "", marketing=True
        )
        for one in done["recipients"]
    }
    assert rules <= {""}
    listed = {one["id"] for one in done["recipients"]}
    assert len(listed) + sum(done["refused"].values()) + done["without"] == len(taken.customers)
