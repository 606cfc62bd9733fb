"""Values that mean something only together: an amount and its currency are one value for every decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Amount(NamedTuple):
    """The values by key: those of the store, those of the files, and those that the source had before."""

    mine: Mapping[str, Any]
    new: Mapping[str, Any]
    was: Mapping[str, Any]
    #: The key of the currency.
    code: str
    #: Whether the files don't say the currency: a default does.
    is_assumed: bool = False

    def settled(self) -> Amount | None:
        """Return it with the currency that counts; None if the files say nothing new."""
        new = self.new
        if self.code not in new:
            if self._number(new) in (self._number(self.mine), self._number(self.was)):
                return None
            if self.is_assumed and self.code in self.mine and self.mine[self.code] == self.was.get(self.code):
                new = {**new, self.code: self.mine[self.code]}
        return None if new in (self.mine, self.was) else self._replace(new=new)

    @property
    def is_taken(self) -> bool:
        """Whether the files' side is taken without asking: nobody changed the value here, or it only gets more."""
        if not self.was:
            return self.mine.items() <= self.new.items()
        # An amount without a currency is one in the store's own, which nobody may have meant.
        return self.mine == self.was and (self.code in self.new or self.code not in self.mine)

    def _number(self, side: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in side.items() if key != self.code}
