"""The message that git's `prepare-commit-msg` hook writes for edits made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.diff import sides
from crmtext.diff.message import message
from crmtext.diff.tell import words
from crmtext.git.config import config_get

if TYPE_CHECKING:
    from crmtext.store import Store


def filled(text: str, store: Store) -> str:
    """The text of an empty message with what is staged put above git's own comments; any other text as it is."""
    # git may choose the sign by itself; it then is one of those that begin no line of ours.
    sign = config_get(store.git(), "core.commentChar") or "#"
    if any(line.strip() and not line.startswith("#" if sign == "auto" else sign) for line in text.splitlines()):
        return text
    found = sides.read(store, sides.span(store, staged=True))
    if not found.differences:
        return text
    return message(found.differences, words(found), "edit") + "\n" + text.lstrip("\n")
