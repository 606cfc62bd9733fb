"""Errors of an expression: the reason, a caret under the place, and the nearest valid form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, Place, Problem

if TYPE_CHECKING:
    from crmtext.query.filter.syntax import Node


class Source(NamedTuple):
    """The text of an expression."""

    text: str

    def wrong(self, at: Node | tuple[int, int] | None, message: str, hint: str = "") -> CrmError:
        """Return the error to raise, with a caret under a node or span; no caret for the whole text."""
        if at is None:
            return CrmError(Problem("expression", message, hint=hint or example()), Exit.USAGE)
        start, end = at if isinstance(at, tuple) else (at.start, at.end)
        before = self.text.rfind("\n", 0, start) + 1
        line = self.text[before:].split("\n", 1)[0]
        place = Place("", 1, start - before + 1, 1, max(min(end - before, len(line)), start - before + 1) + 1)
        return CrmError(Problem("expression", message, place, hint or example(), excerpt=line), Exit.USAGE)

    def sensitive(self, node: Node, name: str) -> CrmError:
        """Return the error to raise for a sensitive field, which a condition would tell about."""
        message = _("'{name}' is a sensitive field").format(name=name)
        hint = _("leave it out, or add: --with-sensitive --recipient WHO --purpose TEXT")
        at = self.wrong(node, message).problem
        return CrmError(Problem("sensitive-field", message, at.place, hint, excerpt=at.excerpt), Exit.USAGE)

    def text_of(self, node: Node) -> str:
        """Return the text of a node as typed."""
        return self.text[node.start : node.end]


def example() -> str:
    """Return a valid expression as a hint."""
    return _("for example: status == 'active' and days_since_contact > 30")
