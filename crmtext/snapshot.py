"""All records of the work tree, git's index or a commit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from crmtext.layout import id_in, stem
from crmtext.problem import Problem, Severity
from crmtext.text.read.name_lines import names
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.text.document import Document

T = TypeVar("T")

#: A kind and a value that records can share.
Fact = tuple[str, str]
#: Path and transactions of a record.
Transactions = tuple[str, "Sequence[Mapping[str, Any]]"]
#: A record has a fact, its problems depend on the records that have it, or also on what those depend on.
HAS, NEEDS, FOLLOWS = 1, 2, 4


class Traits(NamedTuple):
    """Everything in a record that problems of other records may depend on; empty for a missing record."""

    #: The facts, each with its roles.
    facts: Mapping[Fact, int] = MappingProxyType({})
    #: A digest of the rest.
    seen: str = ""

    def to(self, role: int) -> Iterator[Fact]:
        """The facts with this role."""
        return (fact for fact, roles in self.facts.items() if roles & role)


class Outside(NamedTuple):
    """Facts about the records that a partial snapshot doesn't hold."""

    checked: int = 0
    left_out: int = 0
    #: All values of a kind of facts.
    values: Callable[[str], frozenset[str]] = lambda _kind: frozenset()
    #: The number of records with a fact that too many share for all of them to be held.
    crowds: Mapping[Fact, int] = MappingProxyType({})
    #: The paths to report on; the other records are only compared with. None for all.
    asked: frozenset[str] | None = None
    #: Returns the transactions of all valid records; None if the snapshot holds them all.
    transactions: Callable[[], Iterable[Transactions]] | None = None

    def asks(self, path: str) -> bool:
        """Whether to report on a record."""
        return self.asked is None or path in self.asked


@dataclass(frozen=True)
class Previous:
    """The previous commit: the old version of the customers whose records have changed since."""

    commit: str
    customers: Sequence[Customer]
    #: For a merge, instead of customers: what each parent gives it to keep.
    sides: tuple[Previous, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """All records of one side: customers if valid, else broken documents with their problems."""

    #: `worktree`, `index` or a commit.
    read: str
    schema: Schema
    settings: Settings
    today: date
    #: Sorted by id and path; records with the same id are all here, and a check reports them.
    customers: Sequence[Customer]
    #: Records that are not valid, and files that could not be read.
    broken: tuple[Document, ...]
    problems: tuple[Problem, ...]
    #: Returns the previous commit, read on the first call; None if there is none.
    earlier: Callable[[], Previous | None] = field(default=lambda: None, compare=False)
    #: Returns when the first commit with each id was made, in seconds since 1970; None if a shallow clone lacks it.
    first_commits: Callable[[], Mapping[str, int | None]] = field(default=lambda: MappingProxyType({}), compare=False)
    elsewhere: Outside = Outside()
    #: Differs from one state of the index to the next; empty if the records were not read from the index of the disk.
    state: str = field(default="", compare=False)
    #: The last day that isn't in the future, if decided before; see `latest`.
    last: date | None = None
    _once: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[[Snapshot], T]) -> T:
        """Return what a function makes of this snapshot; it is called the first time only."""
        if make not in self._once:
            self._once[make] = make(self)
        result: T = self._once[make]
        return result

    @property
    def full(self) -> Snapshot:
        """The snapshot with the full customers, of a masked one; else itself."""
        full: Snapshot = self.__dict__.get("_full", self)
        return full

    @cached_property
    def latest(self) -> date:
        """The last day that isn't in the future; without a time zone, any day that has begun somewhere on earth."""
        return self.last or clock.latest(self.today, self.settings.timezone)

    @property
    def checked(self) -> int:
        """How many files were read."""
        return len(self.customers) + len(self.broken) + self.elsewhere.checked

    @property
    def left_out(self) -> int:
        """How many records are missing from the customers."""
        return len(self.broken) + self.elsewhere.left_out

    @cached_property
    def by_id(self) -> Mapping[str, Customer]:
        """The customers by id; the first one wins."""
        return {customer.id: customer for customer in reversed(self.customers)}

    def transactions(self) -> Iterable[Transactions]:
        """The transactions of all valid records, also of those that a partial snapshot doesn't hold."""
        if self.elsewhere.transactions:
            return self.elsewhere.transactions()
        return ((customer.path, customer.data.get("transactions", ())) for customer in self.customers)

    def only(self, customers: Iterable[Customer]) -> Snapshot:
        """A partial snapshot with these customers."""
        elsewhere = self.elsewhere._replace(transactions=self.transactions)
        return replace(self, customers=tuple(customers), elsewhere=elsewhere)

    @cached_property
    def known_ids(self) -> frozenset[str]:
        """Every id of a record, broken ones included, so that references to them are no errors."""
        claimed = {id_ for document in self.broken if (id_ := claimed_id(document))}
        return self.elsewhere.values("id").union(self.by_id, claimed)

    def successor(self, before: Customer) -> Customer | None:
        """The current version of a customer of the previous commit: by path, else by id; None if it is gone."""
        here = self._by_path.get(before.path)
        return here if here and here.id == before.id else self.by_id.get(before.id)

    def replaced(self) -> Iterator[tuple[Customer, Customer]]:
        """Each customer of the previous commit whose record has changed, with the current version."""
        earlier = self.earlier()
        for side in (earlier.sides or (earlier,)) if earlier else ():
            for before in side.customers:
                if now := self.successor(before):
                    yield before, now

    @cached_property
    def _by_path(self) -> Mapping[str, Customer]:
        return {customer.path: customer for customer in self.customers}


