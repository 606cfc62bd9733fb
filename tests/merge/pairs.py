"""Pairs of concurrent changes with the right answer, the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

import yaml
from invented import layout, record
from kinds import KINDS, Given, bit_copy
from notation import comments, data, text, unbroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Pair:
    """Three texts, and what the merge must hold; `conflict` names the field that only a person can decide."""

    kind: str
    seed: int
    base: str
    ours: str
    theirs: str
    wanted: Any
    comments: Counter[str]
    conflict: str

    def names(self, fields: Iterable[str]) -> bool:
        """Whether the reported fields are in conflict, or part of a field in conflict."""
        named = tuple(fields)
        return bool(self.conflict and named) and all(field.startswith(self.conflict) for field in named)

    def right(self, merged: str) -> bool:
        """Whether a merged text holds what it must, whatever the order of what both added."""
        try:
            read = _read(merged)
        except yaml.YAMLError:
            return False
        if _loose(read) != _loose(_days(self.wanted)) or not _in_order(read, self.wanted):
            return False
        return all(merged.count(comment) >= count for comment, count in self.comments.items())


def pairs(count: int, seed: int = 0) -> Iterator[Pair]:
    """So many pairs, every kind as often as every other."""
    names = list(KINDS)
    for number in range(count):
        yield pair(names[number % len(names)], seed + number)


def pair(kind: str, seed: int) -> Pair:
    """One pair."""
    random = Random(f"{kind} {seed}")
    how = layout(random)
    base = record(random, how)
    change = KINDS[kind](Given(random, how, base))
    ours, theirs, both = bit_copy(base), bit_copy(base), bit_copy(base)
    change.ours(ours)
    change.theirs(theirs)
    if change.both:
        change.both(both)
    elif not change.conflict:
        change.ours(both)
        change.theirs(both)
    if random.random() < 0.5:
        ours, theirs = theirs, ours
    style = how.style
    if not style.closed:
        # Without a line break at the end of the file, `|` says something else of what stands there.
        for version in (base, ours, theirs, both):
            unbroken(version)
    texts = (text(version, style) for version in (base, ours, theirs))
    return Pair(kind, seed, *texts, data(both), Counter(comments(both)), change.conflict)


def _read(merged: str) -> Any:
    return yaml.load(merged, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _days(value: Any) -> Any:
    """Data as PyYAML reads it, for which a day is a date."""
    if isinstance(value, dict):
        return {key: _days(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_days(item) for item in value]
    return date.fromisoformat(value) if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


def _loose(value: Any) -> Any:
    """Data in which the order of lists does not count."""
    if isinstance(value, dict):
        return sorted((key, _loose(item)) for key, item in value.items())
    return sorted(repr(_loose(item)) for item in value) if isinstance(value, list) else value


def _in_order(record: Any, wanted: Any) -> bool:
    """Whether the interactions are in the order of their days where they ought to be."""
    days = [str(entry["date"]) for entry in wanted["interactions"]]
    have = [str(entry["date"]) for entry in record["interactions"]]
    return any(have == sorted(have, reverse=turned) for turned in (False, True) if days == sorted(days, reverse=turned))
