"""Comments and blank lines above and behind entries, merged line by line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.merge.comments import comments
from crmtext.merge.lines import rows
from crmtext.text.tree import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from crmtext.merge.blocks import Both
    from crmtext.merge.parts import Part


def unmoved(base: Mapping[str, int], ours: Mapping[str, int], theirs: Mapping[str, int]) -> frozenset[str]:
    """The comments that each side has as often as before: none came or went, at most they were moved."""
    return frozenset(said for said, count in base.items() if count and ours[said] == theirs[said] == count)


def merged(base: str, ours: str, theirs: str, still: AbstractSet[str]) -> str:
    """The lines above or behind an entry with each side's changes; comments that are `still` there stay with ours."""
    was, here, there = _said(base), _said(ours), _said(theirs)
    if there in (was, here):
        return ours
    if here == was and not still & ({*was} ^ {*there}):
        return theirs
    gone, added = Counter(was) - Counter(there), Counter(there) - Counter(was) - Counter(here)
    left = [line for line in rows(ours) if line.strip() in still or not _taken(gone, line.strip())]
    more = [line for line in rows(theirs) if line.strip() not in still and _taken(added, line.strip())]
    return "".join((*left, *more))


def fresh(theirs: str, still: AbstractSet[str]) -> str:
    """The lines above an entry that theirs add, without the comments that they only moved there."""
    return "".join(line for line in rows(theirs) if line.strip() not in still)


def orphans(both: Both, left: Iterable[Part]) -> dict[int, str]:
    """Comments that a side wrote to what the other took away, by the node of what follows there, 0 for the end."""
    known = {id(part.node) for part in left}
    if all(id(part.node) in known for side in (both.ours, both.theirs) for part in side.inside):
        return {}
    before = _comments(both.base) if both.base else Counter[str]()
    found: dict[int, str] = {}
    for side in (both.ours, both.theirs):
        waiting: list[str] = []
        for part in side.inside:
            if id(part.node) in known:
                found[id(part.node)] = "".join(waiting)
                waiting = []
                continue
            new = _comments(part) - before
            waiting += (f"{' ' * both.ours.inside[0].column}{said}\n" for said in new.elements())
        found[0] = found.get(0, "") + "".join(waiting)
    return found


def _comments(part: Part) -> Counter[str]:
    text = part.lead + " " * part.column + part.body
    roots = parsed(text)
    return comments(text, roots[0] if roots else None)


def _taken(counts: Counter[str], said: str) -> bool:
    """Whether a line is one of those counted, which are then one less."""
    found = counts[said] > 0
    counts[said] -= found
    return found


def _said(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
