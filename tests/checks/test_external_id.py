"""External ids that two customers have: a hook, a server, a command and the index name the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.index import lookup
from crmtext.setup import hooks

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = stores.path("001"), stores.path("002")
MORE = 'external_ids: {zoho: ["zcrm_101", "zcrm_207"]}\n'
OTHER = "无锡东方"
MESSAGE = f"the external id zcrm_207 of zoho is also used in {ONE} [external-id]"


@pytest.fixture
def store(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Two customers, the first with external ids."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record(more=MORE), TWO: stores.record("002", OTHER)}, "store")
    return repo


def same_id(repo: Repo) -> None:
    repo.write(TWO, stores.record("002", OTHER, 'external_ids: {zoho: "zcrm_207"}\n'))


def test_a_commit_is_rejected(store: Repo) -> None:
    hooks.install(stores.opened(store))
    same_id(store)
    store.git("add", "-A")
    result = store.git("commit", "-m", "change", check=False).splitlines()
    assert result[0] == f"{TWO}:8:22: error: {MESSAGE}"
    assert store.git("log", "--format=%s") == "store"


def test_a_push_is_rejected_also_if_the_first_customer_gets_the_id(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = Repo(tmp_path / "server.git")
    server.path.mkdir()
    server.git("init", "-q", "--bare", "-b", "main")
    assert stores.Program(capsys, tmp_path)("hooks", "install", "--pre-receive", str(server.path)).code == 0
    store.git("push", "-q", str(server.path), "main")
    store.commit({TWO: stores.record("002", OTHER, "external_ids: {zoho: B9}\n")})
    store.git("push", "-q", str(server.path), "main")
    store.commit({ONE: stores.record(more="external_ids: {zoho: [A1, B9]}\n")})
    result = store.git("push", "-q", str(server.path), "main", check=False)
    assert f"{TWO}:8:22: error: the external id B9 of zoho is also used in {ONE} [external-id]" in result


@pytest.mark.parametrize("options", [[TWO], ["--staged"]])
def test_a_changed_record_is_compared_with_all_others_by_the_index(
    store: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    run = stores.Program(capsys, store.path)
    assert run("check", *options).code == 0
    same_id(store)
    store.git("add", "-A")
    done = run("check", *options)
    assert (done.code, done.out.splitlines()[0]) == (1, f"{TWO}:8:22: error: {MESSAGE}")
    store.write(ONE, stores.record())
    store.git("add", "-A")
    assert run("check", *options).code == 0


def test_a_command_writes_no_id_of_another_customer(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    done = stores.Program(capsys, store.path)("set", "002", "external_ids.zoho=zcrm_101")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        f"error: nothing was written: {MESSAGE.replace('207', '101')}",
    )
    assert store.git("status", "--porcelain") == ""
