"""The names that an expression reads, and its outcome for a customer, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.problem import Place

if TYPE_CHECKING:
    from crmtext.query.filter.kinds import Type


class Read(NamedTuple):
    """A name that an expression reads: the path of a field, or a computed name; `customer` stands for all of them."""

    name: str
    #: For `'vip' in tags`, the folded text that it looks for; empty if it reads the values themselves.
    text: str = ""
    #: Its place in the expression.
    place: Place = Place()


class Operand(NamedTuple):
    """A value in a comparison, with the text that was typed for it."""

    text: str
    type: Type
    #: None if it is missing; a list if there are several.
    value: Any
    constant: bool = False
    #: For `any(…)` and the like: of how many items the condition holds, and how many there are.
    items: tuple[int, int] | None = None


class Comparison(NamedTuple):
    """A comparison, or a condition without one, as it came out for a customer."""

    text: str
    #: Empty for a condition without a comparison, which has one operand.
    sign: str
    operands: tuple[Operand, ...]
    holds: bool


class Outcome(NamedTuple):
    """A condition as it came out: a comparison, or parts joined by `and`, `or`, `not`."""

    #: `and`, `or` or `not`; empty for a comparison.
    word: str
    holds: bool
    parts: tuple[Outcome, ...] = ()
    comparison: Comparison | None = None

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All comparisons in it, in the order of the text."""
        if self.comparison:
            return (self.comparison,)
        return tuple(comparison for part in self.parts for comparison in part.comparisons)
