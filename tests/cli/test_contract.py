"""The commands as scripts see them: shapes of JSON, exit codes, languages, folders and streams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

ONE = stores.path("001")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return stores.made(tmp_path / "客户 库", stores.record("001", "上海示例电子"), stores.record("002", "华东"))


@pytest.fixture
def program(folder: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, folder)


def wrong(folder: Path, **values: str) -> None:
    (folder / ONE).write_bytes(stores.record("001", "上海示例电子", **values).encode())


# JSON


def test_a_check_in_json(folder: Path, program: stores.Program) -> None:
    wrong(folder, status="nonsense")
    data = program("check", "--format", "json").data
    (problem,) = data.pop("problems")
    assert data == {"schema": 1, "read": "worktree", "checked": 2, "errors": 1, "warnings": 0}
    assert {key: problem[key] for key in problem if key not in ("message", "hint")} == {
        "rule": "unknown-value",
        "severity": "error",
        "path": ONE,
        "line": 4,
        "column": 9,
        "end_line": 4,
        "end_column": 17,
        "pointer": "/status",
        "fixable": False,
    }
    assert (type(problem["message"]), type(problem["hint"])) == (str, str)


def test_a_list_in_json(program: stores.Program) -> None:
    data = program("list", "--format", "json").data
    assert (data["schema"], data["left_out"], [customer["id"] for customer in data["customers"]]) == (
        1,
        0,
        ["C20240501001", "C20240501002"],
    )
    assert {"path", "computed", "name", "contacts"} <= set(data["customers"][0])


def test_what_is_due_in_json(program: stores.Program) -> None:
    program("log", "华东", "phone", "x", "--by", "lilei", "--next", "回电", "--due", "+3d")
    data = program("due", "--format", "json").data
    assert list(data) == ["schema", "today", "owner", "days", "items", "left_out", "sealed"]
    assert [list(item) for item in data["items"]] == [
        ["id", "name", "owner", "kind", "due", "state", "action", "number", "avoid"]
    ]


def test_a_classification_in_json(folder: Path, program: stores.Program) -> None:
    rules = '[[classification.rules]]\nname = "all"\nset.value = "low"\ntags = ["a"]\n'
    (folder / "crmtext.toml").write_text(stores.TEAM + rules, "utf-8")
    data = program("classify", "--format", "json").data
    assert list(data) == ["schema", "customers", "unchanged", "left_out", "sealed"]
    assert data["customers"][1] == {
        "id": "C20240501002",
        "name": "华东",
        "owner": "lilei",
        "fixed": False,
        "changes": [
            {"key": "value", "before": None, "after": "low", "rule": "all"},
            {"key": "tags", "before": None, "after": ["a"], "rule": "all"},
        ],
    }
    assert (program("classify").code, program("classify", "--check").code) == (0, 1)


def test_a_search_in_json(program: stores.Program) -> None:
    hit = {"id": "C20240501002", "name": "华东", "field": "name", "excerpt": "华东", "score": 95, "more": 0}
    assert program("search", "华东", "--format", "json").data == {
        "schema": 1,
        "query": "华东",
        "hits": [hit],
        "left_out": 0,
    }
    assert program("search", "没有", "--format", "json").data == {
        "schema": 1,
        "query": "没有",
        "hits": [],
        "left_out": 0,
    }


def test_figures_in_json(program: stores.Program) -> None:
    assert program("stats", "--by", "status,owner", "--measure", "customers,revenue", "--format", "json").data == {
        "schema": 1,
        "today": "2026-11-20",
        "commit": None,
        "by": ["status", "owner"],
        "measures": ["customers", "revenue"],
        "period": None,
        "since": None,
        "until": None,
        "rows": [
            {
                "group": {"status": "lead", "owner": "lilei"},
                "period": None,
                "values": {"customers": 2, "revenue": {}},
            }
        ],
        "total": {"customers": 2, "revenue": {}},
        "overlap": False,
        "without_amount": 0,
        "left_out": 0,
        "sealed": 0,
    }
    data = program("stats", "--by", "id", "--period", "year", "--measure", "new", "--format", "json").data
    assert [list(row["group"].items()) for row in data["rows"][-2:]] == [
        [("id", "C20240501001")],
        [("id", "C20240501002")],
    ]


def test_a_customer_in_json(program: stores.Program) -> None:
    data = program("show", "华东", "--format", "json").data
    assert (list(data), data["schema"], data["customer"]["name"], data["path"]) == (
        ["schema", "customer", "path", "computed"],
        1,
        "华东",
        stores.path("002"),
    )


def test_json_is_one_document_of_plain_values(program: stores.Program) -> None:
    program("log", "华东", "phone", "x", "--by", "lilei")
    result = program("list", "--format", "json")
    computed = json.loads(result.out)["customers"][1]["computed"]
    assert (computed["last_contact"], computed["days_since_contact"], computed["overdue"]) == ("2026-11-20", 0, False)
    assert "上海示例电子" in result.out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_json_is_the_same_in_every_language_but_for_its_words(
    folder: Path, program: stores.Program, language: str
) -> None:
    wrong(folder, status="nonsense")
    (problem,) = program("--lang", language, "check", "--format", "json").data["problems"]
    assert (problem["rule"], problem["severity"], problem["pointer"]) == ("unknown-value", "error", "/status")
    assert problem["message"].isascii() is (language == "en")


# Exit codes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check"], 0),
        (["check", "--strict"], 0),
        (["list"], 0),
        (["list", "--status", "lost"], 0),
        (["show", "华东"], 0),
        (["due"], 0),
        (["due", "--owner", "nobody"], 2),
        (["report", "--list"], 0),
        (["report", "--check"], 1),
        (["--help"], 0),
        (["--version"], 0),
        (["list", "--help"], 0),
        (["nonsense"], 2),
        (["list", "--nonsense"], 2),
        (["list", "--format", "xml"], 2),
        (["list", "--limit", "0"], 2),
        (["list", "--where", "("], 2),
        (["show"], 2),
        (["show", "没有这家"], 2),
        (["show", "2024"], 2),
        (["check", "nonsense"], 2),
        (["log", "华东", "phone", "x", "--by", "nobody"], 2),
        (["log", "华东", "phone", "x"], 3),
        (["check", "--staged"], 3),
        (["hooks", "status"], 3),
        (["init"], 3),
    ],
)
def test_each_way_to_end_has_its_exit_code(program: stores.Program, arguments: list[str], code: int) -> None:
    result = program(*arguments)
    assert result.code == code
    assert "Traceback" not in result.err
    if code > 1:
        assert result.out == ""
        # What was typed as an expression is shown with a caret, and the hint stands behind it.
        assert result.err.splitlines()[1].startswith("  = ") or "^  " in result.err.splitlines()[2]


@pytest.mark.parametrize("group", ["hooks", "schema"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_command_that_waits_for_another_shows_its_help_as_misuse(
    program: stores.Program, group: str, language: str
) -> None:
    shown = program("--lang", language, group, "--help")
    assert (shown.code, shown.err) == (0, "")
    result = program("--lang", language, group)
    assert (result.code, result.out, result.err) == (2, "", shown.out)


def test_errors_leave_one_and_warnings_only_when_they_are_to_count(folder: Path, program: stores.Program) -> None:
    wrong(folder, industry="C99")
    assert (program("check").code, program("check", "--strict").code) == (0, 1)
    assert program("check", "--ignore", "industry-code", "--strict").code == 0
    wrong(folder, status="nonsense")
    assert (program("check").code, program("check", "--select", "industry-code").code) == (1, 0)


def test_one_bad_record_never_hides_the_others(folder: Path, program: stores.Program) -> None:
    (folder / ONE).write_bytes(b"\xff\xfe\x00")
    left = "1 record with errors not listed; see: crmtext check\n"
    assert program("list", "--format", "ids") == stores.Said(0, "C20240501002\n", left)
    assert program("list", "--format", "json").data["left_out"] == 1
    assert program("show", "华东").code == 0
    assert program("report", "index").code == 0
    assert program("check").code == 1


def test_without_a_store_every_command_says_where_to_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = stores.Program(capsys, tmp_path)
    for arguments in (["list"], ["check"], ["show", "x"], ["report"], ["hooks", "install"], ["log", "x", "y", "z"]):
        result = program(*arguments)
        assert result == stores.Said(
            3,
            "",
            f"error: not a store: no crmtext.toml in {tmp_path} or any parent folder [no-store]\n"
            "  = go to the store's folder, give it with -C, or create a store: crmtext init\n",
        )


# Where it works


def test_paths_are_seen_from_where_the_command_works(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong(folder, status="nonsense")
    inside = stores.Program(capsys, folder / "records")
    for path in ("C20240501001.yaml", "./C20240501001.yaml", "../records", ".", "..", str(folder / ONE)):
        result = inside("check", path)
        assert (result.code, result.out.partition(" ")[0]) == (1, f"{ONE}:4:9:")
    assert inside("check", "C20240501002.yaml").out == "1 record checked, no problems\n"
    assert inside("check", str(folder.parent)).code == 2
    monkeypatch.chdir(folder)
    assert stores.Program(capsys, folder)("check", stores.path("002")).code == 0


def test_a_folder_without_records_is_checked_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = stores.Program(capsys, stores.made(tmp_path))
    assert [program("check", path).code for path in ("records", ".")] == [0, 0]


# What it speaks


def test_the_store_chooses_the_language_unless_another_is_asked_for(
    folder: Path, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "crmtext.toml").write_bytes(stores.TEAM.replace("[store]", '[store]\nlanguage = "zh"').encode())
    monkeypatch.delenv("CRMTEXT_LANG")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    chinese, english = "检查了 2 条记录", "2 records checked, no problems\n"
    assert chinese in program("check").out
    assert program("--lang", "en", "check").out == english
    monkeypatch.setenv("CRMTEXT_LANG", "en")
    assert program("check").out == english


def test_the_locale_chooses_where_nobody_else_does(program: stores.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMTEXT_LANG")
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert "检查了 2 条记录" in program("check").out


@pytest.mark.parametrize("env", [{"LANG": "C", "LC_ALL": "C"}, {"LANG": "zh_CN.GBK", "PYTHONIOENCODING": "ascii"}])
def test_output_is_utf8_whatever_the_locale(folder: Path, env: dict[str, str]) -> None:
    out, err = stores.process(folder, "list", "--columns", "name", env=env).communicate(timeout=60)
    assert (out.decode().splitlines()[1:], err) == (["上海示例电子", "华东"], b"")


def test_colours_are_for_terminals_and_for_who_asks(
    folder: Path, program: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong(folder, status="nonsense")
    assert "\x1b[" not in program("check").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in program("check").out
    assert "\x1b[" not in program("--color", "never", "check").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in program("check").out
    assert "\x1b[" in program("--color", "always", "check").out


def test_several_lines_of_advice_are_several_lines(program: stores.Program) -> None:
    assert program("show", "2024").err.splitlines()[:1] == ["error: no customer matches '2024' [no-customer]"]
    assert program("show", "张三").err.splitlines() == [
        "error: '张三' matches 2 customers [several-customers]",
        "  = choose one by its id:",
        "    C20240501001  上海示例电子",
        "    C20240501002  华东",
    ]
