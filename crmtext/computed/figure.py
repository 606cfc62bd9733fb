"""A computed figure: its function, type, label and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.settings import Settings


class Figure(NamedTuple):
    """A computed figure: its function, type, label and meaning."""

    #: Returns the value for a customer and the further arguments of its table.
    find: Callable[..., Any]
    #: `text`, `date`, `number`, `truth`, or `sums`, an amount for each currency.
    kind: str
    label: str
    about: str
    #: Other names that users can type.
    synonyms: tuple[str, ...] = ()
    #: The field whose values it has.
    like: str = ""
    #: The field whose values it tells, in part.
    tells: str = ""
    #: Its fixed values with their labels, if it has some of its own.
    values: Callable[[Settings], Mapping[str, Mapping[str, str]]] | None = None
    #: Whether it is a list.
    many: bool = False
    #: Another figure, without which this one is uncertain: lists show it with a ?.
    sure_with: str = ""
    #: An expression for the page of `explain`; empty for the one of its kind.
    example: str = ""
    #: The fields among those that classification rules set which it reads, as paths; `followup.rules` stands for the
    #: fields that the follow-up rules read.
    reads: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether it has fixed values."""
        return bool(self.like or self.values)

    @property
    def is_text(self) -> bool:
        """Whether its value is text of the record, which may hold a name or a number."""
        return self.kind == "text" and not self.is_fixed
