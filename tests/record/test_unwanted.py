from __future__ import annotations

from typing import TYPE_CHECKING

import customers
import pytest
from stores import Program

if TYPE_CHECKING:
    from repos import Repo

ID = "C20240501K7QM"
PERSON = """\
id: C20240501K7QM
name: 王芳
type: person
status: prospect
owner: lilei
contacts: [{name: 李强}]
consents:
  - {date: 2026-01-05, basis: consent, channels: [sms]}
  - {date: 2026-01-05, basis: consent, channels: [wechat], withdrawn: 2026-03-01}
"""
STRICT = '\n[privacy]\nrequire_consent = ["sms", "email", "phone"]\n'
AGREE = "once you have the consent: crmtext append C20240501K7QM consents basis=consent channels="


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], repo: Repo) -> Program:
    repo.commit({"crmtext.toml": customers.SETTINGS + STRICT, customers.PATH: PERSON})
    return Program(capsys, repo.path)


def warnings(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("warning:") or AGREE in line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("邮件", "发送春季促销"), ["warning: 王芳 has not agreed to marketing by E-mail [no-consent]", "email"]),
        (("短信", "发送春季促销"), []),
        (("邮件", "发送发票"), []),
        (("邮件", "询问促销", "--direction", "in"), []),
        (
            ("短信", "发送春季促销", "--contact", "李强"),
            ["warning: 李强 has not agreed to marketing by Text message [no-consent]", "sms contact=李强"],
        ),
        (("微信", "发送发票"), ["warning: 王芳 does not want to be contacted by WeChat [do-not-contact]"]),
        (("微信", "发票收到", "--direction", "in"), []),
        (
            ("备注", "想试用", "--next", "打电话介绍优惠", "--next-channel", "电话"),
            ["warning: 王芳 has not agreed to marketing by Phone [no-consent]", "phone"],
        ),
    ],
)
def test_marketing_without_consent_is_warned_of(program: Program, words: tuple[str, ...], expected: list[str]) -> None:
    result = program("log", ID, *words)
    told = [line.removeprefix(f"  = {AGREE}") for line in warnings(result.err)]
    assert (result.code, told) == (0, expected)


def test_append_warns_as_log_does(program: Program) -> None:
    result = program("append", ID, "interactions", "channel=email", "summary=Spring newsletter")
    assert warnings(result.err)[0] == "warning: 王芳 has not agreed to marketing by E-mail [no-consent]"


@pytest.mark.parametrize(
    ("record", "rules"),
    [
        ("preferences: {do_not_contact: [phone], language: 5}\n", ["do-not-contact"]),
        ("preferences: {do_not_contact: phone}\n", []),
        ("preferences: phone\n", []),
        ("contacts: [{name: 李强, opted_out: [phone]}, {title: a}]\n", ["do-not-contact"]),
        ("consents: [{channels: [phone]}, {date: x, basis: consent, withdrawn: y}]\n", []),
    ],
)
def test_a_record_with_errors_warns_by_the_fields_that_are_right(
    program: Program, record: str, rules: list[str]
) -> None:
    head = "id: C20240501K7QM\nname: 王芳\ntype: company\nstatus: prospect\nowner: lilei\n"
    (program.folder / customers.PATH).write_text(head + record, "utf-8")
    result = program("log", ID, "电话", "谈了", "--contact", "李强", "--no-commit")
    assert [line.rpartition("[")[2].rstrip("]") for line in warnings(result.err) if "do-not" in line] == rules
    assert result.code == 0, result.err
