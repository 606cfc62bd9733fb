"""Deciding conflicts: all of it or nothing, nothing lost that cannot be read, nothing shown that is sensitive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import clones
import pytest
import stores

from crmtext.git import merge
from crmtext.problem import cannot
from crmtext.storage import journal, user_index
from crmtext.storage.journal import Part, Transaction
from crmtext.store import Store
from crmtext.sync.conflicts import conflicts
from crmtext.sync.resolve import by_hand
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from pathlib import Path

    from clones import Colleague


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver that git starts is the one of this tree."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


@pytest.fixture
def two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Colleague, Colleague]:
    return clones.pair(tmp_path, capsys, stores.record())


@pytest.fixture
def same_id(two: tuple[Colleague, Colleague]) -> Colleague:
    """One who has to decide between two customers of one id."""
    li, han = two
    li.write(stores.record("003", "甲公司"), "003")
    han.write(stores.record("003", "乙公司"), "003")
    li("sync")
    assert han("sync").code == 1
    return han


@pytest.fixture
def conflict(two: tuple[Colleague, Colleague]) -> Colleague:
    """One who has to decide about a status."""
    li, han = two
    li.edit("status: lead", "status: prospect")
    han.edit("status: lead", "status: lost")
    li("sync")
    assert han("sync").code == 1
    return han


def test_a_file_that_is_no_utf8_is_refused_and_not_touched(conflict: Colleague) -> None:
    file = conflict.repo.path / stores.path()
    raw = file.read_bytes() + "notes: 老客户\n".encode("gbk")
    file.write_bytes(raw)
    result = conflict("resolve", "001", "--ours")
    assert (result.code, "[not-utf8]" in result.err, file.read_bytes()) == (3, True, raw)
    assert "U" in conflict.repo.git("status", "--short")


def test_a_whole_file_is_kept_byte_by_byte(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    raw = han.read().encode() + "notes: 老客户\n".encode("gbk")
    han.repo.git("commit", "-q", "--allow-empty", "-m", "nothing")
    (han.repo.path / stores.path()).write_bytes(raw)
    han.repo.git("commit", "-qam", "in GBK")
    li.repo.git("rm", "-q", stores.path())
    li.repo.git("commit", "-qm", "remove")
    li.repo.git("push", "-q")
    han.repo.git("fetch", "-q")
    han.repo.git("merge", "-q", "origin/main", check=False)
    assert han("resolve", stores.path(), "--ours").code == 0
    assert (han.repo.path / stores.path()).read_bytes() == raw
    assert han.repo.git("ls-files", "-u") == ""


def test_two_files_are_written_or_none(same_id: Colleague, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stores.files(same_id.repo.path)

    def fail(*_arguments: object) -> None:
        raise cannot("git-failed", "no")

    with monkeypatch.context() as patch:
        patch.setattr(user_index, "settle", fail)
        assert same_id("resolve", "003", "--both").code == 3
    assert stores.files(same_id.repo.path) == before
    assert [row["kind"] for row in same_id("resolve", "--format", "json").data["conflicts"]] == ["customers"]
    assert same_id("resolve", "003", "--both").code == 0


def test_a_choice_that_was_killed_between_files_and_git_is_finished_by_the_next_writer(conflict: Colleague) -> None:
    store = Store(conflict.repo.path)
    text = conflict.read().encode()
    after = stores.record(status="prospect").encode()
    journal.begin(store.home.own, Transaction("decided", (Part(stores.path(), text, after),), settles=(stores.path(),)))
    (conflict.repo.path / stores.path()).write_bytes(after)
    with store.writing():
        assert [note.rule for note in store.notes] == ["killed-command"]
    assert merge.unmerged(store.git()) == {}
    conflict.repo.git("commit", "-q", "--no-edit")
    assert conflict("sync").code == 0


def test_a_choice_is_not_undone_and_git_can_show_the_conflict_again(conflict: Colleague) -> None:
    marked = conflict.read()
    assert conflict("resolve", "001", "--theirs").code == 0
    result = conflict("undo")
    assert (result.code, "[nothing-to-undo]" in result.err) == (3, True)
    conflict.repo.git("checkout", "-q", "-m", "--", stores.path())
    assert conflict.read() == marked
    assert conflict("resolve", "001", "--ours").code == 0
    assert (conflict.read(), conflict.repo.git("ls-files", "-u")) == (stores.record(status="lost"), "")


def test_what_is_sensitive_is_not_shown_by_trying(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    more = "    birthday: {0}\n    title: {1}\nnotes: {1}\n"
    li.write(stores.record(more=more.format("1980-01-02", "经理")))
    han.write(stores.record(more=more.format("1970-03-04", "总监")))
    li("sync")
    assert han("sync").code == 1
    before = han.read()
    for side in ("--ours", "--theirs"):
        result = han("resolve", "001", side, "--dry-run")
        assert (
            result.code,
            "1980" in result.out,
            "1970" in result.out,
            "    birthday: (not shown)\n" in result.out,
        ) == (
            0,
            False,
            False,
            True,
        )
        assert "-notes: " in result.out
    assert han.read() == before


def test_nothing_is_locked_by_trying(conflict: Colleague) -> None:
    from crmtext.disk import files

    with files.lock(conflict.repo.path / ".git", 1):
        assert conflict("resolve", "001", "--ours", "--dry-run").code == 0


def test_files_that_are_no_records_are_listed_beside_records_until_git_is_told(
    two: tuple[Colleague, Colleague],
) -> None:
    li, han = two
    li.repo.commit({"README.md": "甲\n", "records/logo.bin": "\0a\n"})
    li("sync")
    han("sync")
    for colleague, status in ((li, "prospect"), (han, "lost")):
        colleague.edit("status: lead", f"status: {status}")
        colleague.repo.commit({"README.md": f"{status}\n", "records/logo.bin": f"\0{status}\n"})
    li("sync")
    outcome = han("sync")
    others = ["  README.md: not a record", "  records/logo.bin: not a record"]
    assert (outcome.code, outcome.out.splitlines()[2:4]) == (1, others)
    by_hand = "resolve it in an editor, then run: git add README.md"
    theirs = "to take the remote version: crmtext resolve C20240501001 status --theirs"
    assert outcome.out.splitlines()[-3:-1] == [theirs, by_hand]
    done = han("resolve", "001", "--ours")
    assert (done.code, done.err.splitlines()[-1]) == (0, "2 conflicts are left: crmtext resolve")
    result = han("resolve")
    assert (result.code, by_hand in result.out + result.err) == (1, True)
    refused = han("resolve", "README.md", "--ours")
    assert (refused.code, "[no-conflict]" in refused.err, by_hand in refused.err) == (2, True, True)
    han.repo.git("add", "README.md", "records/logo.bin")
    assert han("resolve").code == 0
    han.repo.git("commit", "-q", "--no-edit")
    assert han("sync").code == 0


def test_a_file_above_the_store_is_listed_as_git_calls_it_there(conflict: Colleague) -> None:
    repo = conflict.repo
    repo.git("merge", "--abort")
    repo.git("config", "core.hooksPath", "/dev/null")
    (repo.path / "team").mkdir()
    repo.git("mv", "records", "crmtext.toml", "team")
    repo.commit({"READ ME.md": "甲\n"}, "below")
    repo.git("switch", "-qc", "other")
    repo.commit({"READ ME.md": "乙\n"})
    repo.git("switch", "-q", "-")
    repo.commit({"READ ME.md": "丙\n"})
    repo.git("merge", "-q", "other", check=False)
    listed = conflicts(Store(repo.path / "team"))
    assert [(row.path, by_hand(row)) for row in listed] == [
        ("../READ ME.md", "resolve it in an editor, then run: git add '../READ ME.md'")
    ]


def test_a_record_that_was_decided_with_an_editor_is_listed_until_git_is_told(conflict: Colleague) -> None:
    conflict.repo.write(stores.path(), stores.record(status="lost"))
    result = conflict("resolve", "--format", "json")
    assert [(row["kind"], row["customer"]) for row in result.data["conflicts"]] == [("other", "C20240501001")]
    conflict.repo.git("add", stores.path())
    assert conflict("resolve").code == 0


@pytest.fixture
def three(two: tuple[Colleague, Colleague]) -> Colleague:
    """One who has to decide about a priority, a contact's title and notes."""
    li, han = two
    li.write(li.read() + "    title: 采购\npriority: normal\nnotes: 老客户\n")
    assert (li("sync").code, han("sync").code) == (0, 0)
    for colleague, priority, title, notes in ((li, "key", "总监", "甲"), (han, "low", "副总", "乙")):
        text = colleague.read().replace("priority: normal", f"priority: {priority}")
        colleague.write(text.replace("title: 采购", f"title: {title}").replace("notes: 老客户", f"notes: {notes}"))
    li("sync")
    assert han("sync").code == 1
    return han


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("priority", "priority"),
        ("优先级", "priority"),
        ("备注", "notes"),
        ("联系人[张三].职位", "contacts[张三].title"),
        ("联系人[0].title", "contacts[张三].title"),
        ("contacts[0].title", "contacts[张三].title"),
    ],
)
def test_a_key_is_taken_as_people_call_it(three: Colleague, typed: str, key: str) -> None:
    shown = three("resolve", "001", typed, "--format", "json")
    assert [row["keys"] for row in shown.data["conflicts"]] == [[key]]
    assert three("resolve", "001", typed, "--theirs").code == 0
    left = {"priority", "contacts[张三].title", "notes"} - {key}
    assert {row["keys"][0] for row in three("resolve", "--format", "json").data["conflicts"]} == left


