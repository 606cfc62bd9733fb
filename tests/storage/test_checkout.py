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
def prepared(repo: Repo) -> tuple[Repository, CheckoutStep]:
    """A repository at the old commit, and the step to the new one."""
    old = repo.commit(OLD)
    repo.git("rm", "-q", "gone")
    new = repo.commit(NEW)
    repo.git("reset", "-q", "--hard", old)
    git_repo = repository(repo.path)
    assert git_repo
    return git_repo, CheckoutStep(old, new, new)


def held(repo: Repo) -> dict[str, str]:
    folder = repo.path
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".git" not in file.parts
    }


def state(repo: Repo) -> tuple[dict[str, str], str, str]:
    return held(repo), repo.git("rev-parse", "HEAD"), repo.git("status", "--short")


def taken(git_repo: Repository, step: CheckoutStep) -> None:
    with files.lock(git_repo.git_dir, 1):
        checkout.take(git_repo, step, "test: a step")


def finished(git_repo: Repository) -> None:
    with files.lock(git_repo.git_dir, 1):
        commit.finish(git_repo)


def test_a_step_moves_files_index_and_head_and_tells_the_log(
    repo: Repo, prepared: tuple[Repository, CheckoutStep]
) -> None:
    git_repo, step = prepared
    taken(git_repo, step)
    assert state(repo) == (NEW, step.commit, "")
    assert repo.git("reflog", "-1", "--format=%gs") == "test: a step"
    assert [file.name for file in git_repo.git_dir.glob("*.lock") if file.name != layout.LOCK] == []


def test_what_is_staged_or_changed_elsewhere_stays(repo: Repo, prepared: tuple[Repository, CheckoutStep]) -> None:
    git_repo, step = prepared
    repo.write("same", "mine\n")
    repo.write("staged", "mine\n")
    repo.git("add", "staged")
    taken(git_repo, step)
    assert state(repo) == (NEW | {"same": "mine\n", "staged": "mine\n"}, step.commit, " M same\nA  staged")


@pytest.mark.parametrize(
    ("path", "text"),
    [("changed", "mine\n"), ("gone", "mine\n"), ("新/came", "mine\n")],
    ids=["changed", "gone", "came"],
)
def test_a_file_of_somebodys_stops_the_step_before_it_begins(
    repo: Repo, prepared: tuple[Repository, CheckoutStep], path: str, text: str
) -> None:
    git_repo, step = prepared
    repo.write(path, text)
    before = state(repo)
    with pytest.raises(CrmError):
        taken(git_repo, step)
    assert state(repo) == before


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(), cannot("x", "x")], ids=lambda failure: type(failure).__name__
)
@pytest.mark.parametrize("at", ["carry_out", "sync_head"])
def test_what_fails_in_the_middle_leaves_nothing_half(
    repo: Repo,
    prepared: tuple[Repository, CheckoutStep],
    monkeypatch: pytest.MonkeyPatch,
    at: str,
    error: BaseException,
) -> None:
    git_repo, step = prepared

    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(move_head if at == "carry_out" else fsync, at, fail)
    with pytest.raises(type(error)):
        taken(git_repo, step)
    # HEAD has gone there before its folders are synced.
    assert state(repo) == ((NEW, step.commit, "") if at == "sync_head" else (OLD, step.old, ""))
    assert not git_repo.index_file.with_name("index.lock").exists()


def test_where_putting_back_fails_as_well_the_next_writer_does_it(
    repo: Repo, prepared: tuple[Repository, CheckoutStep], monkeypatch: pytest.MonkeyPatch
) -> None:
    git_repo, step = prepared

    def fail(*_arguments: object) -> None:
        raise cannot("disk-full", "full")

    with monkeypatch.context() as patch:
        patch.setattr(move_head, "carry_out", fail)
        patch.setattr(user_index, "bring", fail)
        with pytest.raises(CrmError):
            taken(git_repo, step)
    assert git_repo.index_file.with_name("index.lock").exists()
    finished(git_repo)
    assert state(repo) == (OLD, step.old, "")


def cut_off(git_repo: Repository, step: CheckoutStep, what: Callable[[], object]) -> None:
    """A writer that was killed when it had done so much."""
    user_index.lock(git_repo, step.note)
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
    repo: Repo, prepared: tuple[Repository, CheckoutStep], path: str, text: str | None
) -> None:
    git_repo, step = prepared
    file = repo.path / path
    cut_off(git_repo, step, lambda: file.unlink() if text is None else repo.write(path, text))
    finished(git_repo)
    assert state(repo) == (OLD, step.old, "")
    assert not (repo.path / "新").exists()
    assert not git_repo.index_file.with_name("index.lock").exists()


