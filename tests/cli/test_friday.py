"""A lead's Friday: what to look at, what happened, and what changed in the pipeline since last week, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from repos import Repo

#: A deal that moves on, shrinks and slips; one that nobody touches; one that is lost.
DEALS = {
    "001": ("云帆科技", "lilei", "title: 年框, stage: proposal, amount: 100, expected_close: '2026-12-10'"),
    "002": ("海洋仪器", "hanmei", "title: 试点, stage: proposal, amount: 30, expected_close: '2027-01-31'"),
    "003": ("金诚贸易", "lilei", "title: 扩容, stage: negotiation, amount: 500, expected_close: '2026-12-01'"),
}
NOW = {
    "001": "title: 年框, stage: negotiation, amount: 80, expected_close: '2027-01-10'",
    "003": "title: 扩容, stage: lost, amount: 500, closed: '2026-11-18', lost_category: price, lost_reason: 竞品低三成",
}
CALL = "interactions: [{date: '2026-11-17', by: lilei, channel: visit, summary: 客户要分两期付款}]\n"


def files(deals: dict[str, tuple[str, str, str]], calls: dict[str, str]) -> dict[str, str]:
    return {
        stores.path(number): stores.record(
            number, name, f"opportunities: [{{{deal}}}]\n{calls.get(number, '')}", status="prospect", owner=owner
        )
        for number, (name, owner, deal) in deals.items()
    }


@pytest.fixture
def program(repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-09-01T12:00:00+08:00")
    repo.commit({"crmtext.toml": stores.TEAM, **files(DEALS, {})})
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-18T12:00:00+08:00")
    moved = {number: (*DEALS[number][:2], deal) for number, deal in NOW.items()}
    repo.commit(files(moved, {"001": CALL}))
    return stores.Program(capsys, repo.path)


@pytest.mark.parametrize(
    ("language", "idle", "changed", "note", "sums"),
    [
        (
            "en",
            "试点 · Proposal · 80 days without contact or change",
            [
                "| 金诚贸易 | 李雷 | 扩容 | lost | Negotiation → Lost | ¥500 |  | Price | 竞品低三成 |  |",
                "| 云帆科技 | 李雷 | 年框 | advanced, later month, amount changed | Proposal → Negotiation |",
                "| ¥100 → ¥80 | 2026-12-10 → 2027-01-10 |  | 客户要分两期付款 | 2026-11-17 |",
            ],
            "since 2026-11-15: open deals −¥520, forecast −¥365",
            "| amount changed | 1 | ¥80 | −¥20 | ¥0 |",
        ),
        (
            "zh",
            "试点 · 方案报价 · 80 天没有联系也没有变化",
            [
                "| 金诚贸易 | 李雷 | 扩容 | 输单 | 商务谈判 → 输单 | ¥500 |  | 价格 | 竞品低三成 |  |",
                "| 云帆科技 | 李雷 | 年框 | 推进、推迟、金额变更 | 方案报价 → 商务谈判 |",
                "| ¥100 → ¥80 | 2026-12-10 → 2027-01-10 |  | 客户要分两期付款 | 2026-11-17 |",
            ],
            "2026-11-15 以来：未结商机 −¥520，预测金额 −¥365",
            "| 金额变更 | 1 | ¥80 | −¥20 | ¥0 |",
        ),
    ],
    ids=["en", "zh"],
)
def test_a_friday(program: stores.Program, language: str, idle: str, changed: list[str], note: str, sums: str) -> None:
    said = ("--lang", language)
    assert f"- [ ] **海洋仪器** {idle}<br>" in program(*said, "review").out
    digest = program(*said, "changes", "--since", "monday").out
    assert "扩容" in digest
    assert "年框" in digest
    weekly = program(*said, "report", "weekly").out
    assert (
        idle.removeprefix("- [ ] ").removesuffix("<br>").replace("**", "").replace("海洋仪器 ", "- 海洋仪器 · ")
        in weekly
    )
    done = program(*said, "report", "pipeline", "--compare", "last-week", "--format", "markdown", "-o", "out")
    assert done.code == 0, done.err
    page = (program.folder / "out" / "pipeline.md").read_text("utf-8")
    assert [line for line in changed if line not in page] == []
    assert note in page
    assert sums in page
    document = program("report", "pipeline", "--compare", "last-week", "--format", "json").data
    assert [(one["title"], one["changes"]) for one in document["lists"]["changed"]] == [
        ("扩容", ["lost"]),
        ("年框", ["advanced", "slipped", "amount"]),
    ]
    assert [one["title"] for one in document["lists"]["idle"]] == ["试点"]
    stages = {row["group"]["stage"]: (row["values"], row["before"]) for row in document["tables"]["by_stage"]["rows"]}
    assert [side["open_value"] for side in stages["negotiation"]] == [{"CNY": 80}, {"CNY": 500}]
