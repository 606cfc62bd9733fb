"""A customer in the form that is compared with others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.company_names import is_branch, numbers, places, role, without_places
from crmtext.duplicates.similarity import core, marks
from crmtext.values.folding import simplified, spellings

if TYPE_CHECKING:
    from crmtext.duplicates.similarity import Mark
    from crmtext.model import Customer


class Known(NamedTuple):
    """A customer in the form that is compared."""

    customer: Customer
    marks: frozenset[Mark]
    #: The normalised name without places.
    name: str
    places: frozenset[str]
    branch: bool
    #: Numbers in the name, and what it adds to that of a group: companies that differ in these are two.
    apart: tuple[str, ...]


def known(customer: Customer) -> Known:
    """Return the customer in the form that is compared; computed once per customer."""
    # Cached without the customer itself: a reference cycle would keep its memory until the next garbage collection.
    kept: tuple[frozenset[Mark], str, frozenset[str], bool, tuple[str, ...]] | None = vars(customer).get("compared")
    if kept is None:
        kept = vars(customer)["compared"] = _known(customer)
    return Known(customer, *kept)


def _known(customer: Customer) -> tuple[frozenset[Mark], str, frozenset[str], bool, tuple[str, ...]]:
    name = simplified(customer.name)
    short, where = core(name), places(name)
    # The last spelling is the longer one in ASCII.
    plain = spellings(without_places(short) or short)[-1]
    facts = marks(customer.data) | {("plain", f"{plain} {' '.join(sorted(where))}")}
    return facts, plain, where, is_branch(name), (*numbers(name), role(plain))
