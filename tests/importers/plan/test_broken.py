"""A record with errors is still a customer: it is neither removed nor added a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from import_runs import git, imported

if TYPE_CHECKING:
    from pathlib import Path

    from weekly_runs import Weekly

CONFLICT = """<<<<<<< HEAD
industry: 茶叶
=======
industry: 粮油
>>>>>>> theirs
"""


def rejections(plan: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(row["row"], row["why"], row["fix"]) for row in plan["rejected"]]


def state(store: Path) -> tuple[dict[str, str], str]:
    texts = {path.name: path.read_text("utf-8") for path in (store / "records").rglob("*.yaml")}
    return texts, git(store, "log", "--format=%H %s")


@pytest.mark.parametrize("changes", [False, True], ids=["source-unchanged", "source-changed"])
@pytest.mark.parametrize(
    ("old", "now"),
    [
        pytest.param("industry: 食品\n", "industry: 食品\nfoo: bar\n", id="unknown-field"),
        pytest.param("industry: 食品\n", CONFLICT, id="conflict-markers"),
        pytest.param("type: company\n", "type: [\n", id="no-yaml"),
    ],
)
def test_a_row_of_a_record_with_errors_is_rejected(weekly: Weekly, old: str, now: str, *, changes: bool) -> None:
    weekly.edit("K3", old, now)
    if changes:
        weekly.replace("0571-68001003", "0571-68009999")
    why = f"records/{weekly.path('K3').name} has errors, so the row can't be compared with it"
    expected = [(4, why, "fix the record first; its errors: crmtext check")]
    before = state(weekly.store)
    for words in ((), ("--on-conflict", "theirs"), ("--not-same", "all"), ("--with-deletions",)):
        code, plan = weekly.run(*words)
        assert (code, rejections(plan), plan["conflicts"], plan["gone"]) == (1, expected, [], [])
        assert plan["counts"]["customers"] == {"new": 0, "changed": 0, "same": 2, "gone": 0}
    assert state(weekly.store) == before


def test_the_other_rows_come_in_with_partial(weekly: Weekly) -> None:
    weekly.edit("K3", "industry: 食品\n", "industry: 食品\nfoo: bar\n")
    weekly.replace(",软件,", ",云服务,")
    code, plan = weekly.run("--partial")
    assert (code, plan["counts"]["customers"]) == (0, {"new": 0, "changed": 1, "same": 1, "gone": 0})
    assert "industry: 云服务" in weekly.text("K2")


SHEET = "公司,公司类型,状态,负责人,行业\n明远机械,企业,潜在客户,李雷,机械\n"


@pytest.mark.parametrize("text", ["type: company\nfoo: bar\n", "type: [\n"], ids=["unknown-field", "no-yaml"])
def test_a_record_with_errors_that_no_import_wrote_is_known_by_its_name(new: Path, text: str) -> None:
    (new / "records" / "C20240101AAAA-x.yaml").write_text(f"id: C20240101AAAA\nname: 明远机械\n{text}", "utf-8")
    source = new.parent / "sheet.csv"
    source.write_text(SHEET, "utf-8")
    code, plan = imported(str(source), "--map", "公司=name", "--map", "公司类型=type", "--map", "状态=status")
    why = "records/C20240101AAAA-x.yaml has errors, so the row can't be compared with it"
    assert (code, [why for _row, why, _fix in rejections(plan)], plan["counts"]["customers"]["new"]) == (1, [why], 0)


def test_deals_of_a_record_with_errors_say_so(weekly: Weekly) -> None:
    weekly.edit("K2", "industry: 软件\n", "industry: 软件\nfoo: bar\n")
    weekly.write()
    code, plan = imported(str(weekly.store.parent / "export" / "商机.csv"), "--from", "erp")
    why = f"records/{weekly.path('K2').name} has errors, so the row can't be compared with it"
    assert (code, [why for _row, why, _fix in rejections(plan)]) == (1, [why])
