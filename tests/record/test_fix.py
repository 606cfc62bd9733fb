"""Mending what has exactly one right answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtext.record.change.write import WriteOptions
from crmtext.record.fix import fixed_record, run
from crmtext.schema import Schema
from crmtext.store import Store
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = Schema.shipped()
RIGHT = stores.record("001")
#: What stands in a record, what it becomes, and the rules that are satisfied by it.
MENDS = [
    ("phones: [13800138000]\n", 'phones: ["13800138000"]\n', ["number-as-text"]),
    ("uscc: 91310115MA1K35J34Ｃ\n", "uscc: 91310115MA1K35J34C\n", ["fullwidth-digits"]),
    ("verified: {date: 2024/5/1, by: lilei}\n", "verified: {date: 2024-05-01, by: lilei}\n", ["date-format"]),
    ("verified: {date: 2024年5月1日, by: lilei}\n", "verified: {date: 2024-05-01, by: lilei}\n", ["date-format"]),
    ("priority: 重点\n", "priority: key\n", ["unknown-value"]),
    ("标签: [vip]\n", "tags: [vip]\n", ["unknown-key"]),
    ("tags: [vip，老客户]\n", "tags: [vip, 老客户]\n", ["fullwidth-comma"]),
    ("notes：老客户\n", "notes: 老客户\n", ["fullwidth-colon"]),
    ("notes: “老客户”\n", 'notes: "老客户"\n', ["curly-quotes"]),
    ("notes: Cafe\u0301\n", "notes: Caf\u00e9\n", ["not-nfc"]),
    ("notes: @home\n", "notes: '@home'\n", ["quotes-needed"]),
    ("notes: @home # c\n", "notes: '@home' # c\n", ["quotes-needed"]),
    ("notes: a: it's # d\n", "notes: 'a: it''s' # d\n", ["colon-in-value"]),
    ("notes: [vip] 客户 # c\n", "notes: '[vip] 客户' # c\n", ["text-after-quotes"]),
    (
        "notes：老客户\nphones: [13800138000] # 前台\npriority: 重点\n",
        'notes: 老客户\nphones: ["13800138000"] # 前台\npriority: key\n',
        ["fullwidth-colon", "number-as-text", "unknown-value"],
    ),
]
#: Nothing of these has one right answer.
KEPT = [
    "verified: {date: 近期, by: lilei}\n",
    "priority: nonsense\n",
    "tags: [a\n",
    "notes: @home #3\n",
    "website: nonsense\n",
    "phones: [0138001]\nphones: [1]\n",
]


def mended(text: str) -> tuple[str, list[str]]:
    draft, done = fixed_record(parse(text.encode(), stores.path()), SCHEMA)
    assert draft.after
    return draft.after.text, sorted(problem.rule for problem in done)


@pytest.mark.parametrize(("wrong", "right", "rules"), MENDS)
def test_one_right_answer_is_written_and_nothing_else_changes(wrong: str, right: str, rules: list[str]) -> None:
    assert mended(RIGHT + wrong) == (RIGHT + right, rules)


def test_a_byte_order_mark_goes() -> None:
    assert mended("\ufeff" + RIGHT) == (RIGHT, ["byte-order-mark"])


def test_a_label_becomes_its_value_though_more_is_asked_of_that_value() -> None:
    wrong = RIGHT.replace("status: lead", "status: 合作中")
    assert mended(wrong) == (RIGHT.replace("status: lead", "status: active"), ["unknown-value"])


@pytest.mark.parametrize("text", KEPT)
def test_what_has_no_single_right_answer_stays(text: str) -> None:
    assert mended(RIGHT + text) == (RIGHT + text, [])


def test_only_what_is_wanted_is_mended() -> None:
    document = parse((RIGHT + "phones: [13800138000]\npriority: 重点\n").encode(), stores.path())
    draft, done = fixed_record(document, SCHEMA, lambda problem: problem.rule == "unknown-value")
    assert draft.after
    assert draft.after.text == RIGHT + "phones: [13800138000]\npriority: key\n"
    assert [problem.rule for problem in done] == ["unknown-value"]


@settings(max_examples=60)
@given(st.lists(st.sampled_from([wrong for wrong, _right, _rules in MENDS] + KEPT), max_size=4))
def test_mending_twice_is_mending_once_and_what_was_right_stays(parts: list[str]) -> None:
    text = RIGHT + "".join(parts)
    once, _rules = mended(text)
    assert mended(once) == (once, [])
    assert once.startswith(RIGHT)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with two wrong records and one mistake nobody can mend for others."""
    return stores.made(
        tmp_path / "store",
        stores.record("001", more="phones: [13800138000]\n"),
        stores.record("002", "苏州样例机械有限公司", more="priority: 重点\nphones: [12]\n", owner="nobody"),
    )


