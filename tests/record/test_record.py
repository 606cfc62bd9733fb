"""A day's changes by command, as users type them, in a store with its git repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import customers
import pytest
import stores
from customers import ACTIVE_PATH, PATH, RECORD
from stores import Program

if TYPE_CHECKING:
    from repos import Repo

#: Every command that writes, changing something.
WRITERS = (
    ("add", "甲公司", "--type", "企业"),
    ("set", "上海示例", "优先级=重点"),
    ("set", "--where", "status == 'active'", "tags+=vip2"),
    ("append", "上海示例", "联系人", "姓名=王五"),
    ("done", "上海示例"),
    ("status", "上海示例", "合作中"),
    ("rename", "上海示例", "--slug", "x"),
    ("archive", "上海示例"),
    ("rm", "王小明"),
    ("fmt", "--write"),
)


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], repo: Repo) -> Program:
    """The program in a store whose records are committed, with nobody at a terminal."""
    customers.store(repo.path)
    repo.git("add", ".")
    repo.git("commit", "-qm", "all", "--no-verify")
    return Program(capsys, repo.path)


@pytest.mark.parametrize("arguments", WRITERS, ids=lambda arguments: arguments[0])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_writer_says_in_a_line_what_it_did(program: Program, arguments: tuple[str, ...], language: str) -> None:
    result = program("--lang", language, *arguments)
    warned = ["active-without-products"] if arguments[0] == "status" else []
    assert (result.code, result.out, re.findall(r"(?:warning|警告).*\[(.*)\]", result.err)) == (0, "", warned)
    assert len(result.err.splitlines()) == 2 + 4 * len(warned)
    assert program("check").code == 0


def test_a_new_file_comes_with_what_puts_it_into_git(program: Program, repo: Repo) -> None:
    result = program("add", "甲公司", "--type", "企业", "--id", "C20261120TEST", "--folder", "华 东")
    path = "records/华 东/C20261120TEST-jia.yaml"
    assert result.err.splitlines() == [
        f"Added 甲公司: {path}",
        f"not committed; next: git add '{path}' && git commit",
    ]
    subprocess.run(["sh", "-c", f"git add '{path}' && git commit -qm x"], cwd=repo.path, check=True)
    assert repo.git("status", "--short") == ""


@pytest.mark.parametrize("way", ["--commit", "--dry-run"])
def test_nothing_is_left_to_do_where_a_new_file_is_committed_or_not_written(program: Program, way: str) -> None:
    assert "next:" not in program("add", "甲公司", "--type", "企业", way).err


@pytest.mark.parametrize("arguments", WRITERS, ids=lambda arguments: arguments[0])
def test_every_writer_answers_in_the_shape_of_writers(program: Program, repo: Repo, arguments: tuple[str, ...]) -> None:
    answer = program(*arguments, "--format", "json").data
    assert [*answer] == ["schema", "changed", "commit"]
    assert (answer["schema"], answer["commit"]) == (1, None)
    changed = {line[3:] for line in repo.git("-c", "core.quotePath=false", "status", "--short", "-uall").splitlines()}
    assert {change["path"] for change in answer["changed"]} == changed
    assert all(customer["id"].startswith("C20") for customer in answer["changed"])


@pytest.mark.parametrize("arguments", WRITERS, ids=lambda arguments: arguments[0])
def test_no_writer_writes_in_a_dry_run(program: Program, repo: Repo, arguments: tuple[str, ...]) -> None:
    result = program(*arguments, "--dry-run")
    assert (result.code, result.err.splitlines()[-1]) == (0, "nothing was written")
    assert result.out.startswith("--- ")
    assert repo.git("status", "--short") == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("set",), "give a customer, or many with --where, then FIELD=VALUE"),
        (("set", "示例"), "give a customer, or many with --where, then FIELD=VALUE"),
        (("set", "status=active", "tags+=vip"), "give a customer, or many with --where, then FIELD=VALUE"),
        (("set", "没有这家", "tags+=vip"), "no customer matches '没有这家'"),
        (("set", "--where", "tagg == 'x'", "tags+=vip"), "unknown field 'tagg'"),
        (("done", "示例", "0"), "has no next step 0"),
        (("status", "示例", "合做"), "unknown value '合做' for status"),
        (("fmt", "records/nowhere"), "no record at 'records/nowhere'"),
        (("add",), "missing argument 'NAME'"),
    ],
)
def test_wrong_usage_is_told_in_a_line_with_a_hint(program: Program, arguments: tuple[str, ...], message: str) -> None:
    result = program(*arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]
    lines = result.err.splitlines()
    assert lines[1].startswith("  = ") or "^  " in lines[2]


@pytest.mark.parametrize(
    ("arguments", "example"),
    [
        (("log",), 'crmtext log 示例电子 电话 "客户确认需求细节" --next "发送方案" --due 5月10日'),
        (("log", "示例", "电话"), 'crmtext log 示例电子 电话 "客户确认需求细节" --next "发送方案" --due 5月10日'),
        (("changes",), "crmtext changes --since {} --for me"),
        (("set", "示例"), "crmtext set 示例电子 优先级=重点 contacts[张三].title=采购总监"),
        (("handover", "--to", "韩梅"), "crmtext handover --from 刘洋 --to 韩梅 --dry-run -o handover.html"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_command_that_lacks_something_is_shown_as_its_help_has_it(
    program: Program, language: str, arguments: tuple[str, ...], example: str
) -> None:
    result = program("--lang", language, *arguments)
    hint = (
        f"  = 例如：{example.format('本周一')}" if language == "zh" else f"  = for example: {example.format('monday')}"
    )
    assert (result.code, result.err.splitlines()[1:]) == (2, [hint])


def test_nobody_on_the_team_is_told_how_to_come_there(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "who@example.com")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "谁")
    result = program("add", "甲公司", "--type", "企业")
    assert result.code == 3
    assert "[team.who]" in result.err


def test_where_no_customer_matches_nothing_is_written(program: Program) -> None:
    result = program("set", "--where", "status == 'lost'", "tags+=x")
    assert (result.code, result.err) == (0, "no customer matches\n")


def test_a_check_of_the_form_leaves_with_one_where_a_record_is_not_in_it(program: Program) -> None:
    result = program("fmt", "--format", "json")
    assert (result.code, {problem["rule"] for problem in result.data["problems"]}) == (1, {"canonical-form"})
    program("fmt", "--write")
    assert program("fmt").code == 0


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_marks_and_line_ends_of_a_file_stay(
    capsys: pytest.CaptureFixture[str], repo: Repo, mark: str, newline: str
) -> None:
    text = mark + RECORD.replace("\n", newline)
    repo.write(PATH, text.removesuffix(newline))
    repo.write(ACTIVE_PATH, customers.ACTIVE)
    repo.write("crmtext.toml", customers.SETTINGS)
    program = Program(capsys, repo.path)
    for arguments in WRITERS[1:6]:
        assert program(*arguments).code == 0
    raw = (repo.path / PATH).read_bytes().decode()
    assert raw.count("\r") == (raw.count("\n") if newline == "\r\n" else 0)
    assert (raw.startswith("\ufeff"), raw.endswith("\n")) == (bool(mark), False)
    assert program("check").code == 0


def _at_a_terminal(folder: Repo, answers: list[str], *arguments: str) -> tuple[int, str]:
    """What the program leaves with and shows at a terminal where somebody answers its questions."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder.path)
        os.environ |= {"PYTHONPATH": str(stores.ROOT), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        os.execv(sys.executable, [sys.executable, "-m", "crmtext", *arguments])
    shown, waiting = b"", list(answers)
    while True:
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            break
        if shown.endswith(b": ") and waiting:
            os.write(terminal, waiting.pop(0).encode() + b"\n")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX terminal")
def test_at_a_terminal_what_matters_is_asked_in_chinese_or_english(program: Program, repo: Repo) -> None:
    answers = ["", "意向", "韩梅", "测试仪器", "", "地推会", "展会", "王五", "经理", "13700137000", "", "vip，展会"]
    code, shown = _at_a_terminal(repo, answers, "add", "杭州测试仪器有限公司")
    assert code == 0
    assert "unknown value '地推会' for channel" in shown
    (path,) = repo.path.glob("records/C2026*-ceshi-yiqi.yaml")
    assert path.read_text("utf-8").partition("\n")[2] == (
        "name: 杭州测试仪器有限公司\nshort_name: 测试仪器\ntype: company\nstatus: prospect\nowner: hanmei\n"
        "sources:\n  - channel: exhibition\n"
        'contacts:\n  - name: 王五\n    title: 经理\n    phones:\n      - "13700137000"\n'
        "tags:\n  - vip\n  - 展会\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX terminal")
def test_at_a_terminal_one_who_may_be_there_is_shown_before_anything_is_written(program: Program, repo: Repo) -> None:
    code, shown = _at_a_terminal(repo, [""] * 9 + ["n"], "add", "上海示例电子")
    assert code == 130
    assert "C20240501K7QM  上海示例电子有限公司 (same name)" in shown
    assert repo.git("status", "--short") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX terminal")
def test_at_a_terminal_a_loss_is_asked_its_reason(program: Program, repo: Repo) -> None:
    code, _shown = _at_a_terminal(repo, ["价格", "选了别家"], "status", "上海示例", "流失")
    assert code == 0
    assert customers.data(customers.Store(repo.path))["churn"] == {
        "date": "2026-11-20",
        "category": "price",
        "reason": "选了别家",
    }


def test_a_record_to_format_is_named_by_its_path_or_as_customers_are(program: Program) -> None:
    named = [program("fmt", typed, "--format", "json").data for typed in (PATH, "上海示例", "records")]
    assert named[0] == named[1]
    assert (named[0]["checked"], named[2]["checked"]) == (1, 3)
    assert program("fmt", "没有此客户").err.startswith("error: no customer matches '没有此客户'")
