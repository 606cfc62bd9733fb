"""The comments of a text: no merge may lose one that somebody added."""

from __future__ import annotations

from collections import Counter

from crmtext.text.tree import Node

_NOTHING = Node("scalar", 0, 0, 1, 1, "plain")


def comments(text: str, root: Node | None) -> Counter[str]:
    """The comments of a text, whatever they are about."""
    if "#" not in text:
        return Counter()
    from crmtext.text.edit.comments import comments as every
    from crmtext.text.edit.source import Source

    return Counter(comment.text for comment in every(Source(text, root), root or _NOTHING))


def kept(base: Counter[str], ours: Counter[str], theirs: Counter[str], merged: Counter[str]) -> bool:
    """Whether all is there that a side added or both left, and nothing is there more often than its writers meant."""
    for said in {*ours, *theirs, *merged}:
        was, here, there = base[said], ours[said], theirs[said]
        added, removed = max(0, here - was, there - was), max(0, was - here, was - there)
        least = max(0, was - removed) + added
        if not least <= merged[said] <= max(least, here, there, here + there - was):
            return False
    return True
