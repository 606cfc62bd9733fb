"""The message that git's `prepare-commit-msg` hook writes for manual edits."""

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
#: The signs that git chooses from if `core.commentChar` is `auto`.
_SIGNS = "#;@!$%^&|:"


def filled(text: str, store: Store, *, template: bool = False) -> str:
    """Return an empty message with a summary of the staged changes above git's comments; other text as it is.

    A template's text is put below the summary: git treats a message that equals its template as empty.
    """
    lines = [line for line in _SCISSORS.split(text, maxsplit=1)[0].splitlines() if line.strip()]
    sign = _comment_sign(store, lines)
    if not template and any(not line.startswith(sign) for line in lines):
        return text
    comparison = sides.read(store, sides.span(store, staged=True))
    if not comparison.differences:
        return text
    summary = message(comparison.differences, words(comparison), "edit")
    # A line that begins like a comment, such as a customer's name, would be removed by git.
    kept = "".join(f" {line}" if line.startswith(sign) else line for line in summary.splitlines(keepends=True))
    return kept + "\n" + text.lstrip("\n")


def _comment_sign(store: Store, lines: Sequence[str]) -> str:
    """Return the sign that comments in an empty message begin with."""
    repo = store.git()
    sign = config_get(repo, "core.commentString") or config_get(repo, "core.commentChar") or "#"
    if sign != "auto":
        return sign
    first = lines[0][0] if lines else "#"
    return first if first in _SIGNS else "#"
