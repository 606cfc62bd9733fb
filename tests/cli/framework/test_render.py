"""Answers as text and as JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.answer import Change, Column, LazyList, Problems, Table, Text
from crmtext.cli.framework import render
from crmtext.i18n import speaking
from crmtext.problem import Edit, Exit, Place, Problem, Severity
from crmtext.terminal import code_frame
from crmtext.terminal.color import colours
from crmtext.terminal.width import cut, display_width

MAIL = Problem(
    "email-format",
    "'info@' is not an e-mail address",
    Place("records/C1.yaml", 12, 9, 12, 14, "/contacts/0/email"),
    "use the form name@example.com",
    excerpt="email: 张三 info@",
)
CHINESE = Problem(
    "status-value",
    "'活跃' is not a status",
    Place("records/C2.yaml", 3, 9, 3, 11, "/status"),
    severity=Severity.WARNING,
    excerpt="联系（状态）: 活跃",
    fix=(Edit(0, 1, ""),),
)
BARE = Problem("schema-version", "the schema is newer than this program", Place("crmtext.toml"))


def test_a_problem_shows_its_place_its_line_with_a_caret_and_what_to_do() -> None:
    problem = Problem(
        MAIL.rule, MAIL.message, Place("records/C1.yaml", 12, 8, 12, 13), MAIL.hint, excerpt="email: info@"
    )
    assert code_frame.render(problem) == (
        "records/C1.yaml:12:8: error: 'info@' is not an e-mail address [email-format]\n"
        "   12 | email: info@\n"
        "      |        ^^^^^\n"
        "  = use the form name@example.com\n"
    )


def test_the_caret_stands_under_chinese_by_the_width_of_the_cells() -> None:
    source, marks = code_frame.underlined(CHINESE)
    assert (source, marks) == ("联系（状态）: 活跃", " " * 14 + "^" * 4)


@pytest.mark.parametrize("column", [1, 60, 300])
def test_a_long_line_is_cut_around_the_mistake(column: int) -> None:
    line = "甲" * (column - 1) + "WRONG" + "乙" * 300
    place = Place("records/C1.yaml", 1, column, 1, column + 5)
    source, marks = code_frame.underlined(Problem("x", "m", place, excerpt=line))
    assert display_width(source) <= code_frame.LINE_WIDTH
    start = cut(source, display_width(marks) - 5)
    assert source[start : start + 5] == "WRONG"


@pytest.mark.parametrize(
    ("place", "excerpt", "shown"),
    [
        (Place("a", 1, 4, 1, 4), "abc", ("abc", "   ^")),
        (Place("a", 1, 9, 1, 12), "abc", ("abc", "   ^")),
        (Place("a", 1, 2, 3, 1), "abc", ("abc", " ^^")),
        (Place("a", 1, 0), "abc", ("abc", "")),
        (Place("a", 1, 3, 1, 4), "a\tb\r\n", ("a\\tb", " " * 3 + "^")),
        (Place("a", 1, 2, 1, 3), "a\x1b[31m", ("a\\u001b[31m", " ^^^^^^")),
    ],
    ids=["after the end", "beyond the end", "over several lines", "no column", "tab", "escape"],
)
def test_the_caret_stays_within_sight(place: Place, excerpt: str, shown: tuple[str, str]) -> None:
    assert code_frame.underlined(Problem("x", "m", place, excerpt=excerpt)) == shown


def test_a_source_line_fits_a_narrow_terminal() -> None:
    problem = Problem("x", "m", Place("a", 1, 60, 1, 65), excerpt="甲" * 59 + "WRONG" + "乙" * 40)
    lines = render.as_text(Problems("worktree", 1, (problem,)), columns=40).splitlines()[1:3]
    assert max(map(display_width, lines)) <= 40
    assert lines[1].endswith("^^^^^")


def test_controls_in_a_message_cannot_reach_the_terminal() -> None:
    assert code_frame.render(Problem("x", "a\x1b]0;b\n", hint="\u202e")) == "error: a\\u001b]0;b\\n [x]\n  = \\u202e\n"


def test_a_second_place_is_named() -> None:
    problem = Problem("unique-id", "the id is used twice", Place("a.yaml", 1, 1), also=(Place("b.yaml", 2, 5),))
    assert (
        code_frame.render(problem) == "a.yaml:1:1: error: the id is used twice [unique-id]\n  also here: b.yaml:2:5\n"
    )


def test_problems_are_sorted_by_place_and_summed_up() -> None:
    text = render.as_text(Problems("worktree", 31, (CHINESE, MAIL, BARE)))
    assert [line for line in text.splitlines() if not line.startswith(" ")] == [
        "crmtext.toml: error: the schema is newer than this program [schema-version]",
        "",
        "records/C1.yaml:12:9: error: 'info@' is not an e-mail address [email-format]",
        "",
        "records/C2.yaml:3:9: warning: '活跃' is not a status [status-value]",
        "",
        "2 errors, 1 warning in 2 of 31 records",
    ]


@pytest.mark.parametrize(
    ("problems", "checked", "english", "chinese"),
    [
        ((), 31, "31 records checked, no problems", "检查了 31 条记录，没有问题"),
        ((), 1, "1 record checked, no problems", "检查了 1 条记录，没有问题"),
        ((MAIL,), 31, "1 error in 1 of 31 records", "31 条记录中有 1 条有问题：1 个错误"),
        ((CHINESE,), 1, "1 warning in 1 of 1 record", "1 条记录中有 1 条有问题：1 个警告"),
        ((BARE,), 2, "1 error; 2 records checked", "1 个错误；共检查 2 条记录"),
        (
            (MAIL, CHINESE),
            2,
            "1 error, 1 warning in 2 of 2 records",
            "2 条记录中有 2 条有问题：1 个错误，1 个警告",
        ),
    ],
)
def test_the_summary_counts_in_both_languages(
    problems: tuple[Problem, ...], checked: int, english: str, chinese: str
) -> None:
    answer = Problems("worktree", checked, problems)
    with speaking("zh"):
        in_chinese = code_frame.summary(answer)
    assert (code_frame.summary(answer), in_chinese) == (english, chinese)


def test_of_one_file_twenty_problems_are_shown_and_the_rest_counted() -> None:
    problems = [Problem("x", "wrong", Place("records/C1.yaml", line)) for line in range(1, 34)]
    lines = [line for line in code_frame.render_all([*problems, CHINESE]).splitlines() if line]
    assert lines[19:22] == [
        "records/C1.yaml:20: error: wrong [x]",
        "records/C1.yaml: and 13 more problems in this file",
        "records/C2.yaml:3:9: warning: '活跃' is not a status [status-value]",
    ]


def test_the_json_of_a_check_has_the_shape_of_the_contract() -> None:
    assert json.loads(render.to_json(render.document(Problems("index", 2, (CHINESE, MAIL))))) == {
        "schema": 1,
        "read": "index",
        "checked": 2,
        "errors": 1,
        "warnings": 1,
        "problems": [
            {
                "rule": "email-format",
                "severity": "error",
                "message": "'info@' is not an e-mail address",
                "hint": "use the form name@example.com",
                "path": "records/C1.yaml",
                "line": 12,
                "column": 9,
                "end_line": 12,
                "end_column": 14,
                "pointer": "/contacts/0/email",
                "fixable": False,
            },
            {
                "rule": "status-value",
                "severity": "warning",
                "message": "'活跃' is not a status",
                "hint": "",
                "path": "records/C2.yaml",
                "line": 3,
                "column": 9,
                "end_line": 3,
                "end_column": 11,
                "pointer": "/status",
                "fixable": True,
            },
        ],
    }


def test_json_keeps_chinese_and_writes_days_sums_and_controls_safely() -> None:
    data = {"name": "张三\u202e\x9b\x7f", "day": date(2024, 5, 1), "sum": [Decimal("10.50"), Decimal(100)]}
    text = render.to_json(data)
    assert json.loads(text) == {"name": "张三\u202e\x9b\x7f", "day": "2024-05-01", "sum": [10.5, 100]}
    assert "张三\\u202e\\u009b\\u007f" in text


@pytest.mark.parametrize(
    ("problems", "strict", "code"),
    [((), False, 0), ((CHINESE,), False, 0), ((CHINESE,), True, 1), ((MAIL, CHINESE), False, 1)],
)
def test_errors_and_with_strict_warnings_too_leave_with_one(
    problems: tuple[Problem, ...], strict: bool, code: int
) -> None:
    assert render.exit_code(Problems("worktree", 1, problems), strict=strict) == code


COLUMNS = (Column("id", "Id", fixed=True), Column("name", "名称"), Column("sum", "Sum", right=True))
ROWS = (("C20240501001", "上海示例电子有限公司", "8"), ("C2", "张三", "1,280"))
TABLE = Table(COLUMNS, ROWS, {"customers": [1]}, "1 record was left out")


def test_a_table_in_a_pipe_is_aligned_by_cells_and_as_wide_as_it_needs() -> None:
    assert render.as_text(TABLE) == (
        "Id            名称                    Sum\n"
        "C20240501001  上海示例电子有限公司      8\n"
        "C2            张三                  1,280\n"
    )


def test_a_table_on_a_terminal_folds_names_but_never_ids() -> None:
    lines = render.as_text(TABLE, columns=32).splitlines()
    assert max(map(display_width, lines)) <= 32
    assert lines == [
        "Id            名称           Sum",
        "C20240501001  上海示例电       8",
        "              子有限公司",
        "C2            张三         1,280",
    ]


def test_a_table_is_the_same_with_and_without_colours() -> None:
    coloured = render.as_text(TABLE, color=True, columns=100)
    assert "\x1b[1m" in coloured
    assert [line.split() for line in coloured.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()] == [
        line.split() for line in render.as_text(TABLE).splitlines()
    ]


def test_cells_of_a_table_are_one_line_without_controls_or_markup() -> None:
    table = Table((Column("a", "A"),), (("[red]x\n\x1b[0m",),))
    shown = "A\n[red]x\\n\\u001b[0m\n"
    assert (render.as_text(table), render.as_text(table, columns=80)) == (shown, shown)


def test_an_empty_table_prints_nothing() -> None:
    assert render.as_text(Table(COLUMNS, ())) == ""


def test_text_goes_to_files_and_terminals_without_controls() -> None:
    answer = Text("name: a\x1b[2J\n")
    assert {render.as_text(answer), render.as_text(answer, columns=80)} == {"name: a\\u001b[2J\n"}


def test_a_diff_is_coloured_line_by_line() -> None:
    answer = Change((("C1", "records/C1.yaml"),), "would change C1", "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n")
    assert render.as_text(answer) == answer.diff
    assert render.as_text(answer, color=True) == (
        "\x1b[1m--- a\n\x1b[0m\x1b[1m+++ b\n\x1b[0m\x1b[36m@@ -1 +1 @@\n\x1b[0m"
        "\x1b[31m-x\n\x1b[0m\x1b[32m+y\n\x1b[0m z\n"
    )


def test_a_change_is_told_as_the_contract_has_it() -> None:
    change = Change((("C1", "records/C1.yaml"),), "C1: +1 interaction", commit="abc")
    assert render.document(change) == {
        "schema": 1,
        "changed": [{"id": "C1", "path": "records/C1.yaml"}],
        "commit": "abc",
    }


def test_data_goes_to_stdout_and_notes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    code = render.emit(TABLE, "json")
    out, err = capsys.readouterr()
    assert (code, json.loads(out), err) == (Exit.FINE, {"schema": 1, "customers": [1]}, "1 record was left out\n")


def test_what_a_change_did_is_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    render.emit(Change((), "C1: nothing to change", problems=(BARE,)))
    out, err = capsys.readouterr()
    assert (out, err) == ("", code_frame.render(BARE) + "C1: nothing to change\n")


@pytest.mark.parametrize(
    ("choice", "environment", "wanted"),
    [
        ("auto", {}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_are_as_asked_for(choice: str, environment: dict[str, str], wanted: bool) -> None:
    assert colours(choice, None, environment) is wanted  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, 1, 250])
def test_a_long_list_is_written_an_item_a_line(count: int) -> None:
    document = {
        "schema": 1,
        "customers": LazyList(range(count), lambda number: {"id": number, "name": "甲\x1b"}),
        "left_out": 0,
    }
    parts = tuple(render.json_parts(document))
    text = "".join(parts)
    assert json.loads(text) == {**document, "customers": [{"id": number, "name": "甲\x1b"} for number in range(count)]}
    assert "\x1b" not in text
    assert sum('{"id"' in line for line in text.splitlines()) == count


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
NESTED = st.recursive(SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=3), below))


@given(NESTED)
def test_a_document_is_indented_as_json_does(value: object) -> None:
    assert "".join(render._indented(value, "\n")) == json.dumps(value, ensure_ascii=False, indent=2)


def test_the_items_of_a_long_list_are_one_line_each() -> None:
    document = {"items": [{"id": number} for number in range(101)]}
    text = render.to_json(document)
    assert json.loads(text) == document
    assert text.splitlines()[:3] == ["{", '  "items": [', '    {"id": 0},']
    assert len(text.splitlines()) == 105
