"""Lists of many: one record is held at a time, and what is written is what reading every record would write."""

from __future__ import annotations

import json
import os
import tempfile
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.cli.framework import render
from crmtext.figures.rules import NAMES
from crmtext.index import lookup, spool
from crmtext.query import listing
from crmtext.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repos import Repo

    from crmtext.snapshot import Snapshot

#: The JSON of one record is longer than this, and as data it takes several times as much.
LONG = 10_000
CALLS = "interactions:\n" + "".join(
    f"  - {{date: 2026-01-{day:02}, by: lilei, channel: phone, summary: {'问了价格，下周答复' * 20}}}\n"
    for day in range(1, 29)
)
QUERIES = (
    listing.Query(),
    listing.Query(sort="-last_contact"),
    listing.Query(owner=("lilei",), where="'冷链' in tags", sort="name"),
    listing.Query(limit=2),
)


def written(snapshot: Snapshot, query: listing.Query) -> str:
    return "".join(render.json_parts(render.document(listing.data(snapshot, query, NAMES))))


@pytest.fixture
def root(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    texts = [
        stores.record("001", "示例电子", CALLS, tags="[冷链]"),
        stores.record("002", "华东精密", "notes: \"5\\u00a0<\\u30006 \\\\ 'a' 𠮷\"\n", priority="key"),
        stores.record("003", "周敏", owner="hanmei", priority="low", tags="[冷链, '2027-01-01']"),
        stores.record("004", "山手精機", CALLS, owner="nobody"),
        "id: [\n",
    ]
    repo.commit({"crmtext.toml": stores.TEAM, **{stores.path(f"00{n}"): text for n, text in enumerate(texts, 1)}})
    return repo.path


@pytest.mark.parametrize("query", QUERIES)
def test_a_document_written_record_by_record_is_the_whole_one(root: Path, query: listing.Query) -> None:
    listed, every = lookup.listed(Store(root)), Store(root).worktree()
    assert written(listed, query) == written(every, query)
    assert json.loads(written(listed, query))["left_out"] == every.left_out
    assert listing.table(listed, query, NAMES) == listing.table(every, query, NAMES)
    assert listing.ids(listed, query, NAMES) == listing.ids(every, query, NAMES)


def test_where_no_temporary_file_can_be_written_records_are_held(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert written(lookup.listed(Store(root)), QUERIES[0]) == written(Store(root).worktree(), QUERIES[0])


def test_the_temporary_file_leaves_no_trace(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (folder := tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    listed = lookup.listed(Store(root))
    if os.name == "posix":
        # Without a name while it is there: nobody else can open it.
        assert list(folder.iterdir()) == []
    assert written(listed, QUERIES[0]) == written(Store(root).worktree(), QUERIES[0])
    del listed
    assert list(folder.iterdir()) == []


def test_a_list_outlives_a_change_of_the_index(root: Path) -> None:
    every, listed = Store(root).worktree(), lookup.listed(Store(root))
    assert len(every.customers) == 4
    (root / stores.path("001")).unlink()
    assert len(lookup.listed(Store(root)).customers) == len(every.customers) - 1
    assert written(listed, QUERIES[0]) == written(every, QUERIES[0])


def test_what_is_held_of_each_record_is_little() -> None:
    few, many = (_held(count) for count in (100, 600))
    assert (many - few) / 500 < LONG / 5


def _held(count: int) -> int:
    """The most bytes that are held while so many customers are written as JSON."""
    one = stores.snapshot(stores.record("001", "示例电子", CALLS))
    line = json.dumps(one.customers[0].data, ensure_ascii=False).encode()
    assert len(line) > LONG

    def rows() -> Iterator[spool.Found]:
        for number in range(count):
            id_ = f"C{number:09}"
            yield id_, f"records/{id_}.yaml", "", "lilei", "lead", "company", "normal", line

    tracemalloc.start()
    try:
        snapshot = replace(one, customers=spool.customers(rows(), lambda _path: ""))
        length = sum(map(len, render.json_parts(render.document(listing.data(snapshot, listing.Query(), NAMES)))))
        assert length > count * LONG / 3
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
