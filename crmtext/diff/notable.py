"""The notable changes of a comparison: customers added, removed, moved or handed over, and changes to the past."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.diff.text import headline
from crmtext.i18n import bracketed, plural
from crmtext.merge.compare import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.diff.customers import Comparison, Difference
    from crmtext.diff.words import Words

#: Up to this number of customers with the same news are named; more are counted.
_NAMED = 3
#: Changes of a next step are not changes to the past: it may be done or change hands.
_LIVING = (("next", "done"), ("next", "by"))


def notable(comparison: Comparison, say: Words) -> tuple[tuple[str, str], ...]:
    """Return pairs of a customer's name, or a number of customers, and the news about it."""
    news: dict[str, list[str]] = defaultdict(list)
    past = []
    for difference in comparison.differences:
        name = bracketed(difference.name, difference.id)
        for what in _news(difference, say):
            news[what].append(name)
        if count := _past_changes(difference):
            past.append((name, plural("{n} change to a past interaction", "{n} changes to past interactions", count)))
    for what, names in news.items():
        if len(names) > _NAMED:
            news[what] = [plural("{n} customer", "{n} customers", len(names))]
    return (*((name, what) for what, names in news.items() for name in names), *past)


def _news(difference: Difference, say: Words) -> Iterator[str]:
    if difference.kind in ("added", "removed"):
        yield headline(difference)
        return
    for change in difference.expanded:
        if change.path in (("owner",), ("status",)) and change.kind == "changed":
            text = say.describe(change, difference)
            yield f"{text.label} {text.before} → {text.after}"


def _past_changes(difference: Difference) -> int:
    """Return the number of changes to past interactions."""
    if difference.kind in ("added", "removed"):
        return 0
    changes = (change for change in difference.expanded if change.path[0] == "interactions")
    return sum(_rewrites(change.path, change.kind) for change in changes)


def _rewrites(path: tuple[object, ...], kind: str) -> bool:
    if len(path) < 2 or not isinstance(path[1], Item):
        return kind == "removed"
    return path[1].old is not None and path[2:] not in _LIVING
