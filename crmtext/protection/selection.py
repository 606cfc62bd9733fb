"""The customers of a disclosure: their ids, or an expression that says exactly who they are in a commit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from crmtext import sources
from crmtext.figures.rules import NAMES
from crmtext.git.plumbing import resolve
from crmtext.i18n import _
from crmtext.problem import CrmError
from crmtext.protection.disclosures import MOST_IDS
from crmtext.query import listing
from crmtext.query.filter import literal
from crmtext.query.path import resolve as resolve_path
from crmtext.schema import Schema
from crmtext.snapshot import claimed_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from crmtext.model import Customer
    from crmtext.protection.disclosures import Disclosure
    from crmtext.query.filter import Terms
    from crmtext.query.listing import Query
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: The marks of fields whose values must not stand in a disclosure.
_MARKS = ("x-mask", "x-sensitive")
#: Kinds of values that tell nothing about a person by themselves, and texts that don't.
_PLAIN_KINDS = frozenset({"number", "truth", "date", "sums"})
_PLAIN_TEXTS = frozenset({"id", "tags", "industry", "region", "province", "city", "sales_region"})


class Selection(NamedTuple):
    """The customers by id, or by an expression, and the ids of those that it holds for but who were left out."""

    customers: tuple[str, ...] | None
    where: str = ""
    left_out: tuple[str, ...] = ()


def selected(snapshot: Snapshot, ids: Sequence[str], query: Query, left_out: Sequence[str] = ()) -> Selection:
    """Return how a disclosure names these customers, which the query chose without those that were left out.

    `snapshot` must show a commit. Up to a thousand are named by id. More are, if the query says it in an expression
    that names no personal value, and that holds for exactly these customers.
    """
    if len(ids) > MOST_IDS and (where := expression(query)) and _is_impersonal(where, snapshot):
        everyone = listing.rows(snapshot, listing.Query(where=where, sort="id"), NAMES)
        if sorted(row.customer.id for row in everyone) == sorted((*ids, *left_out)):
            return Selection(None, where, tuple(sorted(left_out)))
    return Selection(tuple(sorted(ids)))


def expression(query: Query) -> str:
    """Return the filters of a query as one expression."""
    parts = [f"({text})" for text in (query.view, query.where) if text]
    choices = {name: getattr(query, name) for name in ("owner", "status", "type")}
    parts += [f"{name} in [{', '.join(map(literal, values))}]" for name, values in choices.items() if values]
    if query.tag:
        parts.append(f"({' or '.join(f'{literal(tag)} in tags' for tag in query.tag)})")
    if query.stale is not None:
        never = "days_since_contact is none or " if query.stale >= 0 else ""
        parts.append(f"status != 'lost' and ({never}days_since_contact >= {query.stale})")
    return " and ".join(parts) or "id"


def _is_impersonal(where: str, snapshot: Snapshot) -> bool:
    """Whether an expression compares only what can't be a personal value, so that it quotes none."""
    terms = listing.terms(snapshot, NAMES)
    marked = {field.path.replace("[]", "") for schema in (snapshot.schema, Schema.shipped())
              for mark in _MARKS for field in schema.marked(mark)}  # fmt: skip
    names = {read.name for test in listing.check(listing.Query(where=where), terms).tests for read in test.reads()}
    return all(_can_be_named(name, terms) and name not in marked for name in names)


def _can_be_named(name: str, terms: Terms) -> bool:
    if name in _PLAIN_TEXTS:
        return True
    try:
        type_ = resolve_path(name, terms).type
    except CrmError:
        return False
    return type_.kind in _PLAIN_KINDS or type_.fixed or type_.handle


class Undecided(NamedTuple):
    """Why it can't be said any more whether a customer was in a disclosure."""

    reason: str


class Past:
    """Says which disclosures a customer is in; the store at a commit is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[tuple[str, date], Snapshot] = {}

    @cached_property
    def _now(self) -> Snapshot:
        return self._store.worktree()

    def includes(self, disclosure: Disclosure, ids: Collection[str]) -> bool | Undecided:
        """Return whether one of these ids, which are all of one customer, is in a disclosure."""
        if disclosure.customers is not None:
            return not {*disclosure.customers}.isdisjoint(ids)
        if disclosure.what == "role-view" and self._is_shown_now(disclosure, ids):
            return True
        try:
            snapshot = self._at(disclosure.commit, disclosure.today)
            if any(claimed_id(document) in ids for document in snapshot.broken):
                commit = disclosure.commit[:8]
                return Undecided(_("the record has errors in commit {commit}").format(commit=commit))
            mine = [customer for customer in snapshot.customers if customer.id in ids]
            return any(id_ not in disclosure.left_out for id_ in _matching(snapshot, mine, disclosure.where))
        except CrmError as error:
            return Undecided(error.problem.message)

    def _is_shown_now(self, disclosure: Disclosure, ids: Collection[str]) -> bool:
        """Whether a view shows a customer by today's record: views go on showing customers after the disclosure."""
        try:
            mine = [customer for customer in self._now.customers if customer.id in ids]
            return any(_matching(self._now, mine, disclosure.where))
        except CrmError:
            return False

    def _at(self, commit: str, day: date) -> Snapshot:
        if (commit, day) not in self._read:
            repo = self._store.git()
            self._read[commit, day] = self._store.take(sources.commit(repo, resolve(repo, commit)), day)
        return self._read[commit, day]


def _matching(snapshot: Snapshot, customers: Sequence[Customer], where: str) -> Iterator[str]:
    rows = listing.rows(snapshot.only(customers), listing.Query(where=where, sort="id"), NAMES)
    return (row.customer.id for row in rows)
