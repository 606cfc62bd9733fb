"""A sparse checkout: all records are read, and changed, whether they are on the disk or only in git's index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.cli.framework import completions
from crmtext.cli.framework.completion import Asked
from crmtext.index import lookup
from crmtext.setup import hooks, merge_driver
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

EAST, WEST, NORTH = (f"records/{name}.yaml" for name in ("east/C20240501001", "west/C20240501002", "west/C20240501003"))
REFERS = "relations:\n  - {id: C20240501002, kind: partner}\n"
NAMES = {"001": "东方电子", "002": "西部仪器", "003": "北方机械"}
SCHEMA = "schema/customer.schema.json"
#: Each way in which git leaves files out of the work tree.
MODES = {
    "cone": (("sparse-checkout", "set", "--cone", "records/east"),),
    "no cone": (("sparse-checkout", "set", "--no-cone", "/*", "!/records/west/", "!/schema/"),),
    "sparse index": (("sparse-checkout", "set", "--cone", "--sparse-index", "records/east"),),
    "one by one": (("update-index", "--skip-worktree", WEST, NORTH, SCHEMA),),
}


@pytest.fixture(params=MODES)
def store(request: pytest.FixtureRequest, repo: Repo) -> Repo:
    """Three customers, two of them off the disk, and a schema of the team's own there, too."""
    schema = (stores.ROOT / SCHEMA).read_text("utf-8").replace('"title": "Short name"', '"title": "Our name"')
    texts = {number: stores.record(number, name) for number, name in NAMES.items()}
    files = {EAST: texts["001"] + REFERS, WEST: texts["002"], NORTH: texts["003"]}
    repo.commit({"crmtext.toml": stores.TEAM, SCHEMA: schema, **files}, "store")
    for words in MODES[request.param]:
        repo.git(*words)
    for path in (WEST, NORTH, SCHEMA) if request.param == "one by one" else ():
        (repo.path / path).unlink()
    assert off(repo) == [WEST, NORTH, SCHEMA]
    return repo


def off(repo: Repo) -> list[str]:
    """What git holds and the disk lacks; git finds nothing missing there."""
    assert [line for line in repo.git("status", "--porcelain").splitlines() if line[1] == "D"] == []
    listed = repo.git("ls-files", "-t").splitlines()
    return [line[2:] for line in listed if line.startswith("S ") and not (repo.path / line[2:]).exists()]


@pytest.fixture
def run(repo: Repo, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, repo.path)


READING = (
    ("check",),
    ("check", "records/west"),
    ("list", "--format", "json"),
    ("list", "--where", "'西部' in name"),
    ("show", "北方", "--format", "yaml"),
    ("show", "C20240501003", "--format", "json"),
    ("report", "--format", "json"),
    ("history", "西部"),
    ("diff",),
    ("fmt", "--check"),
    ("explain", "short_name"),
)


@pytest.mark.parametrize("indexed", [False, True], ids=["read", "indexed"])
def test_reading_commands_answer_as_in_a_full_checkout(
    store: Repo, run: stores.Program, monkeypatch: pytest.MonkeyPatch, *, indexed: bool
) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 1 if indexed else 300)
    sparse = [run(*words) for words in READING]
    assert sparse[0].out == "3 records checked, no problems\n"
    store.git("update-index", "--no-skip-worktree", WEST, NORTH, SCHEMA, check=False)
    store.git("sparse-checkout", "disable")
    store.git("checkout", "-q", "--", ".")
    assert sparse == [run(*words) for words in READING]


def test_an_index_kept_between_calls_follows_what_is_checked_out(
    store: Repo, run: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 1)
    assert run("check").code == 0
    store.write(WEST, stores.record("002", "改名仪器", status="nonsense"))
    assert "records/west/C20240501002.yaml:4:9" in run("check").out
    (store.path / WEST).unlink()
    store.git("update-index", "--skip-worktree", WEST)
    assert run("check").out == "3 records checked, no problems\n"
    assert run("show", "西部", "--format", "json").data["path"] == WEST


def test_completion_offers_them(store: Repo) -> None:
    asked = Asked(Store(store.path), "", "show", {})
    assert [word for word, _meaning in completions.customers(asked)] == ["C20240501001", "C20240501002", "C20240501003"]
    assert [word for word, _meaning in completions.customers(asked._replace(typed="北"))] == ["北方机械"]