def test_keys_are_shown_as_people_call_them(three: Colleague) -> None:
    table = three("--lang", "zh", "resolve").out
    assert re.search(r"  低（李雷，[-0-9]+） +重点（李雷，[-0-9]+）\n", table)
    assert re.search(r"  优先级\W+priority\W+", table)
    assert re.search(r"  联系人 张三 · 职位\W+contacts\[张三\]\.title\W+", table)
    refused = three("--lang", "zh", "resolve", "001", "负责人", "--ours")
    assert (refused.code, bool(re.search(r"备注\W+notes\W", refused.err))) == (2, True)
    assert re.search(r"优先级\W+priority\W", three("--lang", "zh", "resolve", "001", "优先级", "--ours").err)


def test_trying_says_what_would_be_left(three: Colleague) -> None:
    assert "2 conflicts are left" in three("resolve", "001", "priority", "--ours", "--dry-run").err


def test_in_english_a_label_that_says_the_key_again_is_not_shown(three: Colleague) -> None:
    out = three("resolve").out
    assert ("  priority  " in out, "  Contacts 张三 · Job title (contacts[张三].title)  " in out) == (True, True)


def test_a_conflict_is_decided_where_the_schema_cannot_be_read(three: Colleague) -> None:
    schema = three.repo.path / "schema" / "customer.schema.json"
    schema.parent.mkdir()
    schema.write_text("<<<<<<< ours\n", "utf-8")
    assert three("resolve", "001", "priority", "--ours").code == 0


