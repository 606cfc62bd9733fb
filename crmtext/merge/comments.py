"""The comments of a text: a merge must not lose any."""

from __future__ import annotations

from collections import Counter

from crmtext.text.tree import Node

_NOTHING = Node("scalar", 0, 0, 1, 1, "plain")


def comments(text: str, root: Node | None) -> Counter[str]:
    """Return all comments of a text."""
    if "#" not in text:
        return Counter()
    from crmtext.text.edit.comments import comments as every
    from crmtext.text.edit.source import Source

    return Counter(comment.text for comment in every(Source(text, root), root or _NOTHING))


def keeps_all(base: Counter[str], ours: Counter[str], theirs: Counter[str], merged: Counter[str]) -> bool:
    """Whether a merge has all comments that a side added or both kept, and none too often."""
    for comment in {*ours, *theirs, *merged}:
        was, here, there = base[comment], ours[comment], theirs[comment]
        added, removed = max(0, here - was, there - was), max(0, was - here, was - there)
        least = max(0, was - removed) + added
        if not least <= merged[comment] <= max(least, here, there, here + there - was):
            return False
    return True
