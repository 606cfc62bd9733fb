"""A view made from a commit: only from what is committed, and without a trace in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.problem import CrmError
from crmtext.protection.view import run
from crmtext.settings import read
from crmtext.settings.access import Role
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

ACCESS = '\n[access.support]\nsee = ["name", "type", "status", "owner"]\nsee_where = "status != \'lost\'"\n'


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(stores.made(tmp_path / "store"))
    made.git("init", "-q", "-b", "main")
    made.commit({"crmtext.toml": stores.TEAM + ACCESS, stores.path(): stores.record()})
    return made


def trace(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of a store, git's own included, with its size and time of change."""
    about = ((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in about}


def test_the_committed_records_are_shown_and_the_store_stays_as_it_is(repo: Repo, tmp_path: Path) -> None:
    repo.write(stores.path(), stores.record(name="未提交"))
    repo.write(stores.path("002"), stores.record("002"))
    before = trace(repo.path)
    done = run.run(Store(repo.path), "support", tmp_path / "view")
    assert trace(repo.path) == before
    assert done == run.Viewed("support", repo.git("rev-parse", "HEAD"), 1, (), done.changed, False)
    assert "上海示例电子有限公司" in (tmp_path / "view" / stores.path()).read_text("utf-8")
    assert run.run(Store(repo.path), "support", tmp_path / "view").changed == (0, 0)


def test_an_earlier_commit_is_shown_by_its_own_settings(repo: Repo, tmp_path: Path) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.commit({"crmtext.toml": stores.TEAM + ACCESS.replace('name", ', 'name", "notes", ')})
    repo.commit({stores.path(): stores.record(status="lost", more="notes: 流失\n")})
    assert run.run(Store(repo.path), "support", tmp_path / "now").customers == 0
    assert run.run(Store(repo.path), "support", tmp_path / "then", first).customers == 1
    assert b"notes" not in (tmp_path / "then/schema/customer.schema.json").read_bytes().split(b'"description"')[0]


def test_a_broken_record_is_left_out_and_named(repo: Repo, tmp_path: Path) -> None:
    run.run(Store(repo.path), "support", tmp_path / "view")
    repo.commit({stores.path(): "id: [", stores.path("002"): stores.record("002")})
    done = run.run(Store(repo.path), "support", tmp_path / "view")
    assert (done.customers, done.broken, done.changed) == (1, (stores.path(),), (1, 1))


def test_a_store_without_commits_has_no_view(tmp_path: Path) -> None:
    empty = Repo(stores.made(tmp_path / "store"))
    empty.git("init", "-q", "-b", "main")
    with pytest.raises(CrmError) as raised:
        run.run(Store(empty.path), "sales", tmp_path / "view")
    assert (raised.value.problem.rule, (tmp_path / "view").exists()) == ("nothing-committed", False)


def test_without_access_a_role_of_the_team_sees_everything() -> None:
    assert run.rights_of(read(stores.TEAM.encode()), "sales") == Role()


@pytest.mark.parametrize(
    ("more", "role", "message", "hint"),
    [
        ("", "salse", "nobody on the team has the role salse", "did you mean 'sales'?"),
        (ACCESS, "sales", "crmtext.toml has no table [access.sales]", "one of: support"),
    ],
)
def test_an_unknown_role_is_an_error(more: str, role: str, message: str, hint: str) -> None:
    with pytest.raises(CrmError) as raised:
        run.rights_of(read((stores.TEAM + more).encode()), role)
    assert (raised.value.problem.rule, raised.value.problem.message) == ("unknown-role", message)
    assert raised.value.problem.hint == hint
