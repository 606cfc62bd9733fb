"""The scope of a check: the facts on which its answer about a record depends, as its module declares them."""

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

#: Returns the facts of a record.
Facts = Callable[["Customer", "Schema"], Iterable[Fact]]


class Scope(Enum):
    """The inputs of a check's answer about a record, besides settings, schema and date."""

    #: The record alone.
    RECORD = "record"
    #: The record, and the records that have a fact it needs.
    RELATED = "related"
    #: All records of the store: always right, and slow. The default for a check that declares nothing.
    STORE = "store"
    #: The record, and its state in the previous commit.
    HISTORY = "history"
    #: The settings alone; no record is read.
    SETTINGS = "settings"


class Crowd(NamedTuple):
    """How to treat a fact that too many records share to compare each with all others.

    If more than `limit` records share it, a check looks at the first `limit` and one more, by id and path, and at the
    first one with the record's own fact of the kind `by`. It only gets the number of the others.
    """

    limit: int
    #: The kinds of facts treated this way.
    kinds: tuple[str, ...]
    by: str


class Declared(NamedTuple):
    """A check, and what its module declares."""

    name: str
    check: Callable[[Snapshot], Iterator[Problem]]
    scope: Scope
    #: The rules that it reports.
    rules: frozenset[str]
    #: The facts of a record by which others find it, and the facts that its own answer depends on.
    facts: Facts
    needs: Facts
    #: The fields, besides the facts, that answers about this record or others depend on; None: the whole record.
    reads: tuple[str, ...] | None
    #: The kinds of needs to follow from record to record: the needs of a record found by them are needed, too.
    chain: tuple[str, ...]
    #: The kinds of facts whose values messages choose from ("did you mean").
    lists: tuple[str, ...]
    crowd: Crowd | None
    #: Whether it reports no errors.
    only_warnings: bool


def _none(_customer: Customer, _schema: Schema) -> Iterable[Fact]:
    return ()


def declared(name: str) -> Declared:
    """The check of this name, with what its module declares."""
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
        getattr(module, "ONLY_WARNINGS", False),
    )


def of(*scopes: Scope) -> tuple[str, ...]:
    """The names of the checks of these scopes, in the order of the table."""
    return tuple(name for name in CHECKS if declared(name).scope in scopes)


def with_errors(*scopes: Scope) -> tuple[str, ...]:
    """The names of the checks of these scopes that report errors, not only warnings."""
    return tuple(name for name in of(*scopes) if not declared(name).only_warnings)


def comparing() -> tuple[Declared, ...]:
    """The checks that compare records."""
    return tuple(check for check in map(declared, CHECKS) if check.scope in (Scope.RELATED, Scope.STORE))


def rules(*scopes: Scope) -> frozenset[str]:
    """The rules that the checks of these scopes report."""
    return frozenset[str]().union(*(check.rules for check in map(declared, CHECKS) if check.scope in scopes))
