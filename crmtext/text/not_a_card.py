"""The comment that allows a number that only looks like an ID or a card."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.problem import Problem
from crmtext.text.document import place_at
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The text in every such comment.
NAME = "not-a-card"
_COMMENT = lazy.pattern(r"(?:#|<!--|//)[ \t]*crmtext[:：][ \t]*not-a-card(?![\w-])[ \t:：]*([^\n]*)")
# A Markdown comment and a quoted CSV cell are closed after the reason.
_CLOSING = " \t\r\"'>*/|,;-"
#: `notes: |  # crmtext: …`: the first line of a block scalar.
_BLOCK = lazy.pattern(r"[|>][0-9+-]{0,2}[ \t]+#[ \t]*crmtext[:：]")


class Comment(NamedTuple):
    """A comment: its line from 0, its offsets, and its reason (empty if missing)."""

    line: int
    start: int
    end: int
    reason: str


def comments(text: str) -> Iterator[Comment]:
    """Return all such comments of a text."""
    if NAME not in text:
        return
    for match in _COMMENT.finditer(text):
        reason = match[1].strip(_CLOSING)
        if not any(sign.isalpha() for sign in reason):
            reason = ""
        yield Comment(text.count("\n", 0, match.start()), *match.span(), reason)


class Covered:
    """The lines of a text that a comment with a reason allows."""

    def __init__(self, text: str) -> None:
        self._commented = {comment.line for comment in comments(text) if comment.reason}
        self._lines = text.split("\n") if self._commented else []
        self._ends = [*accumulate(len(line) + 1 for line in self._lines)]

    def __call__(self, start: int, end: int) -> bool:
        """Whether a number there is allowed by its own line or by the first line of its block scalar."""
        if not self._commented:
            return False
        first, last = (bisect(self._ends, at) for at in (start, end))
        return not self._commented.isdisjoint(range(first, last + 1)) or self._by_block(first)

    def _by_block(self, line: int) -> bool:
        indent = _indent(self._lines[line])
        while line and indent:
            line -= 1
            if (above := self._lines[line]).strip() and _indent(above) < indent:
                if line in self._commented and _BLOCK.search(above):
                    return True
                indent = _indent(above)
        return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def without_reason(path: str, text: str) -> Iterator[Problem]:
    """Return a problem for each comment without a reason."""
    for comment in comments(text):
        if not comment.reason:
            message = _("the comment gives no reason")
            hint = _("add the reason: # crmtext: not-a-card REASON")
            yield Problem(NAME, message, place_at(path, text, comment.start, comment.end), hint)
