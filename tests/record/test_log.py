"""Noting an interaction: one entry more where its day belongs, and not one other byte."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest
import stores
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtext.record.input.position import place
from crmtext.record.log import log
from crmtext.schema import Schema
from crmtext.text.edit.rewrite import rewrite
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ONE = stores.path("001")
HISTORY = """\
interactions:  # the newest at the end
  - date: 2026-10-12
    by: hanmei
    channel: phone
    summary: "first"
  - {date: 2026-11-10, by: lilei, channel: visit, summary: '第二次'}   # flow
# the end
custom: {a: '1'}
"""

FLUSH = "interactions:\n- {date: 2026-01-01, by: lilei, channel: note, summary: a}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return stores.made(
        tmp_path / "客户 库",
        stores.record("001", "上海示例电子有限公司", HISTORY, short_name="示例电子"),
        stores.record("002", "华东精密"),
    )


@pytest.fixture
def program(folder: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, folder)


def added(folder: Path, before: dict[str, bytes], path: str = ONE) -> str:
    """What was put into one record; asserts that nothing was taken away, there or elsewhere."""
    after = stores.files(folder)
    assert {name: text for name, text in after.items() if name != path} == {
        name: text for name, text in before.items() if name != path
    }
    old, new = before[path].decode().splitlines(keepends=True), after[path].decode().splitlines(keepends=True)
    lines = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    assert [line for line in lines if line[0] == "-"] == []
    return "".join(line[2:] for line in lines)


def test_an_entry_is_added_at_the_end_and_every_other_byte_stays(folder: Path, program: stores.Program) -> None:
    before = stores.files(folder)
    result = program("log", "示例电子", "微信", "报价已发, 等回复", "--by", "李雷", "--next", "回访", "--due", "下周五")
    assert (result.code, result.out) == (0, "")
    assert result.err == f"Logged a WeChat message on 2026-11-20 for 示例电子: {ONE}; next step by 2026-11-27: 回访\n"
    assert added(folder, before) == (
        "  - date: 2026-11-20\n"
        "    by: lilei\n"
        "    channel: wechat\n"
        "    summary: 报价已发, 等回复\n"
        "    next:\n"
        "      action: 回访\n"
        "      due: 2026-11-27\n"
    )
    assert program("check", "--strict").code == 0


def test_everything_that_can_be_said_is_written_in_the_order_of_the_schema(
    folder: Path, program: stores.Program
) -> None:
    before = stores.files(folder)
    given = ["--details", "第一行\n第二行\n", "--outcome", "positive", "--direction", "in", "--contact", "张三"]
    assert program("log", "C20240501002", "phone", " 两  行\n一句 ", "--by", "hanmei@example.com", *given).code == 0
    text = added(folder, before, stores.path("002"))
    assert text == (
        "interactions:\n"
        "  - date: 2026-11-20\n"
        "    by: hanmei\n"
        "    channel: phone\n"
        "    summary: 两 行 一句\n"
        "    details: |-\n"
        "      第一行\n"
        "      第二行\n"
        "    direction: in\n"
        "    contact: 张三\n"
        "    outcome: positive\n"
    )


@pytest.mark.parametrize(
    ("typed", "day", "before_line"),
    [
        ("今天", "2026-11-20", "# the end"),
        ("昨天", "2026-11-19", "# the end"),
        ("2026年11月10日", "2026-11-10", "# the end"),
        ("11月9日", "2026-11-09", "  - {date: 2026-11-10,"),
        ("2026-10-12", "2026-10-12", "  - {date: 2026-11-10,"),
        ("2025/1/2", "2025-01-02", "  - date: 2026-10-12"),
    ],
)
def test_an_older_entry_goes_where_its_day_belongs(
    folder: Path, program: stores.Program, typed: str, day: str, before_line: str
) -> None:
    before = stores.files(folder)
    assert program("log", "示例", "电话", "补记", "--by", "lilei", "--date", typed).code == 0
    entry = f"  - date: {day}\n    by: lilei\n    channel: phone\n    summary: 补记\n"
    assert added(folder, before) == entry
    text = (folder / ONE).read_text("utf-8")
    assert text[text.index(entry) + len(entry) :].startswith(before_line)


@pytest.mark.parametrize(
    ("arguments", "code", "rule", "hint"),
    [
        (["--by", "lilie"], 2, "team-member", "did you mean 'lilei'?"),
        (["--by", "zhang"], 2, "team-member", "team: lilei 李雷, hanmei 韩梅, liuyang 刘洋"),
        (["--date", "明天"], 2, "future-date", "log it after it happened; for a plan: --next … --due …"),
        (["--date", "foo"], 2, "date-format", None),
        (["--date", "2026-02-30"], 2, "date-format", "this date does not exist"),
        (["--next", "x", "--due", "2026-11-19"], 2, "next-due", "fix one of the two dates"),
        (["--due", "明天"], 2, "next-step", 'add --next "…"'),
        (["--outcome", "postive"], 2, "unknown-value", "did you mean 'positive'?"),
        (["--next", " "], 2, "empty-value", "give a one-line summary"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(
    folder: Path, program: stores.Program, arguments: list[str], code: int, rule: str, hint: str | None
) -> None:
    before = stores.files(folder)
    by = [] if "--by" in arguments else ["--by", "lilei"]
    result = program("log", "示例", "phone", "x", *by, *arguments)
    first, _line, rest = result.err.partition("\n")
    assert (result.code, result.out, first.rpartition(" ")[2]) == (code, "", f"[{rule}]")
    assert hint is None or rest == f"  = {hint}\n"
    assert stores.files(folder) == before


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["没有这家", "phone", "x"], "no-customer"),
        (["子", "phone", "x"], None),
        (["示例", "telefax", "x"], "unknown-value"),
        (["示例", "phone", "  "], "empty-value"),
        (["示例", "phone", "身份证 " + "11010119900307" + "1233"], "resident-id"),
        (["示例", "phone", "x\x1b[31mred"], "invisible-character"),
    ],
)
def test_wrong_arguments_change_nothing(
    folder: Path, program: stores.Program, arguments: list[str], rule: str | None
) -> None:
    before = stores.files(folder)
    result = program("log", *arguments, "--by", "lilei", "--dry-run")
    assert (result.code, stores.files(folder)) == (0 if rule is None else 2, before)
    assert rule is None or f"[{rule}]" in result.err
    assert "\x1b" not in result.err


def test_a_dry_run_shows_the_diff_and_writes_nothing(folder: Path, program: stores.Program) -> None:
    before = stores.files(folder)
    result = program("log", "华东精密", "拜访", "看样机", "--by", "lilei", "--dry-run")
    assert (result.code, result.err, stores.files(folder)) == (0, "nothing was written\n", before)
    assert result.out == (
        f"--- a/{stores.path('002')}\n"
        f"+++ b/{stores.path('002')}\n"
        "@@ -5,3 +5,8 @@\n"
        " owner: lilei\n"
        " contacts:\n"
        "   - name: 张三\n"
        "+interactions:\n"
        "+  - date: 2026-11-20\n"
        "+    by: lilei\n"
        "+    channel: visit\n"
        "+    summary: 看样机\n"
    )


def test_the_json_document_names_what_changed(program: stores.Program) -> None:
    result = program("log", "华东精密", "phone", "x", "--by", "lilei", "--format", "json")
    changed = [{"id": "C20240501002", "path": stores.path("002")}]
    assert (result.data, result.err) == ({"schema": 1, "changed": changed, "commit": None}, "")


def test_a_wrong_record_can_be_logged_to_as_long_as_it_parses(folder: Path, program: stores.Program) -> None:
    wrong = stores.record("001", "上海示例电子有限公司", HISTORY, status="nonsense", short_name="示例电子")
    (folder / ONE).write_bytes(wrong.encode())
    for typed in ("C20240501001", "示例电子"):
        before = stores.files(folder)
        assert program("log", typed, "phone", "x", "--by", "lilei").code == 0
        assert added(folder, before).startswith("  - date: 2026-11-20\n")


def test_a_record_wrong_all_over_is_found_by_what_is_right_in_it(folder: Path, program: stores.Program) -> None:
    odd = (
        "id: C20240501009\nname: 怪客户\naliases: [1, {a: b}, 老怪]\nphones: 5\ncontacts: [x, {name: 3}, {emails: 1}]\n"
    )
    (folder / "records" / "odd.yaml").write_text(odd, encoding="utf-8")
    for typed in ("怪客户", "老怪", "009"):
        assert program("log", typed, "phone", "x", "--by", "lilei").code == 0
    assert program("log", "没有这家", "phone", "x", "--by", "lilei").code == 2
    assert (folder / "records" / "odd.yaml").read_text("utf-8").count("summary: x") == 3


def test_who_is_not_found_may_be_in_a_record_that_cannot_be_read(folder: Path, program: stores.Program) -> None:
    (folder / "records" / "odd.yaml").write_text("name: [\n", encoding="utf-8")
    for command in (["log", "没有这家", "phone", "x", "--by", "lilei"], ["show", "没有这家"]):
        assert program(*command).err.splitlines()[1:] == [
            "  = see all: crmtext list",
            "    1 record has errors and was not searched: crmtext check",
        ]


def test_a_record_that_does_not_parse_is_refused_with_its_line(folder: Path, program: stores.Program) -> None:
    (folder / ONE).write_text("id: C20240501001\nname: [\n", encoding="utf-8")
    result = program("log", "C20240501001", "phone", "x", "--by", "lilei")
    assert (result.code, "fix line " in result.err, ONE in result.err) == (1, True, True)


def test_a_change_that_would_add_an_error_is_refused(folder: Path, program: stores.Program) -> None:
    long = stores.record("001", "示例", f"notes: {'长' * 80_000}\n")
    (folder / ONE).write_bytes(long.encode())
    result = program("log", "C20240501001", "phone", "x", "--details", "长" * 10_000, "--by", "lilei")
    assert (result.code, result.err.partition(":")[2].partition(":")[0]) == (2, " nothing was written")
    assert (folder / ONE).read_bytes() == long.encode()


@pytest.mark.parametrize(
    ("raw", "end"),
    [
        (stores.record("001", "示例", HISTORY).replace("\n", "\r\n"), "\r\n"),
        (stores.record("001", "示例").rstrip("\n"), "\n"),
        (stores.record("001", "示例", "interactions: []\n"), "\n"),
        (
            stores.record("001", "示例", FLUSH),
            "\n",
        ),
    ],
)
def test_the_file_keeps_its_own_ways(folder: Path, program: stores.Program, raw: str, end: str) -> None:
    (folder / ONE).write_bytes(raw.encode())
    assert program("log", "C20240501001", "phone", "新的", "--by", "lilei").code == 0
    text = (folder / ONE).read_bytes().decode()
    assert (text.count("\r\n") == text.count("\n")) is (end == "\r\n")
    entries = parse_text(text.replace("\r\n", "\n"), ONE).data["interactions"]
    assert entries[-1] == {"date": "2026-11-20", "by": "lilei", "channel": "phone", "summary": "新的"}


def test_two_processes_at_once_both_land(folder: Path) -> None:
    running = [stores.process(folder, "log", "C20240501002", "phone", f"第{n}次", "--by", "lilei") for n in range(4)]
    left = [process.communicate(timeout=120)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], left
    document = parse_text((folder / stores.path("002")).read_text("utf-8"), "")
    assert sorted(entry["summary"] for entry in document.data["interactions"]) == ["第0次", "第1次", "第2次", "第3次"]


SCHEMA = Schema.shipped()
TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=60)
@given(
    days=st.lists(st.dates().map(str), max_size=6),
    item=st.fixed_dictionaries({"date": st.dates().map(str), "by": st.just("lilei"), "summary": TEXT}),
)
def test_whatever_is_noted_can_be_read_back_behind_all_that_is_not_younger(
    days: list[str], item: dict[str, str]
) -> None:
    entries = [f"  - {{date: {day}, by: lilei, channel: note, summary: s}}\n" for day in sorted(days)]
    text = stores.record("001", "示例", "interactions:\n" + "".join(entries) if entries else "")
    entry = {**item, "channel": "note"}
    before = parse_text(text, ONE)
    after = parse_text(rewrite(text, [place(before, "/interactions", entry, SCHEMA)]), ONE).data
    index = sum(day <= item["date"] for day in days)
    rest = after["interactions"][:index] + after["interactions"][index + 1 :]
    assert (after["interactions"][index], rest) == (entry, before.data.get("interactions", []))
    assert {key: value for key, value in after.items() if key != "interactions"} == {
        key: value for key, value in before.data.items() if key != "interactions"
    }


def test_the_draft_holds_both_sides() -> None:
    before = parse_text(stores.record(), ONE)
    drafted = log(before, {"date": "2026-11-20", "by": "lilei", "channel": "note", "summary": "a"}, SCHEMA)
    assert (drafted.before, drafted.id, drafted.diff.count("\n+")) == (before, "C20240501001", 6)


PEOPLE = stores.record(
    "003",
    "无锡样板有限公司",
    """    phones: ["13800138000"]
    emails: [zhang@example.com]
  - name: 王小明
  - name: Jürgen Groß
