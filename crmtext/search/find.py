"""Find the customers whose records have some words, and rank them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import N_
from crmtext.index import lookup, snapshots, update
from crmtext.index.lazy_document import LazyDocument
from crmtext.index.rows import empty_snapshot
from crmtext.model import Customer, priority_rank
from crmtext.query.find import meant, near, spelled
from crmtext.search import texts
from crmtext.search.entries import Reader
from crmtext.search.excerpt import excerpt
from crmtext.search.query import OTHER
from crmtext.search.texts import is_within
from crmtext.snapshot import Outside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmtext.index.changes import Side
    from crmtext.index.database import Index
    from crmtext.index.key import StateKey
    from crmtext.query.listing import CheckedQuery
    from crmtext.sealing.mask import Masking, RecordMask
    from crmtext.search.entries import Entry
    from crmtext.search.query import Query
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: The database looks for the first words only: its statements have a limit.
_MOST_WORDS = 20


class Hit(NamedTuple):
    """A value with one of the words."""

    path: str
    excerpt: str
    score: int


class Match(NamedTuple):
    """A customer whose record has all words, with the best hit first."""

    customer: Customer
    hits: tuple[Hit, ...]


class Result(NamedTuple):
    """The result of a search."""

    #: The schema, the settings, and the numbers of records.
    snapshot: Snapshot
    #: The first customers.
    matches: tuple[Match, ...]
    #: How many customers match.
    total: int
    #: If none matches, a question about similar names; empty if there are none.
    meant: str = ""
    #: Masks what is shown; None to show it in full.
    masking: Masking | None = None


class _Ranked(NamedTuple):
    """A customer by its order in a result."""

    score: int
    priority: int
    last: int
    id: str
    path: str
    #: The place in the snapshot, or the number in the index.
    place: int


def search(
    store: Store,
    then: Snapshot | None,
    query: Query,
    checked: CheckedQuery | None,
    limit: int | None,
    masking: Masking | None = None,
) -> Result:
    """Return the first customers that have the words of a query and match a checked expression.

    They are looked for in the snapshot `then`; without one, on the disk. With `masking`, only the excerpts are masked.
    """

    def ask(index: Index, terms: StateKey, side: Side) -> Result:
        ranked = sorted(_in_index(index, terms, store, query, checked.fixed if checked else {}))
        every, wrong = index.counts()

        def load(numbers: Iterable[int]) -> Snapshot:
            part = update.part(index, terms, side, (), numbers)
            elsewhere = Outside(checked=every - len(part.customers), left_out=wrong)
            return lookup.completed(store, replace(part, elsewhere=elsewhere))

        if not ranked and _may_mean(query, checked):
            names = near(query.typed, (name for name, _number in index.every("called")))
            part = load(number for name in names for number in index.holding("called", name))
            return Result(part, (), 0, meant(names, part.customers, masking), masking)
        if checked:
            fitting = _fitting(load(one.place for one in ranked), checked)
            ranked = [one for one in ranked if one.path in fitting]
        part = load(one.place for one in ranked[:limit])
        return _result(part, ranked, query, limit, lambda one: index.searched_text(one.place), masking)

    result = lookup.ask_index(store, ask) if then is None else None
    return result or _in_snapshot(then or store.worktree(), query, checked, limit, masking)


def listed(store: Store, then: Snapshot | None, wanted: Mapping[str, tuple[str, ...]], query: Query) -> Snapshot:
    """Return the customers that have the words: those of the snapshot `then`, or on the disk with these values.

    Other customers are only counted.
    """

    def ask(index: Index, terms: StateKey, side: Side) -> Snapshot:
        paths = frozenset(one.path for one in _in_index(index, terms, store, query, {}))
        return lookup.completed(store, snapshots.listed(index, terms, side, wanted, paths))

    result = lookup.ask_index(store, ask) if then is None else None
    return result or _narrowed(then or store.worktree(), query)


def _narrowed(snapshot: Snapshot, query: Query) -> Snapshot:
    reader = Reader.of(snapshot)
    customers = tuple(one for one in snapshot.customers if query.score(_text(one, reader, query)))
    others = len(snapshot.customers) - len(customers)
    part = snapshot.only(customers)
    return replace(part, elsewhere=part.elsewhere._replace(checked=part.elsewhere.checked + others))


def _in_index(
    index: Index, terms: StateKey, store: Store, query: Query, wanted: Mapping[str, tuple[str, ...]]
) -> Iterator[_Ranked]:
    """The customers in the index that have the words."""
    _add_texts(index, terms, store)
    literals = [word.literals for word in query.words[:_MOST_WORDS]]
    # A customer may have the id of a record that was merged into it.
    known = {name: values for name, values in wanted.items() if name != "id"}
    for number, id_, path, priority, last, text in index.searched(literals, known, whole=not query.is_plain):
        if score := OTHER if text is None else query.score(text):
            yield _Ranked(-score, priority_rank(priority), -last, id_, path, number)


def _add_texts(index: Index, terms: StateKey, store: Store) -> None:
    """Write the searched texts of new and changed records, which only searches need."""
    missing = index.unsearched()
    if not missing:
        return
    base = empty_snapshot(terms)
    reader = Reader.of(base)
    with index.writing():
        for number in store.watch(missing, N_("records read"), len(missing)):
            customer = Customer(LazyDocument("", "", json.loads(index.data(number))))
            text = texts.text(reader.entries(customer.data))
            index.set_searched(number, _last(customer, base), text.rindex(texts.BETWEEN), text)


def _in_snapshot(
    snapshot: Snapshot, query: Query, checked: CheckedQuery | None, limit: int | None, masking: Masking | None
) -> Result:
    reader = Reader.of(snapshot)
    ranked = sorted(
        _Ranked(-score, priority_rank(one.priority), -_last(one, snapshot), one.id, one.path, place)
        for place, one in enumerate(snapshot.customers)
        if (score := query.score(_text(one, reader, query)))
    )
    if not ranked and _may_mean(query, checked):
        names = near(query.typed, (spelling for one in snapshot.customers for spelling in spelled(one.names)))
        return Result(snapshot, (), 0, meant(names, snapshot.customers, masking), masking)
    if checked:
        part = snapshot.only(snapshot.customers[one.place] for one in ranked)
        fitting = _fitting(part, checked)
        ranked = [one for one in ranked if one.path in fitting]
    every = snapshot.customers
    return _result(snapshot, ranked, query, limit, lambda one: _text(every[one.place], reader, query), masking)


def _text(customer: Customer, reader: Reader, query: Query) -> bytes:
    return texts.text(reader.entries(customer.data), readings=query.has_letters)


def _last(customer: Customer, snapshot: Snapshot) -> int:
    """The day of the last contact as a number such as 20261130; 0 if there is none."""
    # Slow to load, and a search in the index only needs it for new records.
    from crmtext.computed.contacts import last_contact

    last = last_contact(customer, snapshot.today)
    return int(f"{last:%Y%m%d}") if last else 0


def _may_mean(query: Query, checked: CheckedQuery | None) -> bool:
    """Whether a similar name may be meant if nothing matches."""
    return not query.field and not (checked and checked.tests)


def _fitting(snapshot: Snapshot, checked: CheckedQuery) -> frozenset[str]:
    """The paths of the customers that match the expressions."""
    # Slow to load, and only expressions need it.
    from crmtext.figures.rules import NAMES

    values_of = NAMES.of(snapshot)
    return frozenset(
        one.path for one in snapshot.customers if all(test.matches(values_of(one)) for test in checked.tests)
    )


def _result(
    snapshot: Snapshot,
    ranked: Sequence[_Ranked],
    query: Query,
    limit: int | None,
    text: Callable[[_Ranked], bytes],
    masking: Masking | None,
) -> Result:
    """The result with the first of these customers, which the snapshot holds; `text` gives a record's text."""
    reader = Reader.of(snapshot)
    known = {customer.path: customer for customer in snapshot.customers}
    matches = []
    for one in ranked[:limit]:
        customer = known[one.path]
        mask = masking.record(customer.data) if masking else None
        hits = _hits(reader.entries(customer.data), text(one) if query.has_letters else b"", query, mask)
        matches.append(Match(customer, hits))
    return Result(snapshot, tuple(matches), len(ranked), masking=masking)


def _hits(entries: Sequence[Entry], whole: bytes, query: Query, mask: RecordMask | None) -> tuple[Hit, ...]:
    """The values that have a word, the best hits first; the whole text is needed for pinyin only."""
    scored: list[tuple[int, Entry]] = []
    numbers: Counter[str] = Counter()
    for entry in entries:
        if is_within(entry.path, query.field):
            scored.append((query.hit(texts.of_entry(entry, numbers[entry.path], whole)), entry))
        numbers[entry.path] += 1
    scored.sort(key=lambda pair: -pair[0])
    return tuple(
        Hit(mask.field_path(entry.path) if mask else entry.path, excerpt(entry, query, mask), score)
        for score, entry in scored
        if score
    )
