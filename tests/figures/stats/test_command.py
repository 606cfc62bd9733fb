"""`crmtext stats`: what it prints, reads from git, and rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

DEAL = "opportunities:\n  - {title: 一期, stage: proposal, amount: %s, expected_close: 2026-12-31}\n"
SOLD = "transactions:\n  - {date: 2026-10-05, amount: 1000.5}\n  - {date: 2026-11-05, amount: 20, currency: USD}\n"


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    first = stores.record("001", "甲公司", status="prospect", more=SOLD + "tags: [vip, 冷链]\n")
    second = stores.record("002", "乙公司", owner="hanmei", more=DEAL % 300 + "tags: [vip]\n")
    broken = stores.record("003", "丙公司", status="nonsense")
    return stores.Program(capsys, stores.made(tmp_path / "store", first, second, broken))


def test_a_table_has_labels_and_says_what_is_left_out(program: stores.Program) -> None:
    said = program("--lang", "zh", "stats", "--by", "标签", "--measure", "客户数,成交额")
    assert said.out == (
        "标签  客户  成交额 CNY  成交额 USD\n"
        "vip      2   ¥1,000.50         $20\n"
        "冷链     1   ¥1,000.50         $20\n"
        "合计     2   ¥1,000.50         $20\n"
    )
    assert said.err == "同一客户可能出现在多行，各行之和可能大于合计\n1 条记录有错误，未列入；详见 crmtext check\n"


def test_codes_are_shown_with_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    coded = stores.record("001", "甲公司", more="industry: C35\n")
    program = stores.Program(capsys, stores.made(tmp_path / "store", coded))
    assert program("stats", "--by", "industry").out.splitlines()[1].split() == ["C35", "专用设备制造业", "1"]
    assert program("stats", "--by", "industry", "--format", "csv").out.splitlines()[1] == "C35,1"


def test_the_other_forms_have_the_same_figures(program: stores.Program) -> None:
    asked = ("stats", "--by", "owner", "--measure", "open_value,answer_rate", "--format")
    assert program(*asked, "csv").out == (
        "\ufeffowner,open_value_CNY,answer_rate,answer_rate_attempts,answer_rate_no_answer\r\nhanmei,300,,0,0\r\n"
    )
    assert program(*asked, "markdown").out.splitlines()[2:4] == [
        "| 韩梅 | ¥300 | – |",
        "| **Total** | **¥300** | **–** |",
    ]
    data = program(*asked, "json").data
    assert [row["values"] for row in data["rows"]] == [
        {"open_value": {"CNY": 300}, "answer_rate": {"attempts": 0, "no_answer": 0, "rate": None}}
    ]
    assert (data["left_out"], data["sealed"], data["overlap"]) == (1, 0, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--since 2026", "'customers' describes a moment, so --since and --until need --period"),
        ("--measure revenue --since 2026-11 --until 2026-10", "--since 2026-11-01 is after 2026-10-31"),
        ("--compare today", "--compare 2026-11-20 is not before 2026-11-20"),
        ("--by open_value", "can't group by 'open_value', a sum for each currency"),
        ("--measure ,", "--measure names no measure"),
        ("--by ,", "--by names no group"),
        ("--owner nobody", "'nobody' is not on the team list"),
        ("--where statsu=='x'", "unknown field 'statsu'"),
    ],
)
def test_what_cannot_be_answered_exits_with_2(program: stores.Program, arguments: str, message: str) -> None:
    said = program("stats", *arguments.split())
    assert (said.code, said.out, message in said.err) == (2, "", True), said.err


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        ("--since 2026-10", ["counted: 2026-10-01 – 2026-11-20"]),
        ("--since 2026-10 --until 2026-10", ["counted: 2026-10-01 – 2026-10-31"]),
        ("--until 2026-10", ["counted: up to 2026-10-31"]),
        ("--until 2026-12", ["counted: up to 2026-11-20"]),
        (
            "--since 2026-11 --compare 2026-10-31",
            ["counted: 2026-11-01 – 2026-11-20", "compared with 2026-10-12 – 2026-10-31"],
        ),
        ("--compare 2026-10-31", []),
        ("--period month --since 2026-10", []),
        (
            "--period month --since 2026-10 --compare 2025-11-30",
            ["each row is compared with the one 12 periods earlier: 2026-11 with 2025-11"],
        ),
        (
            "--period quarter --compare 2026-09-30",
            ["each row is compared with the one 1 period earlier: 2026-Q4 with 2026-Q3"],
        ),
        ("--period month --compare 2026-11-13", ["each row is compared with the same period, up to 2026-11-13"]),
        (
            "--by opportunities.stage",
            ["Revenue: each row has the full figure of the customers who have this value in Opportunities · Stage"],
        ),
        (
            "--by tags --measure customers",
            ["a customer can be in several rows, so the rows can add up to more than the total"],
        ),
        ("--by opportunities.stage --measure open_value", []),
    ],
)
def test_notes_say_what_is_counted_and_compared(program: stores.Program, arguments: str, notes: list[str]) -> None:
    measure = () if "--measure" in arguments else ("--measure", "revenue")
    said = program("stats", *measure, *arguments.split())
    assert said.err.splitlines() == [*notes, "1 record with errors not included; see: crmtext check"]


@pytest.fixture
def history(repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    """Since August: a customer is added, renamed, won back and merged in from a branch."""

    def commit(day: str, *words: str, **files: str) -> None:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T23:59:00+08:00")
        if words:
            repo.git(*words)
        if files:
            repo.commit({"crmtext.toml": stores.TEAM, **{stores.path(n[1:]): text for n, text in files.items()}})

    commit("2026-08-31", r001=stores.record("001", "甲公司", more=DEAL % 100))
    commit(
        "2026-09-30",
        r002=stores.record("002", "乙公司", more=DEAL % 50),
        r001=stores.record("001", "甲公司", "", status="lost"),
    )
    commit("2026-10-01", "mv", stores.path("002"), "records/C20240501002-乙.yaml")
    commit("2026-10-02", "commit", "-qm", "rename")
    commit("2026-10-10", "checkout", "-q", "-b", "side")
    commit("2026-10-11", r003=stores.record("003", "丙公司", more=DEAL % 7, owner="hanmei"))
    commit("2026-11-02", "checkout", "-q", "main")
    commit("2026-11-03", "merge", "-q", "--no-ff", "side", "-m", "merge")
    return stores.Program(capsys, repo.path)


def test_a_state_by_month_is_that_of_at(history: stores.Program) -> None:
    measures = ("--by", "status,owner", "--measure", "customers,open_value,weighted")
    data = history("stats", *measures, "--period", "month", "--since", "2026-07", "--format", "json").data
    ends = {"2026-07": None, "2026-08": "2026-08-31", "2026-09": "2026-09-30", "2026-10": "2026-10-31", "2026-11": ""}

    def figures(rows: list[dict[str, Any]]) -> list[Any]:
        return sorted((*row["group"].values(), row["values"]) for row in rows if row["values"]["customers"])

    for month, end in ends.items():
        rows = [row for row in data["rows"] if row["period"] == month]
        if end is None:
            assert {value for row in rows for value in row["values"].values()} == {None}
            continue
        alone = history("stats", *measures, *(("--at", end) if end else ()), "--format", "json").data
        assert figures(rows) == figures(alone["rows"])
    assert data["data_since"] == "2026-08-31"
    lost = [row for row in data["rows"] if row["group"]["status"] == "lost"]
    assert [(row["period"], row["values"]["customers"]) for row in lost] == [
        ("2026-07", None), ("2026-08", 0), ("2026-09", 1), ("2026-10", 1), ("2026-11", 1),
    ]  # fmt: skip


def test_a_comparison_names_its_commit(history: stores.Program) -> None:
    data = history("stats", "--by", "owner", "--compare", "2026-10", "--format", "json").data
    commit = stores.git(history.folder, "rev-parse", "main~1").strip()
    assert data["compare"] == {"date": "2026-10-31", "commit": commit}
    assert [(row["group"]["owner"], row["values"], row["before"]) for row in data["rows"]] == [
        ("lilei", {"customers": 2}, {"customers": 2}),
        ("hanmei", {"customers": 1}, {"customers": 0}),
    ]
    assert (
        history("stats", "--compare", "2026-10").out == "Customers  2026-10-31  Change\n        3           2      +1\n"
    )
