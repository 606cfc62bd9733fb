"""The store and the source, as far as the values of cells need them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.importers.values import people
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, tzinfo

    from crmtext.importers.mapping import Understanding
    from crmtext.importers.options import Options
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.store import Store

#: Sources that write the month first.
_AMERICAN = frozenset({"salesforce"})
#: Sources whose customers are firms: a short Chinese name there is no person.
_OF_FIRMS = frozenset({"hubspot", "salesforce", "zoho", "pipedrive"})


@dataclass(frozen=True)
class Context:
    """The facts that the conversion of cells needs."""

    schema: Schema
    settings: Settings
    #: Today in the store's time zone.
    today: date
    #: The store's time zone; None for the system's.
    zone: tzinfo | None
    understanding: Understanding
    day_first: bool = False
    #: How many cells name each colleague who has left.
    former: Counter[str] = field(default_factory=Counter)
    #: The tests of fields' values, by path.
    valid: dict[str, Callable[[Any], bool]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, understanding: Understanding, options: Options) -> Context:
        """Return the context of an import into a store."""
        return cls(
            store.schema, store.settings, store.today, store.zone, understanding, day_first=options.read.day_first
        )

    @cached_property
    def source_zone(self) -> tzinfo | None:
        """The source's time zone; the store's if it is unknown."""
        name = self.understanding.timezone
        return clock.time_zone(name) if name and clock.is_zone(name) else self.zone

    @property
    def american(self) -> bool:
        """Whether the source writes the month first."""
        return bool({self.understanding.source, self.understanding.profile} & _AMERICAN)

    @property
    def of_firms(self) -> bool:
        """Whether customers of the source are firms, not people."""
        return bool({self.understanding.source, self.understanding.profile} & _OF_FIRMS)

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the source's users by their ids."""
        return people.users(self.understanding.tables)

    @cached_property
    def people(self) -> people.People:
        """Finds colleagues."""
        return people.People(self.settings, self.understanding.people, self.users)
