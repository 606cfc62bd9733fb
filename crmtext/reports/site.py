"""The input of a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.settings import Settings

FORMATS = ("html", "markdown")
SUFFIXES: Mapping[str, str] = {"html": "html", "markdown": "md"}


@dataclass(frozen=True, slots=True)
class Site:
    """The customers to report on, sorted by id, and everything else that the pages depend on."""

    customers: Sequence[Customer]
    schema: Schema
    settings: Settings
    today: date
    language: str
    #: The short id of the commit that the records were read from; empty for the work tree.
    commit: str = ""
    #: Number of records with errors, which are not in `customers`.
    left_out: int = 0
    #: The store's own templates by name, which replace the built-in ones.
    templates: Mapping[str, str] = field(default_factory=dict)
    #: Whether a customer wasn't contacted for longer than its follow-up rule allows.
    is_stale: Callable[[Customer], bool] = field(default=lambda _customer: False, compare=False)
