"""After a complaint or a low score: the line that opens a case, or the case itself in the same change."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import customers
import pytest
import stores
from customers import ACTIVE, ACTIVE_PATH, RECORD

from crmtext.record.input import arguments
from crmtext.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

CASE = {"opened": "2026-11-20", "kind": "complaint", "status": "open", "owner": "hanmei", "due": "2026-11-25"}


@pytest.fixture
def folder(repo: Repo) -> Path:
    repo.commit({"crmtext.toml": customers.SETTINGS, ACTIVE_PATH: ACTIVE, customers.PATH: RECORD})
    return repo.path


@pytest.fixture
def program(folder: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, folder)


def cases(folder: Path) -> list[Any]:
    return list(customers.data(customers.Store(folder), ACTIVE_PATH).get("cases", ()))


COMPLAINTS = {
    ("set", "武汉合作", "satisfaction=2"): "Satisfaction 2 of 5",
    ("set", "武汉合作", "satisfaction=1", "satisfaction.comment=太慢"): "Satisfaction 1 of 5: 太慢",
    ("append", "武汉合作", "feedback", "kind=投诉", "text=设备停机 两天了"): "设备停机 两天了",
    ("append", "武汉合作", "feedback", "kind=complaint"): "Complaint",
    ("append", "武汉合作", "feedback", "kind=survey", "score=2", "text=一般"): "Feedback 2 of 5: 一般",
    ("append", "武汉合作", "transactions", "amount=500", "rating=1"): "Transactions 1 of 5",
    ("append", "武汉合作", "interactions", "channel=电话", "summary=客户投诉停机"): "客户投诉停机",
    ("log", "武汉合作", "电话", "客户投诉停机"): "客户投诉停机",
    ("log", "武汉合作", "phone", "They complained of \"noise\" & dust"): "They complained of \"noise\" & dust",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "summary"), COMPLAINTS.items(), ids=[" ".join(typed) for typed in COMPLAINTS])
def test_the_line_that_is_printed_opens_the_case(
    program: stores.Program, folder: Path, typed: tuple[str, ...], summary: str
) -> None:
    result = program(*typed)
    assert (result.code, cases(folder)) == (0, [])
    line = result.err.rstrip("\n").splitlines()[-1]
    assert line.startswith("to open a case: crmtext append C20250101AAAA cases ")
    assert program(*shlex.split(line)[5:]).code == 0
    assert cases(folder) == [{**CASE, "summary": summary}]


@pytest.mark.parametrize(("typed", "summary"), COMPLAINTS.items(), ids=[" ".join(typed) for typed in COMPLAINTS])
def test_with_case_it_is_opened_in_the_same_change(
    program: stores.Program, folder: Path, repo: Repo, typed: tuple[str, ...], summary: str
) -> None:
    result = program(*typed, "--case", "--commit")
    assert (result.code, cases(folder)) == (0, [{**CASE, "summary": summary}])
    assert f"Opened a case, due 2026-11-25: {summary}\n" in result.err
    assert "to open a case" not in result.err
    assert "+1 case" in repo.git("log", "-1", "--format=%B")
    assert program("undo").code == 0
    assert customers.read(customers.Store(folder), ACTIVE_PATH) == ACTIVE


def test_a_case_has_the_title_that_is_given_and_takes_no_other_word(program: stores.Program, folder: Path) -> None:
    assert program("append", "武汉合作", "feedback", "--case", "kind=投诉", "text=停机").code == 0
    assert program("append", "--case=停机 两天", "武汉合作", "feedback", "kind=投诉", "text=停机").code == 0
    assert [entry["summary"] for entry in cases(folder)] == ["停机", "停机 两天"]


def test_a_title_without_its_sign_is_answered_with_the_sign(program: stores.Program, folder: Path) -> None:
    result = program("log", "武汉合作", "phone", "停机", "--case", "停机 两天")
    assert (result.code, cases(folder)) == (2, [])
    assert result.err.endswith("  = write an option's value after =: --case='停机 两天'\n")


def test_the_settings_say_when_a_case_is_due(program: stores.Program, folder: Path) -> None:
    settings = customers.SETTINGS.replace("store.commit", "followup.case_days = 2\nstore.commit")
    (folder / "crmtext.toml").write_text(settings, "utf-8")
    assert program("set", "武汉合作", "satisfaction=1", "--case").code == 0
    assert cases(folder)[0]["due"] == "2026-11-22"


@pytest.mark.parametrize(
    "typed",
    [
        ("set", "武汉合作", "satisfaction=3"),
        ("set", "武汉合作", "priority=key"),
        ("append", "武汉合作", "feedback", "kind=praise", "text=没有投诉"),
        ("append", "武汉合作", "cases", "kind=投诉", "summary=停机", "score=1"),
    ],
    ids=" ".join,
)
def test_what_is_no_complaint_opens_no_case(program: stores.Program, folder: Path, typed: tuple[str, ...]) -> None:
    result = program(*typed, "--case")
    assert (result.code, "[no-complaint]" in result.err, cases(folder)) == (2, True, [])
    assert "to open a case" not in program(*typed).err


def test_a_score_that_was_there_is_no_new_complaint(program: stores.Program) -> None:
    assert "to open a case" in program("append", "武汉合作", "feedback", "kind=survey", "score=1").err
    assert "to open a case" not in program("set", "武汉合作", "feedback.score=1").err
    assert "to open a case" in program("set", "武汉合作", "feedback.score=2").err
    assert "to open a case" not in program("set", "武汉合作", "feedback.text=改了").err


def test_a_schema_without_cases_has_none_proposed(program: stores.Program, folder: Path) -> None:
    schema = json.loads(json.dumps(Schema.shipped().data))
    del schema["properties"]["cases"]
    (folder / "schema").mkdir()
    (folder / "schema/customer.schema.json").write_text(json.dumps(schema), "utf-8")
    for typed in (("log", "武汉合作", "phone", "客户投诉"), ("set", "武汉合作", "satisfaction=1")):
        result = program(*typed)
        assert (result.code, "to open a case" in result.err) == (0, False)
        assert "[no-complaint]" in program(*typed, "--case").err


def test_many_customers_have_a_line_each(program: stores.Program, folder: Path) -> None:
    result = program("set", "--where", "status == 'active'", "satisfaction=1")
    command = (
        "crmtext append C20250101AAAA cases kind=complaint 'summary=Satisfaction 1 of 5' owner=hanmei due=2026-11-25"
    )
    assert result.err.splitlines()[-1] == f"to open a case: {command}"
    assert result.err.count("to open a case") == 1
    assert program("set", "--where", "status == 'active'", "satisfaction=2", "--case").code == 0
    assert [entry["summary"] for entry in cases(folder)] == ["Satisfaction 2 of 5"]


def test_a_dry_run_shows_the_case_and_writes_nothing(program: stores.Program, folder: Path) -> None:
    result = program("log", "武汉合作", "phone", "停机", "--case", "--dry-run")
    assert "+    summary: 停机\n" in result.out
    assert (cases(folder), result.err) == ([], "nothing was written\n")


def test_a_case_is_in_the_language_of_the_store_and_the_line_in_that_of_the_terminal(
    program: stores.Program, folder: Path
) -> None:
    settings = customers.SETTINGS.replace("store.commit", 'store.language = "en"\nstore.commit')
    (folder / "crmtext.toml").write_text(settings, "utf-8")
    result = program("--lang", "zh", "set", "武汉合作", "满意度=1")
    command = (
        "crmtext append C20250101AAAA cases kind=complaint 'summary=Satisfaction 1 of 5' owner=hanmei due=2026-11-25"
    )
    assert result.err.splitlines()[-1] == f"新建工单：{command}"


@pytest.mark.parametrize(
    "text", ["客户投诉", "回访, 又被投诉", "They complained", "a complaint", "Complaints about noise"]
)
def test_words_of_a_complaint_are_known(text: str) -> None:
    assert arguments.complains(text)


@pytest.mark.parametrize("text", ["没有投诉", "无投诉", "no complaints", "without complaint", "投标", "compliant", ""])
def test_other_words_are_none(text: str) -> None:
    assert not arguments.complains(text)