""",
)


def first(folder: Path) -> Mapping[str, str]:
    """The first interaction of that record."""
    data = parse_text((folder / stores.path("003")).read_text("utf-8"), stores.path("003")).data
    interaction: Mapping[str, str] = data["interactions"][0]
    return interaction


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("王小明", "王小明"),
        ("zhang@example.com", "张三"),
        ("13800138000", "张三"),
        ("wangxiaoming", "王小明"),
        ("juergen gross", "Jürgen Groß"),
        ("无锡样板", None),
        ("C20240501003", None),
        ("wxyb", None),
    ],
)
def test_a_customer_named_by_a_contact_has_the_contact_filled_in(
    folder: Path, program: stores.Program, typed: str, contact: str | None
) -> None:
    stores.made(folder, PEOPLE)
    assert program("log", typed, "电话", "谈了", "--by", "李雷").code == 0
    assert first(folder).get("contact") == contact


def test_a_name_that_two_contacts_share_fills_in_neither(folder: Path, program: stores.Program) -> None:
    stores.made(folder, PEOPLE.replace("Jürgen Groß", "王小明"))
    assert program("log", "王小明", "电话", "谈了", "--by", "李雷").code == 0
    assert "contact" not in first(folder)


@pytest.mark.parametrize(
    ("given", "kept", "near"),
    [
        ("王小明", "王小明", ""),
        ("jurgen gross", "Jürgen Groß", ""),
        ("王晓明", "王晓明", "did you mean '王小明'?"),
        ("赵六", "赵六", "contacts: 张三, 王小明, Jürgen Groß"),
    ],
)
@pytest.mark.parametrize("command", ["log", "append"])
def test_a_contact_who_is_not_in_the_record_is_kept_with_a_warning(
    folder: Path, program: stores.Program, command: str, given: str, kept: str, near: str
) -> None:
    stores.made(folder, PEOPLE)
    typed = {
        "log": ["无锡样板", "电话", "谈了", "--by", "李雷", "--contact", given],
        "append": ["无锡样板", "interactions", "by=李雷", "channel=电话", "summary=谈了", f"contact={given}"],
    }
    result = program(command, *typed[command])
    assert (result.code, first(folder)["contact"]) == (0, kept)
    warning = (
        f"warning: 无锡样板有限公司 has no contact '{given}' [unknown-contact]\n"
        f"  = {near}\n"
        f"    to add the contact: crmtext append C20240501003 contacts name={given}\n"
    )
    assert result.err.startswith(warning) if near else "warning" not in result.err


def test_the_warning_of_an_unknown_contact_is_chinese(folder: Path, program: stores.Program) -> None:
    stores.made(folder, PEOPLE)
    result = program("--lang", "zh", "log", "无锡样板", "电话", "谈了", "--by", "李雷", "--contact", "王晓明")
    assert result.err.partition(": ")[2].splitlines()[:3] == [
        "无锡样板有限公司没有联系人“王晓明” [unknown-contact]",
        "  = 是不是“王小明”？",
        "    新增这位联系人：crmtext append C20240501003 contacts name=王晓明",
    ]


def test_the_next_step_has_a_time_and_a_channel(folder: Path, program: stores.Program) -> None:
    before = stores.files(folder)
    more = ("--next", "回访", "--due", "2026-11-27", "--time", "下午2点半", "--next-channel", "电话")
    result = program("log", "示例电子", "微信", "报价已发", "--by", "李雷", *more)
    assert result.err == (
        f"Logged a WeChat message on 2026-11-20 for 示例电子: {ONE}; next step by 2026-11-27 14:30: 回访\n"
    )
    assert added(folder, before) == (
        "  - date: 2026-11-20\n"
        "    by: lilei\n"
        "    channel: wechat\n"
        "    summary: 报价已发\n"
        "    next:\n"
        "      action: 回访\n"
        "      due: 2026-11-27\n"
        "      time: '14:30'\n"
        "      channel: phone\n"
    )
    assert program("check", "--strict").code == 0
    program(
        "log",
        "示例电子",
        "电话",
        "又谈了一次",
        "--by",
        "李雷",
        "--next",
        "送样",
        "--due",
        "2026-11-27",
        "--time",
        "9:00",
    )
    card = program("show", "示例电子").out.splitlines()
    at = card.index("Next steps")
    assert card[at + 1 : at + 3] == [
        "  1. 2026-11-27 09:00 (in 7 days)  送样 · 李雷",
        "  2. 2026-11-27 14:30 (in 7 days)  回访 · 李雷 · Phone",
    ]


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (["--time", "14:00"], "--time requires --next", 'add --next "…"'),
        (["--next-channel", "电话"], "--next-channel requires --next", 'add --next "…"'),
        (["--next", "回访", "--time", "14:00"], "--time requires --due", "add the day: --due …"),
        (
            ["--next", "回访", "--due", "+3d", "--time", "2点"],
            "'2点' can be 02:00 or 14:00",
            "use a time such as 14:00",
        ),
    ],
)
def test_a_time_or_channel_of_no_next_step_is_rejected(
    folder: Path, program: stores.Program, options: list[str], message: str, hint: str
) -> None:
    before = stores.files(folder)
    result = program("log", "示例电子", "微信", "报价已发", "--by", "李雷", *options)
    assert (result.code, result.err.splitlines()[1]) == (2, f"  = {hint}")
    assert result.err.startswith(f"error: {message}")
    assert stores.files(folder) == before


def test_a_store_of_version_1_takes_no_time(folder: Path, program: stores.Program) -> None:
    schema = folder / "schema/customer.schema.json"
    schema.parent.mkdir()
    schema.write_bytes((stores.ROOT / "schema/history/1.json").read_bytes())
    options = ("--next", "回访", "--due", "+3d", "--time", "14:00")
    result = program("log", "示例电子", "微信", "报价已发", "--by", "李雷", *options)
    assert (result.code, result.err.splitlines()) == (
        2,
        [
            "error: the schema of this store has no field 'interactions[].next.time' [unknown-key]",
            "  = to upgrade: crmtext schema upgrade",
        ],
    )
