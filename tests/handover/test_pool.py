"""Pools: customers that nobody owns are claimed, returned, handed over and imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

from crmtext import settings
from crmtext.problem import CrmError
from crmtext.record.input import arguments
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repos import Repo

TEAM = stores.TEAM + '\n[team.pool]\nname = "公海"\npool = true\nemail = "sales@example.com"\nactive = false\n'
TASKS = """\
opportunities:
  - {title: 二期, stage: proposal, owner: pool}
  - {title: 一期, stage: won, closed: 2026-01-01, owner: pool}
interactions:
  - date: 2026-11-01
    by: lilei
    channel: phone
    summary: 询价
    next: {action: 报价, due: 2026-11-10, by: pool}
cases:
  - {opened: 2026-11-01, kind: repair, summary: 卡料, status: open, owner: pool}
"""
ONE, TWO = stores.path("001"), stores.path("002")


@pytest.fixture
def store(repo: Repo) -> Repo:
    """A customer of the pool with open tasks, and one of 李雷."""
    talk = "{date: 2026-11-01, by: lilei, channel: phone, summary: 询价, next: {action: 送样, due: 2026-11-22}}"
    mine = f"interactions:\n  - {talk}\n"
    repo.commit(
        {
            "crmtext.toml": TEAM,
            ONE: stores.record("001", "上海示例电子有限公司", TASKS, owner="pool"),
            TWO: stores.record("002", "无锡东方", mine),
        }
    )
    return repo


@pytest.fixture
def run(store: Repo, capsys: pytest.CaptureFixture[str]) -> Callable[..., stores.Said]:
    return stores.Program(capsys, store.path)


def data(store: Repo, path: str) -> dict[str, object]:
    record: dict[str, object] = parse_text((store.path / path).read_text("utf-8"), path).data
    return record


def owners(store: Repo, path: str) -> tuple[object, ...]:
    """Who owns the customer, its open opportunity, the next step and the case."""
    text = (store.path / path).read_text("utf-8")
    record = parse_text(text, path).data
    (talk, *_rest) = record["interactions"]
    return (
        record["owner"],
        *(one["owner"] for one in record["opportunities"]),
        talk["next"]["by"],
        *(one["owner"] for one in record["cases"]),
    )


def owners_by_name(run: Callable[..., stores.Said]) -> dict[str, str]:
    """The owners of the customers that a test adds."""
    rows = run("list", "--format", "json").data["customers"]
    return {row["name"]: row["owner"] for row in rows if "样例" in row["name"]}


def test_a_pool_is_no_mistake(run: Callable[..., stores.Said]) -> None:
    assert run("check", "--strict").code == 0
    assert run("handover", "--check").code == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Owner: 公海 → 李雷; open tasks of 公海 → 李雷"), ("zh", "负责人: 公海 → 李雷; 公海的未完成事项 → 李雷")],
)
def test_a_customer_is_claimed_with_its_open_tasks(
    store: Repo, run: Callable[..., stores.Said], language: str, text: str
) -> None:
    said = run("--lang", language, "set", "001", "owner=me")
    assert (said.code, text in said.err.replace("：", ": ").replace("；", "; ")) == (0, True), said.err
    assert owners(store, ONE) == ("lilei", "lilei", "pool", "lilei", "lilei")
    assert run("check", "--strict").code == 0


def test_a_customer_is_returned_and_nothing_else_changes(store: Repo, run: Callable[..., stores.Said]) -> None:
    before = (store.path / TWO).read_text("utf-8")
    assert run("set", "002", "负责人=公海").code == 0
    assert (store.path / TWO).read_text("utf-8") == before.replace("owner: lilei", "owner: pool")


def test_nobody_is_the_pool() -> None:
    with pytest.raises(CrmError) as caught:
        arguments.me(("公海", "sales@example.com"), settings.read(TEAM.encode()))
    assert caught.value.problem.message == "公海 <sales@example.com> is not on the team list"


def test_a_new_customer_may_belong_to_the_pool(store: Repo, run: Callable[..., stores.Said]) -> None:
    assert run("add", "苏州样例有限公司", "--type", "company", "--owner", "公海").code == 0
    mine = run("add", "常州样例有限公司", "--type", "company")
    assert mine.code == 0, mine.err
    assert owners_by_name(run) == {
        "苏州样例有限公司": "pool",
        "常州样例有限公司": "lilei",
    }


def test_customers_are_handed_over_from_a_pool(store: Repo, run: Callable[..., stores.Said]) -> None:
    said = run("handover", "--from", "公海", "--to", "hanmei")
    assert said.code == 0, said.err
    assert owners(store, ONE) == ("hanmei", "hanmei", "pool", "hanmei", "hanmei")
    record = data(store, ONE)
    last = record["interactions"][-1]  # type: ignore[index]
    assert (last["by"], last["summary"], last["next"]["by"]) == ("lilei", "handed over from 公海 to 韩梅", "hanmei")
    assert run("check", "--strict").code == 0


def test_customers_are_handed_over_to_a_pool_without_an_introduction(
    store: Repo, run: Callable[..., stores.Said]
) -> None:
    said = run("handover", "--from", "李雷", "--to", "公海")
    assert said.code == 0, said.err
    assert "无锡东方 (C20240501002), no introduction" in said.err
    first, last = data(store, TWO)["interactions"]  # type: ignore[misc]
    assert (data(store, TWO)["owner"], first["next"]["by"]) == ("pool", "pool")
    assert (last["channel"], last["summary"], "next" in last) == ("handover", "handed over from 李雷 to 公海", False)
    assert [run("check", "--strict").code, run("handover", "--check").code] == [0, 0]


def test_lists_digests_and_reports_name_the_pool_and_give_it_no_tasks(
    store: Repo, run: Callable[..., stores.Said], tmp_path: Path
) -> None:
    assert run("list", "--owner", "公海", "--format", "ids").out == "C20240501001\n"
    store.commit({TWO: (store.path / TWO).read_text("utf-8").replace("owner: lilei", "owner: pool")})
    digest = run("changes", "--since", "HEAD~1", "--for", "公海").out.splitlines()
    assert [line.strip() for line in digest if "→" in line] == ["无锡东方 (C20240501002): 李雷 → 公海"]
    assert run("report", "--format", "markdown", "-o", str(tmp_path / "reports")).code == 0
    index = (tmp_path / "reports" / "index.md").read_text("utf-8")
    assert [line for line in index.splitlines() if "[公海]" in line or "## Overdue" in line or "送样" in line] == [
        "## Overdue (0)",
        "| 2026-11-22 | in 2 days | [无锡东方](customers/C20240501002.md) | 送样 | 李雷 |  |",
        "| [公海](people/pool.md) | 2 | – | – | – | – | 2 |",
    ]
    assert "\n`pool` · pool of customers · as of" in (tmp_path / "reports/people/pool.md").read_text("utf-8")


def test_rows_without_an_owner_go_to_the_pool(store: Repo, run: Callable[..., stores.Said], tmp_path: Path) -> None:
    sheet = tmp_path / "customers.csv"
    sheet.write_text(
        "客户名称,客户类型,合作状态,负责人\n常州样例有限公司,企业,潜在客户,\n镇江样例有限公司,企业,潜在客户,韩梅\n",
        "utf-8",
    )
    asked = run("import", str(sheet))
    assert (asked.code, "--default owner=pool" in asked.out + asked.err) == (1, True)
    done = run("import", str(sheet), "--default", "owner=pool")
    assert done.code == 0, done.err
    assert owners_by_name(run) == {
        "常州样例有限公司": "pool",
        "镇江样例有限公司": "hanmei",
    }
    assert run("check", "--select", "owner-left").code == 0
