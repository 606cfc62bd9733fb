"""Limits on the work of one expression: steps, and the length of texts it builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.problem import CrmError

#: Steps that an expression may use at once, and that each further customer adds.
_MOST = 1_000_000
_EACH = 5_000
#: Limits of the texts and numbers that an expression builds.
LONGEST_TEXT = 10_000
LARGEST_NUMBER = 10**30


class Budget:
    """The steps that an expression has left."""

    def __init__(self, wrong: Callable[[str, str], CrmError]) -> None:
        self._wrong = wrong
        self._left = _MOST

    def renew(self) -> None:
        """Add the steps of one more customer."""
        self._left = min(self._left + _EACH, _MOST)

    def spend(self, steps: int) -> None:
        """Take steps. Raises CrmError if fewer are left."""
        self._left -= steps
        if self._left < 0:
            raise self._wrong(
                _("the expression is too expensive to evaluate"),
                _("compare fewer lists with each other, or in one any(…)"),
            )

    def text(self, length: int) -> None:
        """Take the steps of a text of this length, before it is built. Raises CrmError if it is too long."""
        if length > LONGEST_TEXT:
            message = _("the expression produces more than {n} characters").format(n=LONGEST_TEXT)
            raise self._wrong(message, _("compare the values themselves"))
        self.spend(1 + length // 16)
