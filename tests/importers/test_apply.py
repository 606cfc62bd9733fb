"""What an import writes: the subject of its commit, its decisions, and what a new status removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from import_runs import git, run

if TYPE_CHECKING:
    from weekly_runs import Weekly


def test_deleted_customers_are_counted_in_the_subject(weekly: Weekly) -> None:
    del weekly.rows["K3"]
    code, output = run("import", weekly.write(), "--from", "erp", "--with-deletions")
    assert (code, git(weekly.store, "log", "-1", "--format=%s")) == (0, "import erp: 0 new, 0 changed, 1 deleted\n")
    assert "import erp: 0 new, 0 changed, 1 deleted\n" in output
    code, output = run("undo")
    assert output.startswith("Undone: import erp: 0 new, 0 changed, 1 deleted\n1 customer brought back\n")


def test_decisions_without_a_commit_say_that_they_are_not_kept(weekly: Weekly) -> None:
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    weekly.replace(",机械,", ",设备,")
    tip = git(weekly.store, "rev-parse", "HEAD")
    words = ("import", weekly.write(), "--from", "erp", "--on-conflict", "ours")
    code, output = run(*words, "--no-commit")
    assert (code, output.splitlines()[-2:]) == (
        0,
        ["Nothing was written.", "only a commit keeps your decisions: import again without --no-commit"],
    )
    assert git(weekly.store, "rev-parse", "HEAD") == tip
    assert run(*words)[0] == 0
    weekly.nothing()


def test_a_status_of_the_source_takes_what_it_cannot_have_away(weekly: Weekly) -> None:
    weekly.edit("K1", "status: lead\n", "status: paused\ncooperation:\n  paused_reason: 预算冻结\n")
    weekly.edit("K2", "status: lead\n", "status: active\ncooperation:\n  since: 2024-05-01\n")
    weekly.edit("K2", "  since: 2024-05-01\n", "  since: 2024-05-01\n  satisfaction: {score: 4, date: 2025-01-02}\n")
    weekly.replace("潜在客户", "意向客户")
    code, plan = weekly.run("--on-conflict", "theirs")
    assert (code, plan["counts"]["customers"]["changed"]) == (0, 3)
    texts = [weekly.text(key) for key in ("K1", "K2")]
    assert ["paused_reason" in texts[0], "satisfaction" in texts[1], "score: 4" in texts[1]] == [False, False, True]
    assert run("check")[0] == 0