@pytest.mark.parametrize("command", [("show", "示例"), ("log", "示例", "phone", "说了"), ("set", "示例", "notes=x")])
def test_other_commands_say_that_a_customer_is_in_conflict(conflict: Colleague, command: tuple[str, ...]) -> None:
    result = conflict(*command)
    message = "上海示例电子有限公司 is in conflict: two of you changed it [conflict-marker]"
    hint = "  = see both sides and choose: crmtext resolve C20240501001"
    assert (result.code, result.err.splitlines()[-2:]) == (1, [f"{stores.path()}: error: {message}", hint])


FULL = """\
short_name: 示例电子
aliases: [SHSL]
phones: ["021-55550180"]
contacts:
  - name: 曾国梁
    phones: ["13800138000"]
"""


@pytest.fixture
def named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Colleague:
    """One who has to decide about a customer with an alias, numbers and people; another customer is not in conflict."""
    text = stores.record().replace("contacts:\n  - name: 张三\n", FULL)
    li, han = clones.pair(tmp_path, capsys, text, stores.record("002", "华东精密机械股份有限公司"))
    li.edit("status: lead", "status: prospect")
    han.edit("status: lead", "status: lost")
    li("sync")
    assert han("sync").code == 1
    return han


@pytest.mark.parametrize(
    "typed",
    [
        "SHSL",
        "shsl",
        "示例电子",
        "上海示例電子",
        "001",
        "c20240501001",
        "shsldz",
        "02155550180",
        "0180",
        "zgl",
        "曾国梁",
    ],
)
def test_a_customer_in_conflict_is_found_as_everywhere_else(named: Colleague, typed: str) -> None:
    shown = named("resolve", typed, "--format", "json")
    assert (shown.code, [row["customer"] for row in shown.data["conflicts"]]) == (1, ["C20240501001"])
    result = named("show", typed)
    assert (result.code, "is in conflict" in result.err) == (1, True)
    assert named("resolve", typed, "状态", "--theirs").code == 0
    assert "status: prospect" in named.read()


