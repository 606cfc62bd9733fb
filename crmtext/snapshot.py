"""All records at one moment: of the work tree, git's index or a commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

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


#: Something that records can have in common: its kind and its value.
Fact = tuple[str, str]
#: What a fact is to a record: it has it, its answer depends on who has it, and on what those depend on in turn.
HAS, NEEDS, FOLLOWS = 1, 2, 4


class Traits(NamedTuple):
    """All of a record that answers about others may depend on; empty for one that is not there."""

    #: The facts, and what each is to the record.
    facts: Mapping[Fact, int] = MappingProxyType({})
    #: A digest of all else that is read of it.
    seen: str = ""

    def to(self, role: int) -> Iterator[Fact]:
        """The facts that are this to the record."""
        return (fact for fact, roles in self.facts.items() if roles & role)


class Outside(NamedTuple):
    """What is known of records that are not in a snapshot itself, where it holds a part of them only."""

    checked: int = 0
    left_out: int = 0
    #: All values of a kind of facts.
    values: Callable[[str], frozenset[str]] = lambda _kind: frozenset()
    #: How many share what too many have in common for all of them to be here.
    crowds: Mapping[Fact, int] = MappingProxyType({})
    #: The paths of those that are asked about, where the others are here only to be compared with; None for all.
    asked: frozenset[str] | None = None

    def asks(self, path: str) -> bool:
        """Whether a record is asked about."""
        return self.asked is None or path in self.asked


@dataclass(frozen=True)
class Previous:
    """What the commit before held otherwise: the customers as they were whose records have changed since."""

    commit: str
    customers: Sequence[Customer]
    #: Of a merge, in their place: what each of its parents gives it to keep.
    sides: tuple[Previous, ...] = ()


def _nothing() -> None:
    """Of records that are not compared with a commit."""


@dataclass(frozen=True)
class Snapshot:
    """Records that fit the schema are customers; all else is a problem here, and its document is kept aside."""

    #: `worktree`, `index` or a commit.
    read: str
    schema: Schema
    settings: Settings
    today: date
    #: By id and path; two records with one id are both here, and the check says so.
    customers: Sequence[Customer]
    #: Records that do not fit, and files that could not be read.
    broken: tuple[Document, ...]
    problems: tuple[Problem, ...]
    #: Gives the commit before, read only when it is asked for; None where there is none.
    earlier: Callable[[], Previous | None] = field(default=_nothing, compare=False)
    elsewhere: Outside = Outside()
    #: The last day that isn't in the future, where that was settled before; see `latest`.
    last: date | None = None

    @cached_property
    def latest(self) -> date:
        """The last day that isn't in the future: in a store without a time zone a day that has begun anywhere."""
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
        """The customers by id; of two with one id the first."""
        return {customer.id: customer for customer in reversed(self.customers)}

    @cached_property
    def known_ids(self) -> frozenset[str]:
        """Every id that a record claims, broken ones included: what refers to them is not to blame."""
        claimed = {found for document in self.broken if (found := claimed_id(document))}
        return self.elsewhere.values("id").union(self.by_id, claimed)

    def successor(self, before: Customer) -> Customer | None:
        """What a customer of the commit before has become: the record in its place, else the one with its id."""
        here = self._by_path.get(before.path)
        return here if here and here.id == before.id else self.by_id.get(before.id)

    @cached_property
    def _by_path(self) -> Mapping[str, Customer]:
        return {customer.path: customer for customer in self.customers}


def claimed_id(document: Document) -> str:
    """The id that a record gives itself, else the one its file name begins with."""
    data = document.data
    if isinstance(data, dict) and isinstance(data.get("id"), str):
        return str(data["id"])
    return id_in(document.path)


def claimed_names(document: Document) -> tuple[str, ...]:
    """The names that a record gives its customer; of one that does not parse, those in lines that look like these."""
    data = document.data
    if isinstance(data, dict):
        return tuple(name for key in ("name", "short_name") if isinstance(name := data.get(key), str))
    return names(document.text)


#: Records that were read before, by schema, path and bytes: who reads one commit after the other keeps them.
ParsedRecords = dict[tuple[str, str, bytes], tuple["Document", tuple[Problem, ...]]]


def is_named_by(path: str, id_: str) -> bool:
    """Whether a record's file has the name that the id asks for, with or without a slug."""
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
    """The snapshot of files given as path and bytes (or the reason why there are none), each read once."""
    from crmtext.model import Customer

    customers: list[Customer] = []
    broken: list[Document] = []
    problems: list[Problem] = []
    for path, raw in files:
        document, found = _known(path, raw, schema, {} if kept is None else kept)
        if any(problem.severity is Severity.ERROR for problem in found):
            broken.append(document)
        else:
            customers.append(Customer(document))
        problems += schema.discreet(document, found)
    customers.sort(key=lambda customer: (customer.id, customer.path))
    return Snapshot(read, schema, settings, today, tuple(customers), tuple(broken), tuple(problems))


def _known(
    path: str, raw: bytes | Problem, schema: Schema, kept: ParsedRecords
) -> tuple[Document, tuple[Problem, ...]]:
    """A record as it is read, and all that is wrong with it alone."""
    # The door to YAML: who knows the records already does not open it.
    from crmtext.text.read.load import parse

    if isinstance(raw, Problem):
        return parse(raw, path), (raw,)
    key = (schema.digest, path, raw)
    if key not in kept:
        document = parse(raw, path)
        kept[key] = document, schema.record_problems(document)
    return kept[key]