def test_check_fix_says_what_was_mended_and_what_is_left(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = stores.Program(capsys, store)("check", "--fix", "--ignore", "phone-form")
    *lines, total = result.err.splitlines()
    assert (len(lines), total) == (3, "Fixed 3 problems in 2 files")
    assert all(line.startswith("fixed: records/C2024050100") for line in lines)
    assert (result.code, result.out.splitlines()[0]) == (
        1,
        "records/C20240501002.yaml:5:8: error: 'nobody' is not on the team list [team-member]",
    )
    assert (store / stores.path("001")).read_text("utf-8").endswith('phones: ["13800138000"]\n')


def test_a_dry_run_shows_the_diff_and_writes_nothing(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = stores.files(store)
    result = stores.Program(capsys, store)("check", "--fix", "--dry-run", "--select", "unknown-value")
    assert (result.code, result.err) == (1, "nothing was written\n")
    assert [line for line in result.out.splitlines() if line[:1] in "+-"] == [
        "--- a/records/C20240501002.yaml",
        "+++ b/records/C20240501002.yaml",
        "-priority: 重点",
        "+priority: key",
    ]
    assert stores.files(store) == before


def test_only_the_records_named_are_mended(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = stores.files(store)
    result = stores.Program(capsys, store)("check", "--fix", str(store / stores.path("001")))
    assert (result.code, result.out) == (0, "1 record checked, no problems\n")
    changed = [path for path, content in stores.files(store).items() if before[path] != content]
    assert changed == [stores.path("001")]


def test_where_nothing_can_be_mended_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = stores.Program(capsys, stores.made(tmp_path, RIGHT))("check", "--fix")
    assert (result.code, result.out) == (0, "1 record checked, no problems\n")
    assert result.err == "nothing to fix automatically: the remaining problems have no single right answer\n"


@pytest.mark.parametrize("options", [["--dry-run"], ["--fix", "--staged"]])
def test_mending_is_for_the_disk(store: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert stores.Program(capsys, store)("check", *options).code == 2


def test_a_colleagues_name_becomes_the_handle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = stores.record(
        "002", owner="李雷", more="interactions:\n  - {date: 2026-11-02, by: 韩梅, channel: phone, summary: x}\n"
    )
    folder = stores.made(tmp_path, text, stores.record("003", owner="陈璐"))
    assert stores.Program(capsys, folder)("check", "--fix").code == 1
    right = text.replace("owner: 李雷", "owner: lilei").replace("by: 韩梅", "by: hanmei")
    assert [(folder / stores.path(number)).read_text("utf-8") for number in ("002", "003")] == [
        right,
        stores.record("003", owner="陈璐"),
    ]


def test_a_name_that_two_colleagues_have_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = stores.record("002", owner="韩梅")
    folder = stores.made(tmp_path, text, team=stores.TEAM + '[team.hanmei2]\nname = "韩梅"\n')
    assert stores.Program(capsys, folder)("check", "--fix").code == 1
    assert (folder / stores.path("002")).read_text("utf-8") == text


def test_check_fix_writes_the_codes_of_currencies_in_records_and_settings(tmp_path: Path) -> None:
    team = stores.TEAM.replace("[store]\n", '[store]\ncurrency = "RMB"  # 人民币\n')
    deals = "transactions:\n  - {date: 2024-05-01, amount: 1, currency: NTD}\n"
    deals += "  - {date: 2024-05-01, amount: 1, currency: XYZ}\n"
    folder = stores.made(tmp_path, stores.record(more=deals), team=team)
    result = run(Store(folder), WriteOptions(commit=False), lambda _problem: True)
    assert result.changed == (("C20240501001", stores.path("001")), ("", "crmtext.toml"))
    assert (folder / stores.path("001")).read_text("utf-8") == stores.record(more=deals.replace("NTD", "TWD"))
    assert (folder / "crmtext.toml").read_text("utf-8") == team.replace("RMB", "CNY")
