"""Conflicts left to the user: their field names, and their markers in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.merge.lines import stretches, together
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.merge.decide import Decision


class Names(NamedTuple):
    """The names of the two sides in conflict markers, and the length of the markers."""

    ours: str = "ours"
    theirs: str = "theirs"
    size: int = conflict_hunks.SIZE


def field(steps: tuple[str, ...], decision: Decision) -> str:
    """Return the field of a conflict, as `contacts[张三].title`; empty for the whole file."""
    name = ""
    for step in steps:
        if decision.kind == "list":
            decision = decision.items[int(step)]
            name += f"[{_item_name(decision) or step}]"
        else:
            decision = decision.entries[step]
            name += f".{step}" if name else step
    return name


def _item_name(item: Decision) -> str:
    """The name of an item if both sides agree on it; else empty."""
    named = {
        side.entries["name"].node.value
        for side in (item.ours, item.theirs)
        if side is not None and side.kind == "map" and "name" in side.entries
    }
    return named.pop() if len(named) == 1 else ""


def whole(ours: str, theirs: str, names: Names) -> str:
    """Return both texts in full, as one conflict."""
    begin, middle, end = conflict_hunks.signs(names.ours, names.theirs, names.size)
    return "".join((begin, _closed(ours), middle, _closed(theirs), end))


def by_lines(base: str, ours: str, theirs: str, names: Names, readable: Callable[[str], bool]) -> str:
    """Return the merge by lines of texts of which one is unreadable.

    If no lines conflict, the stretch that makes the text unreadable becomes a conflict; if there isn't a single such
    stretch, both texts in full.
    """
    hunks = [*stretches(base, ours, theirs)]
    parts = [together(hunk) for hunk in hunks]
    if not any(isinstance(part, conflict_hunks.Hunk) for part in parts):
        texts = [str(part) for part in parts]
        for at, hunk in enumerate(hunks):
            if texts[at] != hunk.base and readable("".join((*texts[:at], hunk.base, *texts[at + 1 :]))):
                parts[at] = hunk
                break
        else:
            return whole(ours, theirs, names)
    return "".join(part if isinstance(part, str) else whole(part.ours, part.theirs, names) for part in parts)


def sized(text: str, names: Names) -> str:
    """Return a text with conflict markers of the configured length."""
    if names.size == conflict_hunks.SIZE:
        return text
    parts = conflict_hunks.split(text)
    return "".join(part if isinstance(part, str) else whole(part.ours, part.theirs, names) for part in parts)


def _closed(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
