"""What a file is written like as a whole: byte order mark, line ends, a line break at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.edit import block_marks
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.text.tree import Node

_HEADER = lazy.pattern(r"[|>]([0-9]?)([-+]?)")


class Habits(NamedTuple):
    """How the lines of a file end, and what stands before the first and behind the last."""

    mark: bool
    carriage: bool
    open: bool


def bare(text: str) -> tuple[str, Habits]:
    """The text without its habits, and these; line ends of both kinds in one file stay as they are."""
    found = Habits(text.startswith("\ufeff"), _all_carriage(text), bool(text) and not text.endswith("\n"))
    text = text.removeprefix("\ufeff")
    return (text.replace("\r\n", "\n") if found.carriage else text), found


def closed(text: str, last: Node) -> str:
    """A text that ends with its `last` value, given its last line break without a change of that value."""
    if text.endswith("\n"):
        return text
    if last.style in {"literal", "folded"} and not last.value.endswith("\n"):
        header = _HEADER.match(text, block_marks.own(text, last))
        text = text[: header.start(2)] + "-" + text[header.end(2) :] if header else text
    return text + "\n"


def chosen(base: Habits, ours: Habits, theirs: Habits) -> Habits:
    """Each habit as the side wants it that changed it."""
    return Habits(
        *(
            theirs_has if ours_has == base_has else ours_has
            for base_has, ours_has, theirs_has in zip(base, ours, theirs, strict=True)
        )
    )


def dressed(text: str, habits: Habits) -> str:
    """The text with the habits of a file."""
    if habits.open:
        text = text.removesuffix("\n")
    if habits.carriage:
        text = text.replace("\n", "\r\n")
    return "\ufeff" * habits.mark + text


def _all_carriage(text: str) -> bool:
    ends = text.count("\n")
    return ends > 0 and text.count("\r\n") == ends and text.count("\r") == ends
