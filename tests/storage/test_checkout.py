"""A step of work tree, index and HEAD: gone to its end, or as if it had never begun, wherever it is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmtext import layout
from crmtext.disk import files
from crmtext.git.merge import merged
from crmtext.git.plumbing import Repository, repository
from crmtext.problem import CrmError, cannot
from crmtext.storage import checkout, commit, fsync, move_head, user_index
from crmtext.storage.checkout import CheckoutStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from repos import Repo

#: What a step does to each file: it changes one, takes one away, brings one in a folder of its own, and leaves one.
OLD = {"changed": "old text\n", "gone": "gone text\n", "same": "same\n", "run.sh": "#!/bin/sh\n"}
NEW = {"changed": "new text, longer\n", "新/came": "came text\n", "same": "same\n", "run.sh": "#!/bin/sh\n"}


@pytest.fixture
def made(repo: Repo) -> tuple[Repository, CheckoutStep]:
    """A repository at the old commit, and the step to the new one."""
    old = repo.commit(OLD)
    repo.git("rm", "-q", "gone")
    new = repo.commit(NEW)
    repo.git("reset", "-q", "--hard", old)
    found = repository(repo.path)
    assert found
    return found, CheckoutStep(old, new, new)


def held(repo: Repo) -> dict[str, str]:
    folder = repo.path
    return {
        each.relative_to(folder).as_posix(): each.read_text("utf-8")
        for each in sorted(folder.rglob("*"))
        if each.is_file() and ".git" not in each.parts
    }


def state(repo: Repo) -> tuple[dict[str, str], str, str]:
    return held(repo), repo.git("rev-parse", "HEAD"), repo.git("status", "--short")


def taken(found: Repository, step: CheckoutStep) -> None:
    with files.lock(found.git_dir, 1):
        checkout.take(found, step, "test: a step")


def finished(found: Repository) -> None:
    with files.lock(found.git_dir, 1):
        commit.finish(found)


def test_a_step_moves_files_index_and_head_and_tells_the_log(repo: Repo, made: tuple[Repository, CheckoutStep]) -> None:
    found, step = made
    taken(found, step)
    assert state(repo) == (NEW, step.commit, "")
    assert repo.git("reflog", "-1", "--format=%gs") == "test: a step"
    assert [each.name for each in found.git_dir.glob("*.lock") if each.name != layout.LOCK] == []


def test_what_is_staged_or_changed_elsewhere_stays(repo: Repo, made: tuple[Repository, CheckoutStep]) -> None:
    found, step = made
    repo.write("same", "mine\n")
    repo.write("staged", "mine\n")
    repo.git("add", "staged")
    taken(found, step)
    assert state(repo) == (NEW | {"same": "mine\n", "staged": "mine\n"}, step.commit, " M same\nA  staged")


@pytest.mark.parametrize(
    ("path", "text"),
    [("changed", "mine\n"), ("gone", "mine\n"), ("新/came", "mine\n")],
    ids=["changed", "gone", "came"],
)
def test_a_file_of_somebodys_stops_the_step_before_it_begins(
    repo: Repo, made: tuple[Repository, CheckoutStep], path: str, text: str
) -> None:
    found, step = made
    repo.write(path, text)
    before = state(repo)
    with pytest.raises(CrmError):
        taken(found, step)
    assert state(repo) == before


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(), cannot("x", "x")], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize("at", ["carry_out", "sync_head"])
def test_what_fails_in_the_middle_leaves_nothing_half(
    repo: Repo, made: tuple[Repository, CheckoutStep], monkeypatch: pytest.MonkeyPatch, at: str, error: BaseException
) -> None:
    found, step = made

    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(move_head if at == "carry_out" else fsync, at, fail)
    with pytest.raises(type(error)):
        taken(found, step)
    # HEAD has gone there before its folders are synced.
    assert state(repo) == ((NEW, step.commit, "") if at == "sync_head" else (OLD, step.old, ""))
    assert not found.index_file.with_name("index.lock").exists()


def test_where_putting_back_fails_as_well_the_next_writer_does_it(
    repo: Repo, made: tuple[Repository, CheckoutStep], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, step = made

    def fail(*_arguments: object) -> None:
        raise cannot("disk-full", "full")

    with monkeypatch.context() as patch:
        patch.setattr(move_head, "carry_out", fail)
        patch.setattr(user_index, "bring", fail)
        with pytest.raises(CrmError):
            taken(found, step)
    assert found.index_file.with_name("index.lock").exists()
    finished(found)
    assert state(repo) == (OLD, step.old, "")


def cut_off(found: Repository, step: CheckoutStep, what: Callable[[], object]) -> None:
    """A writer that was killed when it had done so much."""
    user_index.lock(found, step.note)
    what()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("changed", ""),
        ("changed", "new te"),
        ("changed", NEW["changed"]),
        ("changed", None),
        ("gone", None),
        ("新/came", ""),
        ("新/came", "came"),
        ("新/came", NEW["新/came"]),
    ],
)
def test_what_a_killed_git_has_half_written_is_put_back(
    repo: Repo, made: tuple[Repository, CheckoutStep], path: str, text: str | None
) -> None:
    found, step = made
    file = repo.path / path
    cut_off(found, step, lambda: file.unlink() if text is None else repo.write(path, text))
    finished(found)
    assert state(repo) == (OLD, step.old, "")
    assert not (repo.path / "新").exists()
    assert not found.index_file.with_name("index.lock").exists()


@pytest.mark.parametrize("path", ["changed", "新/came", "gone"])
def test_what_somebody_wrote_after_the_kill_stays(repo: Repo, made: tuple[Repository, CheckoutStep], path: str) -> None:
    found, step = made
    cut_off(found, step, lambda: repo.write(path, "by hand\n"))
    finished(found)
    assert held(repo) == OLD | {path: "by hand\n"}


def test_a_step_that_was_cut_off_behind_the_index_is_put_back(
    repo: Repo, made: tuple[Repository, CheckoutStep]
) -> None:
    found, step = made
    repo.write("staged", "mine\n")
    repo.git("add", "staged")
    repo.git("read-tree", "-m", "-u", step.old, step.commit)
    cut_off(found, step, lambda: None)
    finished(found)
    assert state(repo) == (OLD | {"staged": "mine\n"}, step.old, "A  staged")


def test_a_step_that_was_cut_off_behind_head_is_done(repo: Repo, made: tuple[Repository, CheckoutStep]) -> None:
    found, step = made
    repo.git("reset", "-q", "--hard", step.commit)
    cut_off(found, step, (found.git_dir / "HEAD.lock").touch)
    finished(found)
    assert state(repo) == (NEW, step.commit, "")


@pytest.fixture
def conflict(repo: Repo) -> tuple[Repository, CheckoutStep]:
    """A repository with two lines of commits, and the step into the merge of them."""
    repo.commit({"one": "base\n", "two": "base\n"})
    repo.git("switch", "-qc", "side")
    theirs = repo.commit({"one": "theirs\n", "three": "theirs\n"})
    repo.git("switch", "-q", "main")
    ours = repo.commit({"one": "ours\n"})
    found = repository(repo.path)
    assert found
    merge = merged(found, ours, theirs, ())
    return found, CheckoutStep(ours, merge.tree, "", theirs, "Merge 'side'", merge.stages)


def test_a_step_into_a_conflict_is_a_merge_as_git_would_have_begun_it(
    repo: Repo, conflict: tuple[Repository, CheckoutStep]
) -> None:
    found, step = conflict
    taken(found, step)
    assert repo.git("status", "--short").splitlines() == ["UU one", "A  three"]
    assert held(repo)["one"].splitlines()[1::2] == ["ours", "theirs"]
    repo.write("one", "both\n")
    repo.git("add", "one")
    repo.git("commit", "-q", "--no-edit")
    assert repo.git("log", "-1", "--format=%s %P") == f"Merge 'side' {step.old} {step.theirs}"


def test_git_itself_can_give_up_a_conflict(repo: Repo, conflict: tuple[Repository, CheckoutStep]) -> None:
    found, step = conflict
    before = state(repo)
    taken(found, step)
    repo.git("merge", "--abort")
    assert state(repo) == before


@pytest.mark.parametrize("left", ["MERGE_HEAD", "MERGE_MSG", "index"])
def test_a_conflict_that_was_cut_off_is_put_back(
    repo: Repo, conflict: tuple[Repository, CheckoutStep], left: str
) -> None:
    found, step = conflict
    before = state(repo)
    taken(found, step)
    (found.git_dir / "MERGE_HEAD").unlink()
    if left == "index":
        (found.git_dir / "MERGE_MSG").unlink()
    cut_off(found, step, lambda: None)
    finished(found)
    assert state(repo) == before
    assert [each.name for each in found.git_dir.glob("MERGE_*")] == []


def test_a_conflict_that_was_cut_off_at_its_end_is_there(repo: Repo, conflict: tuple[Repository, CheckoutStep]) -> None:
    found, step = conflict
    taken(found, step)
    cut_off(found, step, lambda: None)
    finished(found)
    assert repo.git("status", "--short").splitlines() == ["UU one", "A  three"]
    assert not found.index_file.with_name("index.lock").exists()
