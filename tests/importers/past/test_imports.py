"""Which imports of a history are in effect, by the trailers of its commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from import_runs import git

from crmtext.git.plumbing import Repository, repository
from crmtext.importers.past.imports import Accepted, Past

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = ("sha256:" + letter * 64 for letter in "12")


@pytest.fixture
def repo(new: Path) -> Repository:
    found = repository(new)
    assert found
    return found


def commit(new: Path, subject: str, *trailers: str) -> str:
    message = "\n".join((subject, "", *trailers))
    git(new, "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message)
    return git(new, "rev-parse", "HEAD").strip()


def imported(new: Path, subject: str, records: str = ONE) -> str:
    return commit(new, subject, "Crm-Import: erp", f"Crm-Import-Records: {records}")


def undone(new: Path, subject: str, id_: str, records: str = ONE) -> str:
    return commit(new, subject, f"Crm-Import-Undone: {id_}", f"Crm-Import-Records: {records}")


def in_effect(repo: Repository) -> list[str]:
    return [one.commit.subject for one in Past(repo).in_effect()]


def test_an_undoing_that_was_undone_brings_the_import_back(new: Path, repo: Repository) -> None:
    imported(new, "week 1", TWO)
    second = imported(new, "week 2")
    undoing = undone(new, "undo week 2", second)
    assert in_effect(repo) == ["week 1"]
    commit(new, "revert", f"This reverts commit {undoing}.")
    assert in_effect(repo) == ["week 2", "week 1"]
    # An import that was undone again is undone, whatever came in between.
    undone(new, "undo week 2 again", second)
    assert in_effect(repo) == ["week 1"]


def test_after_a_rebase_the_hash_says_what_was_undone(new: Path, repo: Repository) -> None:
    gone = "f" * 40
    imported(new, "week 1")
    undone(new, "undo week 1", gone)
    # The same file again: the undoing is older.
    imported(new, "week 1 again")
    imported(new, "week 2", TWO)
    assert in_effect(repo) == ["week 2", "week 1 again"]


def test_a_squashed_pair_of_import_and_undoing_takes_nothing_back_itself(new: Path, repo: Repository) -> None:
    imported(new, "week 1", TWO)
    undoing = f"Crm-Import-Undone: {'f' * 40}"
    commit(new, "squashed", "Crm-Import: erp", f"Crm-Import-Records: {ONE}", undoing)
    assert in_effect(repo) == ["squashed", "week 1"]


def test_accepted_commits_are_read_with_and_without_their_hash(new: Path, repo: Repository) -> None:
    one, two = "a" * 40, "b" * 40
    commit(new, "week 1", "Crm-Import: erp", f"Crm-Import-Base: {one} {ONE}", f"Crm-Import-Base: {two}")
    assert [done.accepts for done in Past(repo).in_effect()] == [(Accepted(one, ONE), Accepted(two))]
