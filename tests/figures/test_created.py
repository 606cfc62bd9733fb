"""The day on which a customer was created, on the disk, in commits, and with the index."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from crmtext.figures.rules import NAMES
from crmtext.index import lookup
from crmtext.store import Store, When

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

    from crmtext.snapshot import Snapshot

SETTINGS = '[store]\ntimezone = "Asia/Shanghai"\n'


def record(number: int, more: str = "") -> str:
    return f"id: C20240501AAA{number}\nname: n{number}\ntype: company\nstatus: lead\nowner: lilei\n{more}"


def created(snapshot: Snapshot) -> dict[str, str | None]:
    """The day of each customer, and the due day of its rule."""
    values_of = NAMES.of(snapshot)
    rows = [values_of(customer) for customer in snapshot.customers]
    return {row.customer.id[-1]: f"{row['created']} {row['follow_up_due']}" for row in rows}


@pytest.fixture
def root(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with customers of two days, one with a source, and one that isn't committed."""

    def on(day: str) -> None:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T23:30:00+00:00")

    on("2026-09-01")
    source = "sources: [{channel: website, date: 2026-03-01}, {channel: referral}]\n"
    repo.commit({"crmtext.toml": SETTINGS, "records/C20240501AAA1.yaml": record(1)})
    on("2026-10-01")
    repo.git("mv", "records/C20240501AAA1.yaml", "records/C20240501AAA1-acme.yaml")
    repo.commit({"records/C20240501AAA2.yaml": record(2, source)})
    repo.write("records/C20240501AAA3.yaml", record(3))
    repo.write("records/C20240501AAA4.yaml", record(4, "sources: [{channel: website, date: 2026-11-02}]\n"))
    return repo.path


#: A commit at half past eleven in London is one of the next day in Shanghai.
COMMITTED = {"1": "2026-09-02 2026-10-02", "2": "2026-03-01 2026-11-01"}
ALL = COMMITTED | {"3": "2026-11-20 2026-12-20", "4": "2026-11-02 2026-12-20"}


def test_it_is_the_day_of_the_first_commit_or_of_a_source(root: Path) -> None:
    store = Store(root)
    assert created(store.worktree()) == ALL
    assert created(store.read(When(at="HEAD"))) == COMMITTED
    assert created(store.read(When(at="2026-09-15"))) == {"1": "2026-09-02 2026-10-02"}


def test_the_index_keeps_it_from_commit_to_commit(root: Path, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    for _time in range(2):
        assert created(lookup.listed(Store(root))) == created(lookup.snapshot(Store(root))) == ALL
    repo.git("add", ".")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-05T12:00:00+00:00")
    repo.git("commit", "-qm", "more")
    assert created(lookup.listed(Store(root))) == ALL | {"3": "2026-11-05 2026-12-05", "4": "2026-11-02 2026-12-05"}
    repo.git("checkout", "-q", "HEAD~2")
    assert created(lookup.listed(Store(root))) == {"1": "2026-09-02 2026-10-02"}


def test_a_shallow_clone_knows_only_sources_of_its_oldest_customers(root: Path, repo: Repo, tmp_path: Path) -> None:
    repo.git("add", ".")
    repo.git("commit", "-qm", "more")
    clone = tmp_path / "clone"
    repo.git("clone", "-q", "--depth=2", f"file://{root}", str(clone))
    assert created(Store(clone).worktree()) == {
        "1": "None None", "2": "2026-03-01 None", "3": "2026-10-02 2026-11-01", "4": "2026-10-02 2026-11-01"
    }  # fmt: skip


def test_an_id_that_was_changed_inside_its_file_has_no_known_first_commit(root: Path, repo: Repo) -> None:
    path = "records/C20240501AAA5.yaml"
    repo.commit({path: record(6)})
    repo.commit({path: record(5), "records/draft.yaml": record(7)})
    repo.commit({"records/draft.yaml": record(8)})
    days = created(Store(root).worktree())
    assert (days["5"], days["8"]) == ("None None", "None None")


def test_a_store_outside_of_git_has_customers_of_today(root: Path) -> None:
    shutil.rmtree(root / ".git")
    assert created(Store(root).worktree()) == {
        "1": "2026-11-20 2026-12-20", "2": "2026-03-01 2026-12-20", "3": "2026-11-20 2026-12-20",
        "4": "2026-11-02 2026-12-20",
    }  # fmt: skip