def test_a_committed_change_reaches_the_commit_and_the_disk_stays_sparse(store: Repo, run: stores.Program) -> None:
    result = run("set", "西部", "status=prospect", "--commit")
    warning = f"{WEST}: warning: outside the sparse checkout: changed in the commit, not on disk [sparse-checkout]"
    assert (result.code, warning in result.err) == (0, True)
    assert store.git("show", f"HEAD:{WEST}") == stores.record("002", NAMES["002"], status="prospect").rstrip("\n")
    assert (off(store), store.git("status", "--porcelain")) == ([WEST, NORTH, SCHEMA], "")
    assert run("list", "--status", "prospect", "--format", "json").data["customers"][0]["id"] == "C20240501002"
    assert run("undo").code == 0
    assert store.git("diff", "HEAD~2", "HEAD") == ""
    assert off(store) == [WEST, NORTH, SCHEMA]


def test_a_change_that_is_not_committed_is_on_the_disk(store: Repo, run: stores.Program) -> None:
    result = run("set", "C20240501002", "status=prospect", "--no-commit")
    assert (result.code, "git sparse-checkout reapply" in result.err) == (0, True)
    assert (store.path / WEST).read_text("utf-8") == stores.record("002", NAMES["002"], status="prospect")
    assert store.git("status", "--porcelain") == f" M {WEST}"
    assert run("undo").code == 0
    assert (off(store), store.git("status", "--porcelain")) == ([WEST, NORTH, SCHEMA], "")


def test_a_handover_moves_all_customers(store: Repo, run: stores.Program) -> None:
    assert run("handover", "--from", "lilei", "--to", "hanmei").code == 0
    assert store.git("show", "--format=", "--name-only").splitlines() == [EAST, WEST, NORTH]
    owners = [customer["owner"] for customer in run("list", "--format", "json").data["customers"]]
    assert (owners, off(store)) == (["hanmei"] * 3, [WEST, NORTH, SCHEMA])


def test_references_follow_and_go(store: Repo, run: stores.Program) -> None:
    assert "is referred to by 1 customer" in run("rm", "西部").err
    assert run("rename", "C20240501002", "--id", "C20240501009", "--commit").code == 0
    assert "id: C20240501009" in (store.path / EAST).read_text("utf-8")
    moved = "records/west/C20240501009.yaml"
    assert off(store) == sorted([NORTH, moved, SCHEMA])
    assert (run("check").out, store.git("status", "--porcelain")) == ("3 records checked, no problems\n", "")
    assert run("rm", "西部", "--force", "--commit").code == 0
    assert run("check").out == "2 records checked, no problems\n"
    assert (off(store), store.git("status", "--porcelain")) == ([NORTH, SCHEMA], "")


def test_hooks_judge_a_commit_in_a_sparse_checkout(
    store: Repo, run: stores.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    hooks.install(stores.opened(store))
    store.write(EAST, stores.record("001", status="prospect") + REFERS)
    store.git("commit", "-q", "-a", "-m", "east")
    assert store.git("show", "--format=", "--name-only") == EAST


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_a_flagged_file_is_what_is_on_the_disk(repo: Repo, run: stores.Program, flag: str) -> None:
    path = stores.path()
    repo.commit({"crmtext.toml": stores.TEAM, path: stores.record()}, "store")
    repo.git("update-index", flag, path)
    repo.write(path, stores.record(status="paused"))
    assert run("list", "--format", "json").data["customers"][0]["status"] == "paused"
    result = run("rm", "C20240501001")
    assert (result.code, "[not-committed]" in result.err) == (2, True)
    assert run("set", "C20240501001", "owner=hanmei", "--commit").code == 0
    assert repo.git("show", f"HEAD:{path}") == stores.record(owner="hanmei").rstrip("\n")
    assert (repo.path / path).read_text("utf-8") == stores.record(status="paused", owner="hanmei")


def test_a_conflict_is_decided_on_the_disk(store: Repo, run: stores.Program, tmp_path: Path) -> None:
    store.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "hub"))
    store.git("remote", "add", "origin", str(tmp_path / "hub"))
    store.git("push", "-q", "-u", "origin", "main")
    merge_driver.install(stores.opened(store))
    store.git("clone", "-q", str(tmp_path / "hub"), str(tmp_path / "other"))
    other = Repo(tmp_path / "other")
    other.commit(
        {
            WEST: stores.record("002", NAMES["002"], status="prospect"),
            NORTH: stores.record("003", NAMES["003"], status="prospect"),
        }
    )
    other.git("push", "-q")
    assert run("set", "西部", "status=paused", "cooperation.paused_reason=停产", "--commit").code == 0
    assert "  C20240501002  西部仪器: status: local Paused (李雷, 2026-11-20) | remote Prospect (" in run("sync").out
    assert (WEST in off(store), (store.path / WEST).is_file()) == (False, True)
    assert run("resolve", "西部", "--theirs").code == 0
    store.git("commit", "-q", "--no-edit")
    customers = run("list", "--status", "prospect", "--format", "json").data["customers"]
    assert [customer["id"] for customer in customers] == ["C20240501002", "C20240501003"]
