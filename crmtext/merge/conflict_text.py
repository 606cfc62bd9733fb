"""What is left to a person: what it is called, and how a text shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.merge.lines import stretches, together
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.merge.decide import Decision


class Names(NamedTuple):
    """What the two sides are called at a conflict's markers, and how many signs these have."""

    ours: str = "ours"
    theirs: str = "theirs"
    size: int = conflict_hunks.SIZE


def field(steps: tuple[str, ...], decision: Decision) -> str:
    """The place of a conflict as `contacts[张三].title`; empty for the whole file."""
    name = ""
    for step in steps:
        if decision.kind == "list":
            decision = decision.items[int(step)]
            name += f"[{_called(decision) or step}]"
        else:
            decision = decision.entries[step]
            name += f".{step}" if name else step
    return name


def _called(item: Decision) -> str:
    """The name of an item, which both sides agree upon; empty if there is none."""
    named = {
        side.entries["name"].node.value
        for side in (item.ours, item.theirs)
        if side is not None and side.kind == "map" and "name" in side.entries
    }
    return named.pop() if len(named) == 1 else ""


def whole(ours: str, theirs: str, names: Names) -> str:
    """Both texts, one to be chosen."""
    begin, middle, end = conflict_hunks.signs(names.ours, names.theirs, names.size)
    return "".join((begin, _closed(ours), middle, _closed(theirs), end))


def by_lines(base: str, ours: str, theirs: str, names: Names, readable: Callable[[str], bool]) -> str:
    """Texts of which one cannot be read, merged by their lines.

    Where no lines are in conflict, what makes the text unreadable is left to choose; the whole of both where that is
    not in one place.
    """
    found = [*stretches(base, ours, theirs)]
    parts = [together(each) for each in found]
    if not any(isinstance(part, conflict_hunks.Hunk) for part in parts):
        texts = [str(part) for part in parts]
        for at, each in enumerate(found):
            if texts[at] != each.base and readable("".join((*texts[:at], each.base, *texts[at + 1 :]))):
                parts[at] = each
                break
        else:
            return whole(ours, theirs, names)
    return "".join(part if isinstance(part, str) else whole(part.ours, part.theirs, names) for part in parts)


def sized(text: str, names: Names) -> str:
    """A text with the markers of the length that the repository asks for."""
    if names.size == conflict_hunks.SIZE:
        return text
    parts = conflict_hunks.parted(text)
    return "".join(part if isinstance(part, str) else whole(part.ours, part.theirs, names) for part in parts)


def _closed(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
