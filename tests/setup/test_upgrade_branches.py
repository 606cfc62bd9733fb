"""A store of version 1 that is upgraded while branches of version 1 go on: real merges, both ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import stores
from clones import ATTRIBUTES

from crmtext import layout
from crmtext.layout import SCHEMA, SETTINGS
from crmtext.schema import load
from crmtext.settings import check as settings_check
from crmtext.setup import merge_driver

if TYPE_CHECKING:
    from collections.abc import Callable

    from repos import Repo

ONE, TWO, THREE = map(stores.path, ("001", "002", "003"))
VISITS = {"title": "Visits", "x-title-zh": "来访", "type": "integer"}
FAX = {"title": "Fax", "x-title-zh": "传真", "type": "string"}
NOW = layout.SCHEMA_VERSION
PROPERTIES = '  "properties": {\n'
OF_VERSION_1 = stores.TEAM.replace("[store]\n", "[store]\nschema_version = 1\n")
RECORD = stores.record(
    more="visits: 3\nopportunities:\n  - title: 二期\n    stage: proposal\n"
    "interactions:\n  - {date: 2026-03-01, by: lilei, channel: phone, summary: 询价}\n"
)


def own_schema(**more: dict[str, Any]) -> str:
    """The schema of version 1 with a field of the team's own and other words of the team; `more` are further fields."""
    text = load.of_version(1).decode()
    for name, field in {"visits": VISITS, **more}.items():
        text = text.replace(PROPERTIES, f'{PROPERTIES}    "{name}": {json.dumps(field, ensure_ascii=False)},\n', 1)
    return text.replace('"title": "Tags"', '"title": "Labels"')


#: With the merge driver, or without it.
BOTH_WAYS = pytest.mark.parametrize("store", [True, False], indirect=True, ids=["driver", "git alone"])


