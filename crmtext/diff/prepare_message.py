"""The message that git's `prepare-commit-msg` hook writes for edits made by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.diff import sides
from crmtext.diff.message import message
from crmtext.diff.text import words
from crmtext.git.config import config_get
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.store import Store


#: The line below which git reads nothing, as in `git commit -v`.
_SCISSORS = lazy.pattern(r"^\S+ -{24} >8 -{24}$", re.MULTILINE)
#: What git chooses from where the sign of a comment is left to it.
_SIGNS = "#;@!$%^&|:"


def filled(text: str, store: Store, *, template: bool = False) -> str:
    """The text of an empty message with what is staged put above git's own comments; any other text as it is.

    The text of a template is put below: for git, a message that is nothing but its template is empty.
    """
    lines = [line for line in _SCISSORS.split(text, maxsplit=1)[0].splitlines() if line.strip()]
    sign = _comment_sign(store, lines)
    if not template and any(not line.startswith(sign) for line in lines):
        return text
    found = sides.read(store, sides.span(store, staged=True))
    if not found.differences:
        return text
    told = message(found.differences, words(found), "edit")
    # A customer's name may begin like a comment, which git would take out.
    kept = "".join(f" {line}" if line.startswith(sign) else line for line in told.splitlines(keepends=True))
    return kept + "\n" + text.lstrip("\n")


def encoding(store: Store) -> str:
    """The encoding in which git takes the message."""
    return config_get(store.git(), "i18n.commitEncoding") or "utf-8"


def _comment_sign(store: Store, lines: Sequence[str]) -> str:
    """What the comments in an empty message begin with."""
    repo = store.git()
    sign = config_get(repo, "core.commentString") or config_get(repo, "core.commentChar") or "#"
    if sign != "auto":
        return sign
    first = lines[0][0] if lines else "#"
    return first if first in _SIGNS else "#"
