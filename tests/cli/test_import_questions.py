"""An import at a terminal asks its questions one by one; the answers are the options that could have been typed."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from import_runs import customers, git, imported, new_store, run

if sys.platform != "win32":
    from terminals import Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
HEAD = "客户名称,客户类型,合作状态,负责人,电话\n"
SHEET = f"""{HEAD}甲有限公司,企业,老客户,王五,021-50801001
乙有限公司,企业,潜在,,021-50801002
丙有限公司,企业,潜在,李雷,021-50801003
"""
TWO = f"""{HEAD}苏州明远机械有限公司,企业,潜在,李雷,0512-68001001
上海云帆信息技术有限公司,企业,潜在,李雷,021-50801002
"""
NUMBER = "Number (Enter: stop):"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new_store(tmp_path / "store")
    monkeypatch.chdir(folder)
    return folder


def talk(store: Path, *dialogue: tuple[str, str], words: tuple[str, ...] = (), language: str = "en") -> tuple[int, str]:
    """The exit code and the output of an import of `a.csv` after each question was answered."""
    terminal = Terminal(store, ("--lang", language, "import", "../a.csv", *words)).start()
    output = ""
    for question, answer in dialogue:
        output += terminal.until(question)
        terminal.type(answer if answer.startswith("\x03") else f"{answer}\n")
    code = terminal.end()
    return code, (output + terminal.said).replace("\r\n", "\n")


def test_answers_are_options_and_the_next_import_asks_nothing(store: Path) -> None:
    (store.parent / "a.csv").write_text(SHEET, "utf-8")
    code, output = talk(
        store,
        (NUMBER, "99"), ("type a number from 1 to", "3"), (NUMBER, "2"), ("a start date", "1"), ("Day:", "soon"),
        ("Day:", "2026-01-05"), ("without 'Owner'", "1"), ("Name (Enter: no):", "Team!"),
        ("can't name a mapping", "team"), ("Import this?", "y"),
    )  # fmt: skip
    assert code == 0, output
    assert [(one["name"], one["status"], one["owner"]) for one in customers()] == [
        ("丙有限公司", "lead", "lilei"), ("乙有限公司", "lead", "lilei"), ("甲有限公司", "active", "hanmei"),
    ]  # fmt: skip
    assert git(store, "status", "--porcelain") == ""
    kept = (store / "import" / "team.toml").read_text("utf-8")
    others = (
        SHEET.replace("甲", "常春藤设计").replace("乙", "大河物流").replace("丙", "小山食品").replace("5080", "6080")
    )
    (store.parent / "a.csv").write_text(others, "utf-8")
    code, output = talk(store, ("Import this?", ""))
    assert (code, NUMBER in output, len(customers())) == (0, False, 6)
    assert (store / "import" / "team.toml").read_text("utf-8") == kept


def test_enter_writes_nothing_and_prints_the_command_to_go_on_with(store: Path) -> None:
    (store.parent / "a.csv").write_text(SHEET, "utf-8")
    head = git(store, "rev-parse", "HEAD")
    code, output = talk(store, (NUMBER, "3"), (NUMBER, "1"), (NUMBER, ""), words=("--branch", "import/a"))
    assert (code, customers(), git(store, "rev-parse", "HEAD")) == (1, [], head)
    (line,) = [line for line in output.splitlines() if "to go on with your answers: " in line]
    command = shlex.split(line.partition(": ")[2])
    answers = ["--value", "合作状态:老客户=active", "--people", "王五=lilei"]
    assert command == ["crmtext", "import", "../a.csv", *answers, "--branch", "import/a"]
    code, plan = imported(*command[2:], "--default", "owner=hanmei", "--default", "cooperation.since=2026-01-05")
    assert (code, plan["questions"], plan["branch"]) == (0, [], "import/a")


@pytest.mark.parametrize("end", ["\x03", "n"])
def test_a_no_or_ctrl_c_writes_nothing(store: Path, end: str) -> None:
    (store.parent / "a.csv").write_text(SHEET.replace("老客户,王五", "潜在,李雷"), "utf-8")
    code, output = talk(store, (NUMBER, "1"), ("Name", ""), ("Import this?", end))
    assert code != 0
    assert customers() == []
    assert "crmtext import ../a.csv --default owner=lilei" in output


def test_duplicates_and_conflicts_are_asked_in_the_language_of_who_answers(store: Path) -> None:
    (store.parent / "a.csv").write_text(TWO, "utf-8")
    assert imported("../a.csv")[0] == 0
    active = ("status=active", "cooperation.since=2024-01-01", "--commit")
    assert run("set", "苏州明远机械有限公司", *active)[0] == 0
    other = TWO.replace("潜在,李雷,0512", "意向,李雷,0512").replace("信息技术", "信息")
    (store.parent / "a.csv").write_text(f"{other}苏州明远机械,企业,潜在,李雷,0512-68001001\n", "utf-8")
    number = "编号（回车停止）:"
    answers = [(number, "1"), (number, "2"), (number, "1"), ("名称", ""), ("确认导入", "y")]
    code, output = talk(store, *answers, language="zh")
    assert code == 0, output
    assert [(one["name"], one["status"]) for one in customers()] == [
        ("上海云帆信息有限公司", "lead"), ("苏州明远机械", "lead"), ("苏州明远机械有限公司", "active"),
    ]  # fmt: skip


def test_rejected_rows_can_stay_out(store: Path) -> None:
    ragged = f"{HEAD}甲有限公司,企业,潜在,李雷,021-50801001\n乙有限公司,企业,潜在,李雷,1,多\n"
    (store.parent / "a.csv").write_text(ragged, "utf-8")
    code, output = talk(store, (NUMBER, ""))
    assert (code, customers(), (store / "import-rejected" / "a.csv").exists()) == (1, [], True)
    # Versions of Click differ in the blank after a prompt.
    lines = [line.strip() for line in output.rstrip().splitlines()[-3:-1]]
    assert lines == ["Nothing was imported.", "1 row set aside: import-rejected/a.csv"]
    code, output = talk(store, (NUMBER, "1"), ("Name", ""), ("Import this?", "y"))
    assert code == 0, output
    assert [one["name"] for one in customers()] == ["甲有限公司"]


def test_what_a_colleague_changes_meanwhile_is_shown_before_it_is_overwritten(store: Path) -> None:
    (store.parent / "a.csv").write_text(TWO, "utf-8")
    assert imported("../a.csv")[0] == 0
    (store.parent / "a.csv").write_text(
        "客户名称,合作状态,网址\n苏州明远机械有限公司,意向,https://file.example\n", "utf-8"
    )
    terminal = Terminal(store, ("--lang", "en", "import", "../a.csv", "--on-conflict", "theirs")).start()
    terminal.until("Name")
    terminal.type("\n")
    first = terminal.until("Import this?")
    assert "Status: Lead ≠ Prospect" in first.replace("\r\n", "\n")
    assert "website" not in first.partition("replace:")[2]
    # Nobody waits for the answer.
    assert run("set", "苏州明远机械有限公司", "website=https://colleague.example", "--commit")[0] == 0
    terminal.type("y\n")
    second = terminal.until("Import this?")
    assert "Website: https://colleague" in second
    terminal.type("n\n")
    assert terminal.end() == 1
    assert "https://colleague.example" in "".join(
        path.read_text("utf-8") for path in (store / "records").rglob("*.yaml")
    )


def test_a_mapping_is_named_before_the_plan_which_goes_by_its_name(store: Path) -> None:
    people = "编号,客户名称,客户类型,合作状态,负责人\nK1,张三丰,个人,潜在,李雷\nK2,李四光,个人,潜在,李雷\n"
    (store.parent / "a.csv").write_text(people, "utf-8")
    assert imported("../a.csv")[0] == 0
    (store.parent / "a.csv").write_text(f"{people}K3,王五六,个人,潜在,李雷\n", "utf-8")
    _code, output = talk(store, ("Name", "mine"), ("Import this?", "y"))
    # The first two are the same customers, although their ids were those of a source without a name.
    assert "New 1, changed 2, same 0." in output
    assert sorted(one["name"] for one in customers()) == ["张三丰", "李四光", "王五六"]
    (store.parent / "a.csv").write_text(people, "utf-8")
    assert imported("../a.csv")[1]["counts"]["customers"] == {"new": 0, "changed": 0, "same": 2, "gone": 1}


def test_without_a_terminal_nothing_is_asked(store: Path) -> None:
    (store.parent / "a.csv").write_text(SHEET, "utf-8")
    code, output = run("import", "../a.csv")
    assert (code, NUMBER in output, customers()) == (1, False, [])


def test_one_answer_gives_all_rows_their_start_date_and_a_day_may_be_a_month(store: Path) -> None:
    rows = {
        "a": (",创建时间", "丁有限公司,企业,合作中,李雷,021-50801004,2024-05-01"),
        "b": (",录入时间", "戊有限公司,企业,合作中,李雷,021-50801005,2024-06-01"),
        "c": ("", "甲有限公司,企业,合作中,李雷,021-50801001"),
    }
    for name, (column, row) in rows.items():
        (store.parent / f"{name}.csv").write_text(f"{HEAD.strip()}{column}\n{row}\n", "utf-8")
    dialogue = (NUMBER, "2"), ("Day:", "someday"), ("Day:", "2024-01"), ("Name", ""), ("Import this?", "y")
    code, output = talk(store, *dialogue, words=("../b.csv", "../c.csv"))
    assert code == 0, output
    ways = [line for line in output.splitlines() if line.startswith("  2  ")]
    assert ways[0].count("the value of column '") == 2
    assert ways[0].endswith(", else a day that you type")
    since = {one["name"][0]: one["cooperation"]["since"] for one in customers()}
    assert since == {"丁": "2024-05-01", "戊": "2024-06-01", "甲": "2024-01"}
