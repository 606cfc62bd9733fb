"""What a lead looks at first in a comparison: who came, went, moved, changed hands, and a past rewritten."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.diff.text import headline
from crmtext.i18n import plural
from crmtext.merge.compare import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.diff.customers import Comparison, Difference
    from crmtext.diff.words import Words

#: So many customers with the same news stand in a line each; more are counted in one.
_NAMED = 3
#: A next step is a promise, no past: it is kept, or somebody else's from now on.
_LIVING = (("next", "done"), ("next", "by"))


def notable(comparison: Comparison, say: Words) -> tuple[tuple[str, str], ...]:
    """Who, or how many, and what there is to say of them."""
    news: dict[str, list[str]] = defaultdict(list)
    past = []
    for each in comparison.differences:
        name = f"{each.name} ({each.id})"
        for what in _news(each, say):
            news[what].append(name)
        if count := _rewritten(each):
            past.append((name, plural("{n} change to a past interaction", "{n} changes to past interactions", count)))
    told = ((who, what) for what, names in news.items() for who in _who(names))
    return (*told, *past)


def _who(names: list[str]) -> list[str]:
    return names if len(names) <= _NAMED else [plural("{n} customer", "{n} customers", len(names))]


def _news(each: Difference, say: Words) -> Iterator[str]:
    if each.kind in ("added", "removed"):
        yield headline(each)
        return
    for change in each.told:
        if change.path in (("owner",), ("status",)) and change.kind == "changed":
            said = say.describe(change, each)
            yield f"{said.label} {said.before} → {said.after}"


def _rewritten(each: Difference) -> int:
    """How many changes alter what was noted in the past."""
    if each.kind in ("added", "removed"):
        return 0
    return sum(change.path[0] == "interactions" and _rewrites(change.path, change.kind) for change in each.told)


def _rewrites(path: tuple[object, ...], kind: str) -> bool:
    if len(path) < 2 or not isinstance(path[1], Item):
        return kind == "removed"
    return path[1].old is not None and path[2:] not in _LIVING