@pytest.fixture
def store(repo: Repo, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A store of version 1 on `main`, and a branch `old` at the same commit."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    if getattr(request, "param", True):
        merge_driver.install(stores.opened(repo))
    files = {SETTINGS: OF_VERSION_1, SCHEMA: own_schema(), ".gitattributes": ATTRIBUTES}
    repo.commit({**files, ONE: RECORD, TWO: stores.record("002", "无锡东方")}, "store of version 1")
    repo.git("branch", "old")
    return repo


@pytest.fixture
def run(store: Repo, capsys: pytest.CaptureFixture[str]) -> Callable[..., stores.Said]:
    return stores.Program(capsys, store.path)


def upgrade(store: Repo, run: Callable[..., stores.Said]) -> None:
    assert run("schema", "upgrade").code == 0
    store.git("commit", "-qam", "upgrade the schema")


def schema(store: Repo) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((store.path / SCHEMA).read_bytes())
    return data


def upgraded(**more: dict[str, Any]) -> dict[str, Any]:
    """The shipped schema with what is the team's own."""
    data: dict[str, Any] = json.loads(load.shipped())
    data["properties"] |= {"visits": VISITS, **more}
    data["properties"]["tags"]["title"] = "Labels"
    return data


def edit(store: Repo, path: str, old: str, new: str) -> None:
    text = (store.path / path).read_text("utf-8")
    assert old in text
    store.commit({path: text.replace(old, new)}, "edit")


@BOTH_WAYS
@pytest.mark.parametrize("into", ["main", "old"])
def test_a_branch_of_version_1_and_an_upgraded_one_merge(
    store: Repo, run: Callable[..., stores.Said], into: str
) -> None:
    assert run("check", "--strict").code == 0
    upgrade(store, run)
    edit(store, ONE, "    stage: proposal\n", '    stage: proposal\n    external_ids: {zoho: "D1"}\n')
    store.git("checkout", "-q", "old")
    edit(store, ONE, "visits: 3", "visits: 4")
    store.commit({THREE: stores.record("003", "苏州样例", "visits: 1\n")}, "a new customer")
    assert run("check", "--strict").code == 0
    store.git("checkout", "-q", into)
    store.git("merge", "-q", "--no-edit", "old" if into == "main" else "main")
    assert (run("check", "--strict").code, schema(store)) == (0, upgraded())
    assert (store.path / SETTINGS).read_text("utf-8") == OF_VERSION_1.replace("= 1\n", f"= {NOW}\n")
    record = (store.path / ONE).read_text("utf-8")
    assert ("visits: 4" in record, "D1" in record, (store.path / THREE).exists()) == (True, True, True)
    assert run("schema", "upgrade").err.startswith("the schema is up to date")


@BOTH_WAYS
@pytest.mark.parametrize("into", ["main", "old"])
def test_a_field_that_a_branch_of_version_1_adds_comes_along(
    store: Repo, run: Callable[..., stores.Said], into: str
) -> None:
    upgrade(store, run)
    store.git("checkout", "-q", "old")
    last = '    "custom": {\n'
    edit(store, SCHEMA, last, f'    "fax": {json.dumps(FAX, ensure_ascii=False)},\n{last}')
    edit(store, TWO, "name: 张三\n", "name: 张三\nfax: 0510-5550100\n")
    store.git("checkout", "-q", into)
    store.git("merge", "-q", "--no-edit", "old" if into == "main" else "main")
    assert (run("check", "--strict").code, schema(store)) == (0, upgraded(fax=FAX))


def test_two_upgrades_are_one(store: Repo, run: Callable[..., stores.Said]) -> None:
    upgrade(store, run)
    store.git("checkout", "-q", "old")
    edit(store, ONE, "visits: 3", "visits: 4")
    upgrade(store, run)
    store.git("merge", "-q", "--no-edit", "main")
    assert (run("check", "--strict").code, schema(store)) == (0, upgraded())


def test_half_an_upgrade_is_finished_by_the_next(store: Repo, run: Callable[..., stores.Said]) -> None:
    upgrade(store, run)
    store.commit({SETTINGS: OF_VERSION_1}, "the old settings, by mistake")
    assert run("check", "--strict").code == 0
    assert run("schema", "upgrade").code == 0
    assert (store.path / SETTINGS).read_text("utf-8") == OF_VERSION_1.replace("= 1\n", f"= {NOW}\n")
    store.commit({SCHEMA: own_schema()}, "the old schema, by mistake")
    assert run("check", "--strict").code == 0
    assert run("schema", "upgrade").code == 0
    assert schema(store) == upgraded()


def test_the_program_of_version_1_rejects_what_is_upgraded(
    store: Repo, run: Callable[..., stores.Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(store, run)
    # What it read of the settings and the schema is the same.
    for module in (layout, settings_check):
        monkeypatch.setattr(module, "SCHEMA_VERSION", 1)
    message = f"the store has version {NOW} of the schema; this crmtext knows versions up to 1 [schema-newer]"
    for command in ("check", "list", "show 001", "set 001 tags=vip", "check --staged"):
        said = run(*command.split())
        assert (said.code, (said.out + said.err).splitlines()[0]) == (3, f"{SETTINGS}:2:1: error: {message}"), command
    # Not the bytes that ship with the program, which would be known to be right.
    newer = json.dumps(schema(store), ensure_ascii=False)
    store.commit({SETTINGS: OF_VERSION_1, SCHEMA: newer}, "only the schema is newer")
    said = run("check")
    assert f"the schema has version {NOW}; this crmtext knows versions up to 1 [schema-newer]" in said.err + said.out


def test_a_field_with_the_name_of_a_new_one_and_another_type_stays_until_it_is_renamed(
    store: Repo, run: Callable[..., stores.Said]
) -> None:
    credit = {"title": "Credit", "x-title-zh": "信用等级", "type": "string"}
    store.commit({SCHEMA: own_schema(credit=credit), ONE: RECORD + "credit: A\n"}, "a field of our own")
    assert run("check", "--strict").code == 0
    said = run("schema", "upgrade")
    assert (said.code, said.err.splitlines()) == (
        3,
        [
            f"{SCHEMA}: error: nothing was written: 'credit' has another type than in the shipped schema [schema-kept]",
            "  = rename your field in the schema and in the records, then run crmtext schema upgrade again",
        ],
    )
    assert store.git("status", "--porcelain") == ""
    store.commit({SCHEMA: own_schema(grade=credit), ONE: RECORD + "grade: A\n"}, "renamed")
    upgrade(store, run)
    assert (run("check", "--strict").code, schema(store)) == (0, upgraded(grade=credit))
