"""How much work one expression may cause: steps, and the length of the texts it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.problem import CrmError

#: What an expression may use at once, and what each further customer adds to that.
_MOST = 1_000_000
_EACH = 5_000
#: No text or number that an expression makes is longer.
LONGEST_TEXT = 10_000
LARGEST_NUMBER = 10**30


class Budget:
    """The steps that are left to an expression."""

    def __init__(self, wrong: Callable[[str, str], CrmError]) -> None:
        self._wrong = wrong
        self._left = _MOST

    def renew(self) -> None:
        """Add the share of one more customer."""
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
        """Take the steps of a text of this length, before it is made. Raises CrmError if it is too long."""
        if length > LONGEST_TEXT:
            message = _("the expression produces more than {n} characters").format(n=LONGEST_TEXT)
            raise self._wrong(message, _("compare the values themselves"))
        self.spend(1 + length // 16)
