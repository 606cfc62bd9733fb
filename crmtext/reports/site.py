"""What a report is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.settings import Settings

FORMATS = ("html", "markdown")
SUFFIXES: Mapping[str, str] = {"html": "html", "markdown": "md"}


@dataclass(frozen=True, slots=True)
class Site:
    """The customers to report on, sorted by id, and all else that decides the bytes of the pages."""

    customers: Sequence[Customer]
    schema: Schema
    settings: Settings
    today: date
    language: str
    #: The short id of the commit the records were read from; empty when they were read from the work tree.
    commit: str = ""
    #: How many records were wrong and are not in `customers`.
    left_out: int = 0
    #: The store's own templates by name, which take the place of ours.
    templates: Mapping[str, str] = field(default_factory=dict)