def claimed_id(document: Document) -> str:
    """The id in the record, else the one in its file name."""
    data = document.data
    if isinstance(data, dict) and isinstance(data.get("id"), str):
        return str(data["id"])
    return id_in(document.path)


def claimed_names(document: Document) -> tuple[str, ...]:
    """The names in the record; if it does not parse, those in lines that look like names."""
    data = document.data
    if isinstance(data, dict):
        return tuple(name for key in ("name", "short_name") if isinstance(name := data.get(key), str))
    return names(document.text)


#: Parsed records by schema, path and bytes, kept by code that reads one commit after the other.
ParsedRecords = dict[tuple[str, str, bytes], tuple["Document", tuple[Problem, ...]]]


def is_named_by(path: str, id_: str) -> bool:
    """Whether a record's file is named by the id, with or without a slug."""
    name = stem(path)
    return name == id_ or name.startswith(f"{id_}-")


def build(
    files: Iterable[tuple[str, bytes | Problem]],
    *,
    read: str,
    schema: Schema,
    settings: Settings,
    today: date,
    kept: ParsedRecords | None = None,
) -> Snapshot:
    """Return the snapshot of files given as path and bytes, or the reason why a file can't be read."""
    from crmtext.model import Customer

    customers: list[Customer] = []
    broken: list[Document] = []
    problems: list[Problem] = []
    for path, raw in files:
        document, faults = _known(path, raw, schema, {} if kept is None else kept)
        if any(problem.severity is Severity.ERROR for problem in faults):
            broken.append(document)
        else:
            customers.append(Customer(document))
        problems += schema.discreet(document, faults)
    customers.sort(key=lambda customer: (customer.id, customer.path))
    return Snapshot(read, schema, settings, today, tuple(customers), tuple(broken), tuple(problems))


def _known(
    path: str, raw: bytes | Problem, schema: Schema, kept: ParsedRecords
) -> tuple[Document, tuple[Problem, ...]]:
    """Return the parsed record and its own problems."""
    # The door to YAML, loaded only if a record must be parsed.
    from crmtext.text.read.load import parse

    if isinstance(raw, Problem):
        return parse(raw, path), (raw,)
    key = (schema.digest, path, raw)
    if key not in kept:
        document = parse(raw, path)
        kept[key] = document, schema.record_problems(document)
    return kept[key]
