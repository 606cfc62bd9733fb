"""The input of a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from crmtext.reports.day import Due, due
from crmtext.reports.stream import Stream, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from crmtext.figures.due import Item
    from crmtext.figures.tables import FigureTable
    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.settings import Settings

FORMATS = ("html", "markdown")
SUFFIXES: Mapping[str, str] = {"html": "html", "markdown": "md"}


@dataclass(frozen=True, slots=True)
class PastChange:
    """A field that a commit changed; `kind` is `added`, `removed` or `changed`."""

    kind: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PastEvent:
    """A commit's changes to a customer; `headline` says if it was added, removed, moved or only reformatted."""

    day: str
    author: str
    subject: str
    commit: str
    headline: str
    changes: tuple[PastChange, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A customer's latest changes, newest first."""

    events: tuple[PastEvent, ...] = ()
    #: Whether there are earlier ones.
    more: bool = False
    #: Whether a shallow clone lacks earlier commits.
    cut: bool = False


def no_past(_path: str) -> None:
    """Outside git there is no history."""


@dataclass(frozen=True)
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
    #: The named reports beside the index, with their labels.
    reports: Mapping[str, str] = field(default_factory=dict)
    #: Returns the tables of open deals by stage and of closed ones by month.
    pipeline: Callable[[], Sequence[FigureTable]] = field(default=tuple, compare=False)
    #: Everything due.
    tasks: Sequence[Item] = ()
    #: Returns the change history of a record by path; None outside git.
    past: Callable[[str], Past | None] = no_past
    #: Whether the customers are masked; each page says so.
    masked: bool = False

    @cached_property
    def due(self) -> tuple[Due, ...]:
        """Everything due, in words."""
        return due(self)

    @cached_property
    def stream(self) -> Stream:
        """The last events."""
        return stream(self)
