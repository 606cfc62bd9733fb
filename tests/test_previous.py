"""A merge keeps the interactions of all its parents, or is named as the one that lost them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import clones
import pytest
import stores

from crmtext import checks
from crmtext.checks.scope import Scope, of
from crmtext.git.history import between
from crmtext.git.objects import Objects
from crmtext.index import lookup
from crmtext.store import Store
from crmtext.validation.commit_walk import Trees, Walk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from repos import Repo

    from crmtext.problem import Problem

PATH = stores.path()


def text(*days: str, name: str = "上海示例电子有限公司") -> str:
    """A record with an interaction on each of these days of May."""
    entries = (f"  - {{date: 2024-05-{day}, by: lilei, channel: phone, summary: 问价 {day}}}\n" for day in days)
    return stores.record(name=name, more="interactions:\n" + "".join(entries) if days else "")


def merged(repo: Repo, base: str, ours: dict[str, str], theirs: dict[str, str], result: dict[str, str]) -> None:
    """Two lines that begin with a record, and their merge, which has these records in the end.

    Before it is committed the same is said of the disk and of what is staged as of the commit then, with no index and
    with one.
    """
    repo.commit({"crmtext.toml": stores.TEAM, PATH: base})
    repo.git("switch", "-qc", "side")
    made(repo, theirs)
    repo.git("switch", "-q", "main")
    made(repo, ours)
    repo.git("merge", "-q", "--no-commit", "--no-ff", "-s", "ours", "side")
    written(repo, result)
    said = [about(checks.run(Store(repo.path).worktree())), about(lookup.problems(Store(repo.path)))]
    repo.git("add", "-A")
    said += [about(checks.run(Store(repo.path).index())), about(lookup.problems(Store(repo.path), staged=True))]
    repo.git("commit", "-q", "--allow-empty", "--no-verify", "-m", "change")
    assert said == [about(checks.run(Store(repo.path).at("HEAD")))] * 4
    # The merge is made, and what is said of the disk is no longer about it.
    assert about(checks.run(Store(repo.path).worktree())) == about(lookup.problems(Store(repo.path))) == []


@pytest.fixture(autouse=True)
def _indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)


def about(found: Iterable[Problem] | lookup.Known | None) -> list[Problem]:
    """What is said of the step that is made."""
    assert found is not None
    problems = found.problems if isinstance(found, lookup.Known) else found
    return sorted(each for each in problems if each.rule in of(Scope.HISTORY))


def made(repo: Repo, records: dict[str, str]) -> None:
    """Commit these records, and no others."""
    written(repo, records)
    repo.git("add", "-A")
    repo.git("commit", "-q", "--allow-empty", "--no-verify", "-m", "change")


def written(repo: Repo, records: dict[str, str]) -> None:
    """Have these records on the disk, and no others."""
    shutil.rmtree(repo.path / "records", ignore_errors=True)
    for path, content in records.items():
        repo.write(path, content)


def lost(repo: Repo) -> list[tuple[str, str, str, str]]:
    """What check --range, and check --at beside it, say of the merge: message, path, place, and the end of the hint."""
    store, merge = Store(repo.path), repo.git("rev-parse", "HEAD")
    walk = Walk(store, store.git(), Trees(Objects(store.git())))
    brought = [
        problem
        for commit in between(store.git(), None, merge)
        for problem in walk.introduced_by(commit.id, commit.parents)
        if commit.id == merge
    ]
    whole = [each for each in checks.run(store.at("HEAD")) if each.rule == "interaction-changed"]
    assert [each.identity for each in whole] == [each.identity for each in brought]
    return [(each.message, each.place.path, each.place.pointer, each.hint.partition(": ")[2]) for each in brought]


def side(repo: Repo, parent: int, path: str = PATH) -> str:
    return f"git show {repo.git('rev-parse', f'HEAD^{parent}')[:10]}:./{path}"


def test_an_entry_of_the_second_parent_that_a_merge_lost_is_named_with_where_it_is(repo: Repo) -> None:
    merged(repo, text("01"), {PATH: text("01", "02")}, {PATH: text("01", "03")}, {PATH: text("01", "02")})
    gone = "the interaction of 2024-05-03 (phone) was removed"
    assert lost(repo) == [(gone, PATH, "/interactions", side(repo, 2))]


def test_an_entry_of_the_first_parent_that_a_merge_lost_is_named(repo: Repo) -> None:
    merged(repo, text("01"), {PATH: text("01", "02")}, {PATH: text("01", "03")}, {PATH: text("01", "03")})
    gone = "the interaction of 2024-05-02 (phone) was removed"
    assert lost(repo) == [(gone, PATH, "/interactions", side(repo, 1))]


def test_an_entry_that_all_sides_had_is_named_once(repo: Repo) -> None:
    merged(repo, text("01"), {PATH: text("01", "02")}, {PATH: text("01", "03")}, {PATH: text("02", "03")})
    gone = "the interaction of 2024-05-01 (phone) was removed"
    assert lost(repo) == [(gone, PATH, "/interactions", side(repo, 1))]


KEPT: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "both are kept": ({PATH: text("01", "02")}, {PATH: text("01", "03")}, {PATH: text("01", "02", "03")}),
    "a side took an entry away": ({PATH: text()}, {PATH: text("01", "03")}, {PATH: text("03")}),
    "the other side took it away": ({PATH: text("01", "02")}, {PATH: text()}, {PATH: text("02")}),
    "both took it away": ({PATH: text()}, {PATH: text()}, {PATH: text()}),
    "one side did nothing": ({PATH: text("01")}, {PATH: text("01", "03")}, {PATH: text("01", "03")}),
    "a side moved the record": (
        {"records/a/C20240501001.yaml": text("02")},
        {PATH: text("01", "03")},
        {"records/a/C20240501001.yaml": text("02", "03")},
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "result"), KEPT.values(), ids=list(KEPT))
def test_what_a_side_did_is_not_held_against_the_merge(
    repo: Repo, ours: dict[str, str], theirs: dict[str, str], result: dict[str, str]
) -> None:
    merged(repo, text("01"), ours, theirs, result)
    assert lost(repo) == []


def test_an_entry_is_missed_where_the_other_side_moved_the_record(repo: Repo) -> None:
    moved = "records/a/C20240501001.yaml"
    merged(repo, text("01"), {moved: text("01")}, {PATH: text("01", "03")}, {moved: text("01")})
    gone = "the interaction of 2024-05-03 (phone) was removed"
    assert lost(repo) == [(gone, moved, "/interactions", side(repo, 2))]


def test_check_range_names_the_merge_and_its_author(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    merged(repo, text("01"), {PATH: text("01", "02")}, {PATH: text("01", "03")}, {PATH: text("01", "02")})
    said = stores.Program(capsys, repo.path)("check", "--range", "HEAD~2..HEAD", "--format", "json").data
    merge = repo.git("rev-parse", "HEAD")
    assert [(each["rule"], each["commit"]) for each in said["problems"]] == [("interaction-changed", merge)]


def test_a_step_of_the_status_that_the_other_side_took_is_not_the_merges(repo: Repo) -> None:
    lost_, paused = (stores.record(status=status) for status in ("lost", "paused"))
    merged(repo, lost_, {PATH: lost_, "records/a.txt": ""}, {PATH: paused}, {PATH: paused})
    assert about(checks.run(Store(repo.path).at("HEAD"))) == []


def test_what_two_clones_changed_is_not_held_against_who_decides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    li, han = clones.pair(tmp_path, capsys, text("01", "02"))
    li.write(text("01", "03").replace("lead", "prospect"))
    han.write(text("01", "02", "04").replace("lead", "active"))
    li("sync")
    assert han("sync").code == 1
    han("resolve", "001", "status", "--ours")
    said = han("check", "--format", "json").data
    assert [each["rule"] for each in said["problems"] if each["rule"] in of(Scope.HISTORY)] == []
    han.repo.git("commit", "-q", "--no-edit")
    assert han.read() == text("01", "03", "04").replace("lead", "active")
