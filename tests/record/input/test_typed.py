"""What is typed to a writing command and cannot be written: rejected with the reason, and nothing is written."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import customers
import pytest
import stores
from customers import PATH
from stores import Program

if TYPE_CHECKING:
    from repos import Repo

ID = "C20240501K7QM"
#: Every text that a writing command takes, {} in its place.
TEXTS = {
    "add a name": ("add", "测试{}公司", "--type", "company"),
    "add a value": ("add", "甲公司", "--type", "company", "--set", "notes=a{}"),
    "add an id": ("add", "甲公司", "--type", "company", "--id", "C20261120{}AAA"),
    "log a summary": ("log", ID, "phone", "谈{}了"),
    "log details": ("log", ID, "phone", "谈了", "--details", "a{}"),
    "log a step": ("log", ID, "phone", "谈了", "--next", "寄{}样", "--due", "+3d"),
    "log a contact": ("log", ID, "phone", "谈了", "--contact", "张{}三"),
    "set": ("set", ID, "notes=a{}"),
    "append": ("append", ID, "contacts", "name=王{}五"),
    "status": ("status", ID, "lost", "--reason", "a{}"),
    "done": ("done", "示例{}", "1"),
    "rename": ("rename", ID, "--slug", "a{}"),
    "archive": ("archive", "示例{}"),
    "rm": ("rm", "示例{}"),
    "edit": ("edit", "示例{}"),
    "handover": ("handover", "--from", "李{}雷", "--to", "hanmei"),
    "a message": ("set", ID, "notes=a", "-m", "a{}"),
}
UNSEEN = {
    "zero-width space": "\u200b",
    "soft hyphen": "\u00ad",
    "right-to-left override": "\u202e",
    "left-to-right mark": "\u200e",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "escape": "\x1b",
}


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], repo: Repo) -> Program:
    customers.store(repo.path)
    repo.git("add", ".")
    repo.git("commit", "-qm", "all", "--no-verify")
    return Program(capsys, repo.path)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_unseen_character_is_rejected_in_every_text(program: Program, repo: Repo, text: tuple[str, ...]) -> None:
    for name, character in UNSEEN.items():
        result = program(*(word.replace("{}", character) for word in text))
        assert (result.code, "[invisible-character]" in result.err) == (2, True), (name, result.err)
        assert f"U+{ord(character):04X}" in result.err
    result = program(*(word.replace("{}", "\udcff") for word in text))
    assert (result.code, "the byte 0xFF in" in result.err) == (2, True)
    assert repo.git("status", "--short") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are bytes")
def test_bytes_of_another_encoding_are_rejected(program: Program) -> None:
    command = [sys.executable, "-m", "crmtext", "add", b"\xbc\xd7\xb9\xab\xcb\xbe", "--type", "company"]
    env = os.environ | {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(stores.ROOT)}
    done = subprocess.run(command, cwd=program.folder, env=env, capture_output=True, check=False)
    assert (done.returncode, b"UTF-8" in done.stderr) == (2, True), done.stderr


def test_two_emoji_that_are_one_picture_are_written(program: Program) -> None:
    assert program("set", ID, "notes=👨\u200d👩 一家").code == 0


@pytest.mark.parametrize(
    ("step", "day"),
    [("2026年12月底前发方案", "2026-12-31"), ("下月底前寄样品", "2026-12-31"), ("月底前回复", "2026-11-30")],
)
def test_the_day_that_is_proposed_for_a_deadline_is_its_last(program: Program, step: str, day: str) -> None:
    result = program("log", ID, "phone", "x", "--next", step)
    assert result.err.partition("give the due date: ")[2].split()[-1] == day


@pytest.mark.parametrize("message", ["", "  "])
def test_an_empty_message_is_an_error(program: Program, repo: Repo, message: str) -> None:
    result = program("set", ID, "notes=a", "-m", message)
    assert (result.code, "the message of -m is empty" in result.err) == (2, True)
    assert repo.git("status", "--short") == ""


@pytest.mark.parametrize("word", ["尽快联系", "下周回访", "月底前回复", "call back soon"])
def test_a_vague_step_is_rejected_with_the_command_that_names_a_day(program: Program, repo: Repo, word: str) -> None:
    typed = ("log", "上海示例", "电话", "谈了 5% 折扣", "--by", "韩梅", "--outcome", "积极", "--next", word)
    result = program(*typed)
    assert (result.code, "[vague-date]" in result.err) == (2, True)
    assert repo.git("status", "--short") == ""
    command = shlex.split(result.err.partition("give the due date: ")[2])
    assert command[0] == "crmtext"
    assert program(*command[1:]).code == 0
    assert customers.data(customers.Store(repo.path))["interactions"][-1]["next"]["action"] == word
    assert program("check").code == 0


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        (("append", ID, "interactions", "channel=phone", "summary=x", "next.action=尽快联系"), "vague-date"),
        (("set", ID, "interactions[0].next.due=", "interactions[0].next.action=尽快联系"), "vague-date"),
        (("set", ID, "contacts[0].name=张*"), "masked-name"),
        (("set", ID, "contacts[0].name=张＊"), "masked-name"),
        (("set", ID, "contacts[0].phones=138****8000"), "masked-value"),
        (("append", ID, "contacts", "name=王五", "emails=w***@example.com"), "masked-value"),
        (("add", "赵六", "--type", "person", "--set", "phones=138****8000"), "masked-value"),
        (("set", "王小明", "person.birth_date=2023-02-29"), "impossible-date"),
        (("set", "王小明", "person.birth_date=2099"), "future-date"),
        (("set", ID, "company.founded=2030-05"), "future-date"),
        (("append", ID, "transactions", "date=2026-05-01", "amount=5万", "currency=XYZ"), "currency"),
        (("append", ID, "transactions", "date=2026-05-01", "amount=$500", "currency=EUR"), "amount-currency"),
        (("set", ID, "needs[0].budget.max=US$50万"), "amount-currency"),
        (("append", ID, "transactions", "date=2026-05-01", "amount=99999999999999999999.99"), "number-too-long"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[-1],
)
def test_a_change_that_adds_an_error_is_rejected(
    program: Program, repo: Repo, typed: tuple[str, ...], rule: str
) -> None:
    result = program(*typed)
    assert (result.code, f"[{rule}]" in result.err) == (2, True), result.err
    assert repo.git("status", "--short") == ""


def test_a_new_error_is_rejected_beside_an_old_one(program: Program, repo: Repo) -> None:
    file = repo.path / PATH
    file.write_text(file.read_text("utf-8").replace("title: 采购经理", "titel: 采购经理"), "utf-8")
    assert program("set", ID, "priority=key").code == 0
    result = program("set", ID, "interactions[1].next.action=尽快联系")
    assert (result.code, "[vague-date]" in result.err) == (2, True)


def test_a_masked_name_from_a_shop_is_accepted_with_a_warning(program: Program) -> None:
    result = program("add", "张**", "--type", "person")
    assert (result.code, "warning: the name is masked [masked-value]" in result.err) == (0, True)


def test_the_edit_of_a_name_into_a_masked_one_is_rejected(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "f() { sed -i.bak 's/张三/张*/' \"$1\"; }; f")
    result = program("edit", ID)
    assert (result.code, "[masked-name]" in result.err) == (1, True)


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        (("log", ID, "电话", "谈了"), ["Phone"]),
        (("log", ID, "短信", "谈了"), ["Text message"]),
        (("append", ID, "interactions", "channel=phone", "summary=x"), ["Phone"]),
        (("log", ID, "电话", "谈了", "--direction", "in"), []),
        (("log", ID, "微信", "谈了"), []),
    ],
)
def test_a_way_that_the_customer_does_not_want_is_warned_of(
    program: Program, typed: tuple[str, ...], ways: list[str]
) -> None:
    program("set", ID, "preferences.do_not_contact=电话,短信")
    result = program(*typed)
    warnings = [line for line in result.err.splitlines() if line.startswith("warning:")]
    expected = [
        f"warning: 上海示例电子有限公司 does not want to be contacted by {way} [do-not-contact]" for way in ways
    ]
    assert (result.code, warnings) == (0, expected)


def test_a_way_that_a_contact_does_not_want_is_warned_of(program: Program) -> None:
    assert program("append", ID, "contacts", "name=周杰", "opted_out=邮件").code == 0
    warning = "warning: 周杰 does not want to be contacted by E-mail [do-not-contact]"
    assert warning in program("log", ID, "邮件", "发了报价", "--contact", "周杰").err.splitlines()
    assert "do-not-contact" not in program("log", ID, "邮件", "又发了一份", "--contact", "张三").err
    assert "do-not-contact" not in program("log", ID, "邮件", "回复了", "--contact", "周杰", "--direction", "in").err


def test_undo_names_what_was_added(program: Program, repo: Repo) -> None:
    assert program("add", "甲公司", "--type", "企业").code == 0
    assert program("undo").err.splitlines()[0] == "Undone: add 甲公司"
    assert repo.git("status", "--short") == ""


def test_a_commit_beside_an_old_error_is_made(program: Program, repo: Repo) -> None:
    text = stores.record("009", "戊有限公司", owner="nobody", more="titel: x\n")
    repo.commit({stores.path("009"): text}, "an old error")
    result = program("set", "C20240501009", "priority=key", "--commit")
    assert (result.code, repo.git("status", "--short")) == (0, "")
    result = program(
        "append", "C20240501009", "transactions", "date=2026-05-01", "amount=1", "currency=XYZ", "--commit"
    )
    assert (result.code, "[currency]" in result.err) == (2, True)
