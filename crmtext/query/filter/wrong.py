"""Why an expression can't be answered: the reason, a caret under the place, and the nearest right form."""

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
        """The error to raise, with a caret under a node or a span; without one if the whole text is meant."""
        if at is None:
            return CrmError(Problem("expression", message, hint=hint or example()), Exit.USAGE)
        start, end = at if isinstance(at, tuple) else (at.start, at.end)
        before = self.text.rfind("\n", 0, start) + 1
        line = self.text[before:].split("\n", 1)[0]
        place = Place("", 1, start - before + 1, 1, max(min(end - before, len(line)), start - before + 1) + 1)
        return CrmError(Problem("expression", message, place, hint or example(), excerpt=line), Exit.USAGE)

    def said(self, node: Node) -> str:
        """A part of the text, as it was typed."""
        return self.text[node.start : node.end]


def example() -> str:
    """A right expression."""
    return _("for example: status == 'active' and days_since_contact > 30")
