"""Line-by-line merge of the comments and blank lines above and after entries."""

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
    """Return the comments that each side has as often as the base: unchanged or only moved."""
    return frozenset(comment for comment, count in base.items() if count and ours[comment] == theirs[comment] == count)


def merge_lines(base: str, ours: str, theirs: str, still: AbstractSet[str]) -> str:
    """Return the lines above or after an entry with both sides' changes; comments in `still` stay where ours are."""
    was, here, there = _stripped(base), _stripped(ours), _stripped(theirs)
    if there in (was, here):
        return ours
    if here == was and not still & ({*was} ^ {*there}):
        return theirs
    gone, added = Counter(was) - Counter(there), Counter(there) - Counter(was) - Counter(here)
    left = [line for line in rows(ours) if line.strip() in still or not _taken(gone, line.strip())]
    more = [line for line in rows(theirs) if line.strip() not in still and _taken(added, line.strip())]
    return "".join((*left, *more))


def new_lines(theirs: str, still: AbstractSet[str]) -> str:
    """Return the lines above a new entry of theirs, without comments only moved there."""
    return "".join(line for line in rows(theirs) if line.strip() not in still)


def orphans(both: Both, left: Iterable[Part]) -> dict[int, str]:
    """Return comments added to entries that the other side deleted, by the id of the next node, 0 for the end."""
    known = {id(part.node) for part in left}
    if all(id(part.node) in known for side in (both.ours, both.theirs) for part in side.inside):
        return {}
    before = _comments(both.base) if both.base else Counter[str]()
    kept: dict[int, str] = {}
    for side in (both.ours, both.theirs):
        waiting: list[str] = []
        for part in side.inside:
            if id(part.node) in known:
                kept[id(part.node)] = "".join(waiting)
                waiting = []
                continue
            new = _comments(part) - before
            waiting += (f"{' ' * both.ours.inside[0].column}{comment}\n" for comment in new.elements())
        kept[0] = kept.get(0, "") + "".join(waiting)
    return kept


def _comments(part: Part) -> Counter[str]:
    text = part.lead + " " * part.column + part.body
    roots = parsed(text)
    return comments(text, roots[0] if roots else None)


def _taken(counts: Counter[str], line: str) -> bool:
    """Whether a line is among those counted; removes it once."""
    taken = counts[line] > 0
    counts[line] -= taken
    return taken


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
