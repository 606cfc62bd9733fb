"""The style of a whole file: byte order mark, line ends, final line break."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.text.edit import block_marks
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.text.tree import Node

_HEADER = lazy.pattern(r"[|>]([0-9]?)([-+]?)")


class Habits(NamedTuple):
    """Whether a file has a byte order mark, CRLF line ends, and no final line break."""

    mark: bool
    carriage: bool
    open: bool


def without_habits(text: str) -> tuple[str, Habits]:
    """Return the text without its habits, and the habits; mixed line ends stay as they are."""
    habits = Habits(text.startswith("\ufeff"), _all_carriage(text), bool(text) and not text.endswith("\n"))
    text = text.removeprefix("\ufeff")
    return (text.replace("\r\n", "\n") if habits.carriage else text), habits


def closed(text: str, last: Node) -> str:
    """Return a text with a final line break added without changing its `last` value."""
    if text.endswith("\n"):
        return text
    if last.style in {"literal", "folded"} and not last.value.endswith("\n"):
        header = _HEADER.match(text, block_marks.own(text, last))
        text = text[: header.start(2)] + "-" + text[header.end(2) :] if header else text
    return text + "\n"


def merged_habits(base: Habits, ours: Habits, theirs: Habits) -> Habits:
    """Return each habit from the side that changed it."""
    return Habits(
        *(
            theirs_has if ours_has == base_has else ours_has
            for base_has, ours_has, theirs_has in zip(base, ours, theirs, strict=True)
        )
    )


def with_habits(text: str, habits: Habits) -> str:
    """Return the text with these habits."""
    if habits.open:
        text = text.removesuffix("\n")
    if habits.carriage:
        text = text.replace("\n", "\r\n")
    return "\ufeff" * habits.mark + text


def _all_carriage(text: str) -> bool:
    ends = text.count("\n")
    return ends > 0 and text.count("\r\n") == ends and text.count("\r") == ends