@pytest.mark.parametrize("more", [(), ("status",), ("--ours",), ("status", "--theirs")])
def test_an_unknown_name_is_an_error_with_and_without_a_conflict(named: Colleague, more: tuple[str, ...]) -> None:
    for _once in range(2):
        result = named("resolve", "没有这个", *more)
        assert (result.code, "no customer matches '没有这个' [no-customer]" in result.err) == (2, True)
        named.repo.git("merge", "--abort", check=False)


def test_a_customer_who_is_not_in_conflict_is_said_to_be_none(named: Colleague) -> None:
    result = named("resolve", "华东")
    assert (result.code, result.err) == (0, f"'华东' has no conflict: {stores.path('002')}\n")
    for more in (("status",), ("--ours",), ("status", "--theirs")):
        result = named("resolve", "华东", *more)
        assert (result.code, "'华东' has no conflict [no-conflict]" in result.err) == (2, True)


def test_each_side_is_named_by_person_and_day(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    for colleague, name, status in ((li, "李磊", "prospect"), (han, "韩梅", "lost")):
        colleague.edit("status: lead", f"status: {status}")
        colleague.repo.git("commit", "-q", "--amend", "--no-edit", "--no-verify", f"--author={name} <a@example.com>")
    # What was done to the record later does not matter.
    han.write(han.read() + "notes: 老客户\n")
    li("sync")
    han("sync")
    (row,) = han("resolve", "--format", "json").data["conflicts"]
    day = han.repo.git("log", "-1", "--format=%ad", "--date=short")
    assert (row["ours_by"], row["theirs_by"]) == (
        {"name": "韩梅", "date": day},
        {"name": "李磊", "date": day},
    )
    assert f"Lost (韩梅, {day})" in " ".join(han("resolve").out.split())


ACTIVE = "cooperation:\n  since: 2025-01-01\n  products: [MQTT]\n  satisfaction:\n    score: 4\n    date: 2026-01-02\n"
LOST = "churn:\n  date: 2026-03-01\n  category: price\n"
DEAL = "opportunities:\n  - title: 二期\n    stage: {}\n"
RENAMED = DEAL.replace("二期", "二期扩容")
ID = '    external_ids: {zoho: "D1"}\n'


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "key", "ours_taken", "theirs_taken"),
    [
        pytest.param(
            ("paused", "cooperation:\n  since: 2025-01-01\n  products: [MQTT]\n"),
            ("active", ACTIVE),
            ("lost", "cooperation:\n  since: 2025-01-01\n  products: [MQTT]\n" + LOST),
            "status",
            ("active", ACTIVE),
            (
                "lost",
                "cooperation:\n  since: 2025-01-01\n  products: [MQTT]\n"
                + LOST
                + "feedback:\n  - date: 2026-01-02\n    kind: survey\n    score: 4\n",
            ),
            id="active or lost",
        ),
        pytest.param(
            ("lead", ""),
            ("active", "cooperation:\n  since: 2025-01-01\n"),
            ("lost", LOST),
            "status",
            ("active", "cooperation:\n  since: 2025-01-01\n"),
            ("lost", LOST),
            id="from lead",
        ),
        pytest.param(
            ("active", "cooperation:\n  since: 2025-01-01\n"),
            ("paused", "cooperation:\n  since: 2025-01-01\n  paused_reason: 搬迁\n"),
            ("lost", "cooperation:\n  since: 2025-01-01\n" + LOST),
            "status",
            ("paused", "cooperation:\n  since: 2025-01-01\n  paused_reason: 搬迁\n"),
            ("lost", "cooperation:\n  since: 2025-01-01\n" + LOST),
            id="paused or lost",
        ),
        pytest.param(
            ("lead", DEAL.format("proposal")),
            ("lead", DEAL.format("won") + "    closed: 2026-03-01\n"),
            ("lead", DEAL.format("lost") + "    closed: 2026-03-02\n    lost_reason: 太贵\n"),
            "opportunities[二期].stage",
            ("lead", DEAL.format("won") + "    closed: 2026-03-01\n"),
            ("lead", DEAL.format("lost") + "    closed: 2026-03-02\n    lost_reason: 太贵\n"),
            id="deal won or lost",
        ),
        pytest.param(
            ("lead", DEAL.format("proposal")),
            ("lead", DEAL.format("negotiation")),
            ("lead", DEAL.format("lost") + "    closed: 2026-03-02\n    lost_reason: 太贵\n"),
            "opportunities[0].stage",
            ("lead", DEAL.format("negotiation")),
            ("lead", DEAL.format("lost") + "    closed: 2026-03-02\n    lost_reason: 太贵\n"),
            id="deal open or lost",
        ),
        pytest.param(
            ("lead", DEAL.format("proposal") + ID),
            ("lead", RENAMED.format("won") + ID + "    closed: 2026-03-01\n"),
            ("lead", DEAL.format("lost") + ID + "    closed: 2026-03-02\n    lost_reason: 太贵\n"),
            "opportunities[0].stage",
            ("lead", RENAMED.format("won") + ID + "    closed: 2026-03-01\n"),
            ("lead", RENAMED.format("lost") + ID + "    closed: 2026-03-02\n    lost_reason: 太贵\n"),
            id="renamed deal with an external id",
        ),
    ],
)
def test_what_belongs_to_a_choice_goes_with_it(
    two: tuple[Colleague, Colleague],
    base: tuple[str, str],
    ours: tuple[str, str],
    theirs: tuple[str, str],
    key: str,
    ours_taken: tuple[str, str],
    theirs_taken: tuple[str, str],
) -> None:
    li, han = two

    def text(side: tuple[str, str]) -> str:
        return stores.record(more=side[1], status=side[0])

    if text(base) != li.read():
        li.write(text(base))
    assert (li("sync").code, han("sync").code) == (0, 0)
    li.write(text(theirs))
    han.write(text(ours))
    li("sync")
    assert han("sync").code == 1
    marked, stages = han.read(), han.repo.git("ls-files", "-u")
    for side, wanted in (("--theirs", theirs_taken), ("--ours", ours_taken)):
        assert han("resolve", "001", key, side).code == 0
        assert parse_text(han.read()).data == parse_text(text(wanted)).data
        assert han.repo.git("ls-files", "-u") == ""
        if side == "--theirs":
            han.repo.git("checkout", "-q", "-m", "--", stores.path())
            assert (han.read(), bool(stages)) == (marked, True)


def test_a_choice_that_would_be_wrong_is_kept_from_being_written(two: tuple[Colleague, Colleague]) -> None:
    li, han = two
    li.write(stores.record(more=ACTIVE, status="active"))
    assert (li("sync").code, han("sync").code) == (0, 0)
    li("status", "001", "paused", "--reason", "搬迁", "--commit")
    han.edit("score: 4", "score: 2")
    li("sync")
    assert han("sync").code == 1
    assert han("resolve", "001", "--ours").code == 0
    data = parse_text(han.read()).data
    assert (data["status"], "satisfaction" in data["cooperation"]) == ("paused", False)
    assert {entry["score"] for entry in data["feedback"]} == {4, 2}
    assert han("check").code == 0
