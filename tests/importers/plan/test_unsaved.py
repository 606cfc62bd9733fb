"""An import takes away no uncommitted work: `undo` of its commit would bring back the committed text only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from import_runs import git, run

if TYPE_CHECKING:
    from weekly_runs import Weekly


def gone(weekly: Weekly) -> None:
    """The source loses a customer, and a contact of another one."""
    del weekly.rows["K3"]
    people = weekly.files["联系人.csv"].splitlines()
    weekly.files["联系人.csv"] = "\n".join(people[:2]) + "\n"


def texts(weekly: Weekly) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (weekly.store / "records").iterdir()}


def again(weekly: Weekly, *words: str) -> tuple[int, str]:
    return run("import", weekly.write(), "--from", "erp", *words)


@pytest.mark.parametrize(
    ("key", "old", "now", "words"),
    [
        pytest.param("K3", "industry: 食品", "industry: 食品  # 周五前别打电话", (), id="comment-of-a-customer"),
        pytest.param("K3", "industry: 食品", "industry: 茶叶", ("--on-conflict", "theirs"), id="field-of-a-customer"),
        pytest.param("K1", "name: 李四", "name: 李四  # 休假到六月", (), id="comment-of-a-contact"),
    ],
)
def test_uncommitted_changes_of_what_is_deleted_stop_the_import(
    weekly: Weekly, key: str, old: str, now: str, words: tuple[str, ...]
) -> None:
    weekly.edit(key, old, now, commit=False)
    gone(weekly)
    before, tip = texts(weekly), git(weekly.store, "rev-parse", "HEAD")
    path = f"records/{weekly.path(key).name}"
    for dry in ((), ("--dry-run",)):
        assert again(weekly, "--with-deletions", *words, *dry) == (
            2,
            (
                f"error: {path} has uncommitted changes that undo could not bring back [not-committed]\n"
                f"  = commit them first: git add {path} && git commit {path}\n"
            ),
        )
    assert (texts(weekly), git(weekly.store, "rev-parse", "HEAD")) == (before, tip)
    # What was committed comes back, so the way that the hint names loses nothing.
    git(weekly.store, "commit", "-q", "-am", "note")
    assert again(weekly, "--with-deletions", *words)[0] == 0
    assert texts(weekly) != before
    assert run("undo")[0] == 0
    assert texts(weekly) == before


def test_uncommitted_changes_come_back_if_the_import_is_not_committed(weekly: Weekly) -> None:
    weekly.edit("K3", "industry: 食品", "industry: 食品  # 周五前别打电话", commit=False)
    gone(weekly)
    before = texts(weekly)
    code, plan = weekly.run("--with-deletions", "--no-commit")
    assert (code, plan["commit"], len(texts(weekly))) == (0, None, 2)
    assert run("undo")[0] == 0
    assert texts(weekly) == before


def test_a_branch_leaves_uncommitted_changes_where_they_are(weekly: Weekly) -> None:
    weekly.edit("K3", "industry: 食品", "industry: 食品  # 周五前别打电话", commit=False)
    gone(weekly)
    before = texts(weekly)
    assert weekly.run("--with-deletions", "--branch", "import/erp")[0] == 0
    assert texts(weekly) == before


def test_an_uncommitted_comment_that_stays_does_not_stop_the_import(weekly: Weekly) -> None:
    weekly.edit("K3", "industry: 食品", "industry: 食品  # 周五前别打电话", commit=False)
    weekly.replace(",食品,", ",饮料,")
    assert weekly.run()[0] == 0
    assert "industry: 饮料  # 周五前别打电话" in weekly.text("K3")
    assert run("undo")[0] == 0
    assert "industry: 食品  # 周五前别打电话" in weekly.text("K3")


def test_records_that_were_never_committed_are_not_committed_as_the_imports(weekly: Weekly) -> None:
    git(weekly.store, "rm", "-q", "--cached", "-r", "records")
    git(weekly.store, "commit", "-q", "-m", "records by hand")
    weekly.replace(",食品,", ",饮料,")
    weekly.replace(",软件,", ",云服务,")
    paths = sorted(f"records/{weekly.path(key).name}" for key in ("K2", "K3"))
    assert again(weekly) == (
        2,
        (
            f"error: {paths[0]}, {paths[1]} have uncommitted changes that undo could not bring back [not-committed]\n"
            f"  = commit them first: git add {paths[0]} {paths[1]} && git commit {paths[0]} {paths[1]}\n"
        ),
    )
