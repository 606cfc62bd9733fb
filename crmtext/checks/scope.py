"""What a check says of itself: what its answer about a record depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from crmtext.checks.table import CHECKS
from crmtext.snapshot import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot

#: Gives a record's facts.
Facts = Callable[["Customer", "Schema"], Iterable[Fact]]


class Scope(Enum):
    """What a check's answer about a record depends on beside settings, schema and day."""

    #: The record alone.
    RECORD = "record"
    #: The record and those it is related to: it needs a fact that they have.
    RELATED = "related"
    #: Any record of the store. Always right and never quick; so is a check that does not say what it compares.
    STORE = "store"
    #: The record, and what the commit before held of it.
    HISTORY = "history"
    #: Nothing else: no record is looked at.
    SETTINGS = "settings"


class Crowd(NamedTuple):
    """How a fact is treated that too many records have for each to be compared with all others.

    Of more than `limit` records, by id and path, a check looks at the first `limit` and one more, and at the first of
    those that have the same fact of the kind `by` as the record at hand; of the others it only gets the number.
    """

    limit: int
    #: The kinds of facts that this is about.
    kinds: tuple[str, ...]
    by: str


class Declared(NamedTuple):
    """A check, and what its module says of it."""

    name: str
    check: Callable[[Snapshot], Iterator[Problem]]
    scope: Scope
    #: The rules of the problems that it finds.
    rules: frozenset[str]
    #: What others can find a record by, and what its own answer depends on.
    facts: Facts
    needs: Facts
    #: The fields that answers about this record or about others depend on beside the facts; None for the whole record.
    reads: tuple[str, ...] | None
    #: The kinds of needs that are followed: what a record needs that was found by them is needed as well, and so on.
    chain: tuple[str, ...]
    #: The kinds of facts of which messages choose from all values there are.
    lists: tuple[str, ...]
    crowd: Crowd | None


def _none(_customer: Customer, _schema: Schema) -> Iterable[Fact]:
    return ()


def declared(name: str) -> Declared:
    """The check of this name with what its module says."""
    return _declared(name, CHECKS[name])


@cache
def _declared(name: str, place: str) -> Declared:
    path, _colon, function = place.partition(":")
    module = import_module(path)
    facts: Facts = getattr(module, "facts", _none)
    return Declared(
        name,
        getattr(module, function),
        getattr(module, "SCOPE", Scope.STORE),
        frozenset(getattr(module, "RULES", (name,))),
        facts,
        getattr(module, "needs", facts),
        getattr(module, "READS", None),
        getattr(module, "CHAIN", ()),
        getattr(module, "LISTS", ()),
        getattr(module, "CROWD", None),
    )


def of(*scopes: Scope) -> tuple[str, ...]:
    """The names of the checks of these scopes, in the order of the table."""
    return tuple(name for name in CHECKS if declared(name).scope in scopes)


def comparing() -> tuple[Declared, ...]:
    """The checks that compare records."""
    return tuple(each for each in map(declared, CHECKS) if each.scope in (Scope.RELATED, Scope.STORE))


def rules(*scopes: Scope) -> frozenset[str]:
    """The rules of the problems that the checks of these scopes find."""
    return frozenset[str]().union(*(each.rules for each in map(declared, CHECKS) if each.scope in scopes))
