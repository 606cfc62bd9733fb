"""What earlier imports wrote, in clones that lack commits and after a rebase of accepted commits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from import_runs import git, imported, run
from weekly_runs import Weekly

if TYPE_CHECKING:
    from pathlib import Path


def clone(store: Path, name: str, *words: str) -> Weekly:
    """Another clone of the store, which is the current folder, with the export beside it."""
    folder = store.parent / f"of-{name}" / "store"
    git(store.parent, "clone", "-q", *words, f"file://{store}", str(folder))
    git(folder, "config", "user.name", "韩梅")
    git(folder, "config", "user.email", "hanmei@example.com")
    os.chdir(folder)
    return Weekly(folder)


SHALLOW = (
    3,
    (
        "error: this clone lacks older commits, which may hold earlier imports of the source [history-missing]\n"
        "  = this clone is shallow; fetch the older commits: git fetch --unshallow\n"
    ),
)


def test_a_shallow_clone_brings_no_removed_customer_back(weekly: Weekly) -> None:
    assert run("rm", weekly.path("K3").name.partition("-")[0], "--commit")[0] == 0
    there = clone(weekly.store, "hanmei", "--depth", "1")
    for words in (("--dry-run",), (), ("--not-same", "all"), ("--with-deletions",)):
        assert run("import", there.write(), "--from", "erp", *words) == SHALLOW
    assert git(there.store, "status", "--porcelain") == ""
    git(there.store, "fetch", "-q", "--unshallow")
    assert there.nothing()["counts"]["customers"] == {"new": 0, "changed": 0, "same": 3, "gone": 0}


@pytest.mark.parametrize("policy", ["list", "ours", "theirs"])
def test_a_shallow_clone_decides_no_difference(weekly: Weekly, policy: str) -> None:
    weekly.edit("K1", "industry: 机械", "industry: 电子")
    there = clone(weekly.store, "hanmei", "--depth", "1")
    assert run("import", there.write(), "--from", "erp", "--on-conflict", policy) == SHALLOW


def test_a_shallow_clone_imports_what_differs_in_nothing(weekly: Weekly) -> None:
    there = clone(weekly.store, "hanmei", "--depth", "1")
    assert there.nothing()["counts"]["customers"] == {"new": 0, "changed": 0, "same": 3, "gone": 0}


def amended(weekly: Weekly) -> str:
    """The commit of an import with an edit."""
    weekly.replace(",机械,", ",设备,")
    assert weekly.run()[0] == 0
    weekly.edit("K1", "0512-68001001", "0512-68007777", commit=False)
    git(weekly.store, "commit", "-q", "-a", "--amend", "--no-edit")
    return git(weekly.store, "rev-parse", "HEAD").strip()


def test_an_accepted_commit_counts_after_a_rebase_in_every_clone(weekly: Weekly) -> None:
    there = clone(weekly.store, "hanmei")
    os.chdir(weekly.store)
    old = amended(weekly)
    weekly.replace(",设备,", ",重工,")
    code, plan = weekly.run("--base", old)
    assert (code, plan["conflicts"], plan["counts"]["customers"]["changed"]) == (0, [], 1)
    there.edit("K2", "industry: 软件", "industry: 云服务")
    git(weekly.store, "pull", "-q", "--rebase", str(there.store), "main")
    git(there.store, "pull", "-q", str(weekly.store), "main")
    assert git(there.store, "log", "--format=%H").count(old) == 0
    # The other clone doesn't have the old commit; this one still has it, outside the branch.
    for export in (there, weekly):
        os.chdir(export.store)
        export.rows, export.files = dict(weekly.rows), dict(weekly.files)
        code, output = run("import", export.write(), "--from", "erp", "--dry-run")
        assert (code, "warning" in output, "New 0, changed 0, same 3." in output) == (0, False, True)
        code, output = run("doctor")
        assert "squashed" not in output
    os.chdir(there.store)
    there.replace(",重工,", ",装备,")
    code, plan = there.run()
    assert (code, plan["conflicts"], "industry: 装备" in there.text("K1")) == (0, [], True)


def test_an_accepted_commit_is_accepted_once(weekly: Weekly) -> None:
    old = amended(weekly)
    assert weekly.run("--base", old)[0] == 0
    tip = git(weekly.store, "rev-parse", "HEAD")
    weekly.nothing("--base", old)
    weekly.nothing("--base", old, "--base", "HEAD")
    # An import that holds only what it wrote needs no word.
    whole = git(weekly.store, "log", "--format=%H", "--grep=3 new").strip()
    weekly.nothing("--base", whole)
    assert git(weekly.store, "rev-parse", "HEAD") == tip


def test_an_accepted_commit_without_a_trailer_is_named_if_it_is_gone(weekly: Weekly) -> None:
    weekly.replace(",机械,", ",设备,")
    assert weekly.run()[0] == 0
    weekly.edit("K1", "0512-68001001", "0512-68007777", commit=False)
    git(weekly.store, "commit", "-q", "-a", "--amend", "-m", "week 2, by hand")
    old = git(weekly.store, "rev-parse", "HEAD").strip()
    weekly.replace(",设备,", ",重工,")
    assert weekly.run("--base", old)[0] == 0
    git(weekly.store, "commit", "-q", "--allow-empty", "-m", "empty")
    git(weekly.store, "rebase", "-q", "--force-rebase", "--reset-author-date", "--root")
    assert git(weekly.store, "log", "--format=%H").count(old) == 0
    code, plan = imported(weekly.write(), "--from", "erp", "--dry-run")
    assert (code, plan["conflicts"]) == (0, [])
    code, output = run("import", weekly.write(), "--from", "erp", "--dry-run")
    assert code == 0
    assert f"warning: {old[:8]} counts as an import and is not part of the current branch;" in output


def test_a_shallow_clone_accepts_no_commit_whose_parent_it_lacks(weekly: Weekly) -> None:
    old = amended(weekly)
    there = clone(weekly.store, "hanmei", "--depth", "1")
    assert run("import", there.write(), "--from", "erp", "--base", old) == (
        3,
        (
            f"error: this clone does not have the commit before {old[:8]} [history-missing]\n"
            "  = this clone is shallow; fetch the older commits: git fetch --unshallow\n"
        ),
    )
