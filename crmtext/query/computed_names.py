"""The computed names that expressions, columns and pages use, and a customer's values by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import N_, translations
from crmtext.model import unmasked
from crmtext.values.money import rounded

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmtext.computed.figure import Figure
    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

#: The name and label of the record's file, which is not computed from the record.
PATH, FILE = "path", N_("File")


class Table(NamedTuple):
    """Figures by name, and what their functions are called with besides the customer."""

    figures: Mapping[str, Figure]
    #: Returns the further arguments for a snapshot; called on the first use of one of the figures.
    arguments: Callable[[Snapshot], tuple[Any, ...]]


class ComputedNames(Mapping[str, "Figure"]):
    """The computed names of several tables. Callers pass them to filters, columns and lists, which know no table."""

    def __init__(self, *tables: Table) -> None:
        self._tables = tables
        self._figures = {name: figure for table in tables for name, figure in table.figures.items()}

    @cached_property
    def _typed(self) -> Mapping[str, str]:
        """The name for each name, label and synonym, without case; the first one wins."""
        every = reversed((*self._figures, PATH))
        return {typed.casefold(): name for name in every for typed in self.names_of(name)}

    def __getitem__(self, name: str) -> Figure:
        return self._figures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def names_of(self, name: str) -> tuple[str, ...]:
        """All names of a figure, or of the file: name, labels and synonyms."""
        figure = self._figures.get(name)
        label, synonyms = (figure.label, figure.synonyms) if figure else (FILE, ())
        return (name, *translations(label).values(), *synonyms)

    def named(self, typed: str) -> str:
        """The computed name, or `path`, for a name, label or synonym in any language; empty if there is none."""
        return self._typed.get(typed.strip().casefold(), "")

    def of(self, snapshot: Snapshot) -> Callable[[Customer], Row]:
        """Return a function from a customer of a snapshot to its values by name, computed ones included.

        Figures of a masked customer are those of the full one; only texts are read from the masked record.
        """
        arguments: dict[int, tuple[Any, ...]] = {}
        places = {name: place for place, table in enumerate(self._tables) for name in table.figures}

        def find(customer: Customer, name: str) -> Any:
            place = places[name]
            if place not in arguments:
                arguments[place] = self._tables[place].arguments(snapshot.full)
            figure = self._figures[name]
            read = customer if figure.kind == "text" and not figure.is_fixed else unmasked(customer)
            return figure.find(read, *arguments[place])

        def row(customer: Customer) -> Row:
            return Row(customer, Lazy(self._figures, lambda name: find(customer, name)), row)

        return row

    def for_json(self, row: Row) -> dict[str, Any]:
        """Return a row's computed values as JSON shows them: money is rounded to two decimals, half to even."""
        values = dict(row.computed)
        for name, figure in self._figures.items():
            if figure.kind == "sums":
                values[name] = {currency: rounded(amount) for currency, amount in values[name].items()}
        return values


class Lazy(Mapping[str, Any]):
    """Values by name, each computed on first access."""

    def __init__(self, names: Collection[str], compute: Callable[[str], Any]) -> None:
        self._names = names
        self._compute = compute
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._values:
            self._values[name] = self._compute(name)
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value; unlike Mapping's own `get`, no exception is raised and caught for a missing name."""
        return self[name] if name in self._names else default

    def __contains__(self, name: object) -> bool:
        # Mapping's own way computes the value.
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Row(Mapping[str, Any]):
    """A customer's fields and computed figures, by name."""

    def __init__(self, customer: Customer, computed: Lazy, of: Callable[[Customer], Row]) -> None:
        self.customer = customer
        self.computed = computed
        self._of = of

    @property
    def full(self) -> Row:
        """The values that conditions see: those of the full customer, if this one is masked."""
        whole = unmasked(self.customer)
        return self if whole is self.customer else self._of(whole)

    def __getitem__(self, name: str) -> Any:
        if name == PATH:
            return self.customer.path
        return self.computed[name] if name in self.computed else self.customer.data[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value; unlike Mapping's own `get`, no exception is raised and caught for a missing name."""
        return self[name] if name == PATH or name in self.computed else self.customer.data.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((PATH, *self.computed, *self.customer.data)))

    def __len__(self) -> int:
        return sum(1 for _name in self)
