"""A customer that one merged into another one while a colleague changed it: the changes go to the other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import clones
import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path

    from clones import Colleague

CALL = "interactions:\n  - date: 2026-05-06\n    by: lilei\n    channel: phone\n    summary: 谈了价格\n"


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver that git starts is the one of this tree."""
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))


@pytest.fixture
def two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Colleague, Colleague]:
    second = stores.record("002", "厦门鹭岛光电有限公司", "external_ids:\n  erp: K2\n")
    return clones.pair(tmp_path, capsys, stores.record(), second)


def unite(colleague: Colleague) -> None:
    result = colleague("merge", "001", "002", "--keep", "A", "--prefer", "A", "--commit")
    assert result.code == 0, result.err


@pytest.mark.parametrize("side", ["--theirs", "--ours"])
def test_a_call_on_a_customer_that_was_merged_away_goes_to_the_surviving_one(
    two: tuple[Colleague, Colleague], side: str
) -> None:
    # Who syncs second has the conflict: the one who logged the call, or the one who merged.
    merging, logging = two
    unite(merging)
    logging.write(logging.read("002") + CALL, "002")
    first, second = (merging, logging) if side == "--theirs" else (logging, merging)
    assert first("sync").code == 0
    result = second("sync")
    merged = "上海示例电子有限公司 (C20240501001)"
    words = f"changed locally, merged into {merged} remotely"
    if side == "--ours":
        words = f"merged into {merged} locally, changed remotely"
    command = f"to move the changes to 上海示例电子有限公司: crmtext resolve C20240501002 {side}"
    assert (result.code, words in result.out, command in result.out) == (1, True, True), result.out
    other = "--ours" if side == "--theirs" else "--theirs"
    kept = second("resolve", "002", other)
    assert (kept.code, "[resolve-merged]" in kept.err) == (3, True)
    assert second("resolve", "002", side).code == 0
    assert second("sync").code == 0
    assert first("sync").code == 0
    for colleague in two:
        text = colleague.read("001")
        assert "summary: 谈了价格" in text
        assert "erp: K2" in text
        assert "merged_from:\n  - C20240501002\n" in text
        assert not (colleague.repo.path / stores.path("002")).exists()
        assert colleague("check", "--format", "json").code == 0


def test_a_value_that_the_surviving_one_has_otherwise_is_decided_there(two: tuple[Colleague, Colleague]) -> None:
    merging, changing = two
    merging.edit("status: lead", "status: prospect", "001")
    unite(merging)
    changing.edit("status: lead", "status: lost", "002")
    changing.write(changing.read("002") + CALL, "002")
    assert merging("sync").code == 0
    assert changing("sync").code == 1
    assert changing("resolve", "002", "--theirs").code == 0
    listed = changing("resolve", "--format", "json").data["conflicts"]
    assert [(one["customer"], one["keys"]) for one in listed] == [("C20240501001", ["status"])]
    # Nothing is committed before that: the call would be lost.
    assert changing("sync").code != 0
    assert changing("resolve", "001", "--ours").code == 0
    assert changing("sync").code == 0
    assert "status: prospect" in changing.read("001")
    assert "summary: 谈了价格" in changing.read("001")
