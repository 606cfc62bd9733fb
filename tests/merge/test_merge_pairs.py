from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from invented import FILES, KEYS, Layout
from kinds import KINDS
from pairs import pair, pairs

from crmtext.merge.merge_texts import merge
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pairs import Pair


def test_there_are_enough_kinds_of_change() -> None:
    assert len(KINDS) >= 24


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_merged_is_and_what_cannot_is_reported_where_it_stands(kind: str) -> None:
    assert wrong(pair(kind, seed) for seed in range(6)) == []


@pytest.mark.long
def test_thousands_of_pairs_bring_no_needless_conflict_and_no_silent_error() -> None:
    assert wrong(pairs(4000, seed=1_000_000)) == []


@pytest.mark.parametrize("name", FILES)
def test_two_appends_of_one_day_never_conflict(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pairs.layout", lambda _random: Layout(FILES[name]))
    for turned in (False, True):
        monkeypatch.setattr("pairs.layout", lambda _random, turned=turned: Layout(FILES[name], newest_first=turned))
        assert wrong(pair("two entries of one day", seed) for seed in range(8)) == []


def wrong(pairs: Iterable[Pair]) -> list[tuple[str, int, object]]:
    return [(pair.kind, pair.seed, fault) for pair in pairs if (fault := _fault(pair))]


def _fault(pair: Pair) -> object:
    merged = merge(pair.base, pair.ours, pair.theirs, KEYS)
    if not merged.conflicts:
        return "" if not pair.conflict and pair.right(merged.text) else merged.text
    if not pair.names(conflict.field for conflict in merged.conflicts):
        return merged.conflicts
    sides = (
        conflict_hunks.resolve(merged.text, lambda hunk: hunk.ours),
        conflict_hunks.resolve(merged.text, lambda hunk: hunk.theirs),
    )
    return (
        ""
        if conflict_hunks.has_conflict(merged.text) and all(isinstance(_read(side), dict) for side in sides)
        else merged.text
    )


def _read(text: str) -> object:
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