@pytest.mark.parametrize("path", ["changed", "新/came", "gone"])
def test_what_somebody_wrote_after_the_kill_stays(
    repo: Repo, prepared: tuple[Repository, CheckoutStep], path: str
) -> None:
    git_repo, step = prepared
    cut_off(git_repo, step, lambda: repo.write(path, "by hand\n"))
    finished(git_repo)
    assert held(repo) == OLD | {path: "by hand\n"}


def test_a_step_that_was_cut_off_behind_the_index_is_put_back(
    repo: Repo, prepared: tuple[Repository, CheckoutStep]
) -> None:
    git_repo, step = prepared
    repo.write("staged", "mine\n")
    repo.git("add", "staged")
    repo.git("read-tree", "-m", "-u", step.old, step.commit)
    cut_off(git_repo, step, lambda: None)
    finished(git_repo)
    assert state(repo) == (OLD | {"staged": "mine\n"}, step.old, "A  staged")


def test_a_step_that_was_cut_off_behind_head_is_done(repo: Repo, prepared: tuple[Repository, CheckoutStep]) -> None:
    git_repo, step = prepared
    repo.git("reset", "-q", "--hard", step.commit)
    cut_off(git_repo, step, (git_repo.git_dir / "HEAD.lock").touch)
    finished(git_repo)
    assert state(repo) == (NEW, step.commit, "")


@pytest.fixture
def conflict(repo: Repo) -> tuple[Repository, CheckoutStep]:
    """A repository with two lines of commits, and the step into the merge of them."""
    repo.commit({"one": "base\n", "two": "base\n"})
    repo.git("switch", "-qc", "side")
    theirs = repo.commit({"one": "theirs\n", "three": "theirs\n"})
    repo.git("switch", "-q", "main")
    ours = repo.commit({"one": "ours\n"})
    git_repo = repository(repo.path)
    assert git_repo
    merge = merged(git_repo, ours, theirs, ())
    return git_repo, CheckoutStep(ours, merge.tree, "", theirs, "Merge 'side'", merge.stages)


def test_a_step_into_a_conflict_is_a_merge_as_git_would_have_begun_it(
    repo: Repo, conflict: tuple[Repository, CheckoutStep]
) -> None:
    git_repo, step = conflict
    taken(git_repo, step)
    assert repo.git("status", "--short").splitlines() == ["UU one", "A  three"]
    assert held(repo)["one"].splitlines()[1::2] == ["ours", "theirs"]
    repo.write("one", "both\n")
    repo.git("add", "one")
    repo.git("commit", "-q", "--no-edit")
    assert repo.git("log", "-1", "--format=%s %P") == f"Merge 'side' {step.old} {step.theirs}"


def test_git_itself_can_give_up_a_conflict(repo: Repo, conflict: tuple[Repository, CheckoutStep]) -> None:
    git_repo, step = conflict
    before = state(repo)
    taken(git_repo, step)
    repo.git("merge", "--abort")
    assert state(repo) == before


@pytest.mark.parametrize("left", ["MERGE_HEAD", "MERGE_MSG", "index"])
def test_a_conflict_that_was_cut_off_is_put_back(
    repo: Repo, conflict: tuple[Repository, CheckoutStep], left: str
) -> None:
    git_repo, step = conflict
    before = state(repo)
    taken(git_repo, step)
    (git_repo.git_dir / "MERGE_HEAD").unlink()
    if left == "index":
        (git_repo.git_dir / "MERGE_MSG").unlink()
    cut_off(git_repo, step, lambda: None)
    finished(git_repo)
    assert state(repo) == before
    assert [file.name for file in git_repo.git_dir.glob("MERGE_*")] == []


def test_a_conflict_that_was_cut_off_at_its_end_is_there(repo: Repo, conflict: tuple[Repository, CheckoutStep]) -> None:
    git_repo, step = conflict
    taken(git_repo, step)
    cut_off(git_repo, step, lambda: None)
    finished(git_repo)
    assert repo.git("status", "--short").splitlines() == ["UU one", "A  three"]
    assert not git_repo.index_file.with_name("index.lock").exists()
