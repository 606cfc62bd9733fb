"""A computed figure: its function, type, label and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from crmtext.model import Customer
    from crmtext.settings import Settings


class Figure(NamedTuple):
    """A computed figure: its function, type, label and meaning."""

    find: Callable[[Customer, date, Settings], Any]
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
