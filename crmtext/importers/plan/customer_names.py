"""The customers of a store by the names that people type: the id, the name, a short name, an alias."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.values.folding import folded
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmtext.model import Customer

#: How many customers of one name a message lists.
_SOME = 4


class CustomerNames:
    """Finds customers by a typed name."""

    def __init__(self, by_id: Mapping[str, Customer]) -> None:
        self._by_id = by_id
        self._full: defaultdict[str, dict[str, Customer]] = defaultdict(dict)
        self._others: defaultdict[str, dict[str, Customer]] = defaultdict(dict)
        for customer in by_id.values():
            self._full[folded(customer.name)][customer.id] = customer
            for name in other_names(customer):
                self._others[name][customer.id] = customer

    def of(self, typed: str) -> tuple[Customer, ...]:
        """Return the customers that a text means: the id counts before the name, the name before the others."""
        if customer := self._by_id.get(typed.strip().upper()):
            return (customer,)
        name = folded(typed)
        return tuple((self._full.get(name) or {}).values()) or self.by_other_name(name)

    def by_other_name(self, typed: str) -> tuple[Customer, ...]:
        """Return the customers with this short name or alias."""
        return tuple(self._others.get(folded(typed), {}).values())


def other_names(customer: Customer) -> frozenset[str]:
    """Return the short name and the aliases of a customer, folded."""
    names = (customer.data.get("short_name"), *customer.data.get("aliases", ()))
    return frozenset(folded(str(name)) for name in names if name)


def ids(customers: Sequence[Customer]) -> str:
    """Return the ids of some customers for a message."""
    return ", ".join(few(sorted(customer.id for customer in customers), _SOME))
