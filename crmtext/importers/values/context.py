"""The store and the source, as far as the values of cells need them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.importers.row_names import row_at
from crmtext.importers.values import convert, people
from crmtext.importers.values.outcome import Yearless
from crmtext.values import clock
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, tzinfo

    from crmtext.importers.findings import RowRef
    from crmtext.importers.mapping import Default, Understanding
    from crmtext.importers.options import Options
    from crmtext.importers.values.outcome import Converter
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.store import Store

#: Sources that write the month first.
_AMERICAN = frozenset({"salesforce"})
#: Sources whose customers are firms: a short Chinese name there is no person.
OF_FIRMS = frozenset({"hubspot", "salesforce", "zoho", "pipedrive"})


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
    #: Whether the day comes first in a date such as `01/02/2024`; None if nobody has said so.
    day_first: bool | None = None
    #: Rows, and names of customers, with the row of the customer that is meant.
    same: Mapping[RowRef | str, RowRef] = field(default_factory=dict)
    #: How many cells name each colleague who has left.
    former: Counter[str] = field(default_factory=Counter)
    #: The tests of fields' values, by path.
    valid: dict[str, Callable[[Any], bool]] = field(default_factory=dict)
    #: The converters of fields that take the value of another column.
    converters: dict[str, Converter] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, understanding: Understanding, options: Options) -> Context:
        """Return the context of an import into a store."""
        tables, typed = understanding.tables, options.read.day_first
        rows = ((row_at(one, tables) or folded(one), row_at(other, tables)) for one, other in options.same)
        same = {one: other for one, other in rows if other}
        day_first = understanding.day_first if typed is None else typed
        return cls(store.schema, store.settings, store.today, store.zone, understanding, day_first, same)

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
        return bool({self.understanding.source, self.understanding.profile} & OF_FIRMS)

    @cached_property
    def defaults(self) -> Mapping[str, tuple[tuple[Default, Any], ...]]:
        """The defaults with the values that fields can have. Raises CrmError if a field can't have its value."""
        return {
            path: tuple((default, convert.convert_default(self, default)) for default in defaults)
            for path, defaults in self.understanding.defaults.items()
        }

    def converted(self, path: str, value: Any) -> Any:
        """Return the value of a column as that of another field; None if the field can't have it."""
        if isinstance(value, (list, dict)):
            return value
        if path not in self.converters:
            self.converters[path] = convert.choose(self, convert.Facts(path, path))
        result = self.converters[path](value)
        return None if result.bad or isinstance(result.value, Yearless) else result.value

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the source's users by their ids."""
        return people.users(self.understanding.tables)

    @cached_property
    def people(self) -> people.People:
        """Finds colleagues."""
        return people.People(self.settings, self.understanding.people, self.users)
