"""Snapshots made from the index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, overload

from crmtext.checks.reference import MERGED
from crmtext.checks.related import FOLDED_ID, ID
from crmtext.index import spool, update
from crmtext.index.codec import decode
from crmtext.index.lazy_document import LazyDocument, reader
from crmtext.index.rows import empty_snapshot
from crmtext.model import Customer
from crmtext.query.find import dialled, near
from crmtext.snapshot import NEEDS, Outside
from crmtext.text.read.load import parse
from crmtext.values import phones
from crmtext.values.folding import plain, spellings
from crmtext.values.pinyin import latin, likely
from crmtext.values.uncollected import uncollected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from crmtext.index.changes import Side
    from crmtext.index.database import Found, Index
    from crmtext.index.key import StateKey
    from crmtext.snapshot import Snapshot

_TOGETHER = 500


def snapshot(index: Index, terms: StateKey, side: Side) -> Snapshot:
    """The records of a side."""
    again = [side.again(path, content) for _number, path, content in index.broken()]
    broken = tuple(parse(raw, path) for path, _name, raw in side.read(again))
    problems = tuple(decode(line)[0] for _number, _rule, line in index.problems("text"))
    return replace(empty_snapshot(terms), customers=_held(index, side, {}), broken=broken, problems=problems)


def listed(
    index: Index,
    terms: StateKey,
    side: Side,
    wanted: Mapping[str, tuple[str, ...]],
    paths: AbstractSet[str] | None = None,
) -> Snapshot:
    """The customers with these values, loaded one at a time if the disk has room; others are only counted.

    `paths` are the only records to list; None for all.
    """
    wanted = {name: _with_former(index, values) if name == "id" else values for name, values in wanted.items()}
    try:
        rows = (row for row in index.customers(wanted) if paths is None or row[1] in paths)
        customers = spool.customers(rows, reader(side))
    except OSError:
        customers = _held(index, side, wanted, paths)
    every, wrong = index.counts()
    elsewhere = Outside(checked=every - len(customers), left_out=wrong)
    return replace(empty_snapshot(terms), customers=customers, elsewhere=elsewhere)


def _with_former(index: Index, ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids, and those of the records that records with these ids were merged into."""
    merged = {number for id_ in ids for number in index.holders((MERGED, id_))}
    return (*ids, *(str(json.loads(index.data(number))["id"]) for number in merged))


class _Held(Sequence[Customer]):
    """Customers whose records were read, but are parsed only if one is needed."""

    def __init__(self, rows: Sequence[Found], read: Callable[[str], str]) -> None:
        self._rows: Sequence[Found] = rows
        self._count, self._read = len(rows), read

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Customer: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Customer]: ...
    def __getitem__(self, place: int | slice) -> Customer | Sequence[Customer]:
        return self._every[place]

    def __iter__(self) -> Iterator[Customer]:
        return iter(self._every)

    @cached_property
    def _every(self) -> tuple[Customer, ...]:
        rows, self._rows = self._rows, ()
        with uncollected():
            pairs = zip(rows, data_of(row[-1] for row in rows), strict=True)
            return tuple(Customer(LazyDocument(row[1], self._read, data, blob=row[2])) for row, data in pairs)


def _held(
    index: Index, side: Side, wanted: Mapping[str, tuple[str, ...]], paths: AbstractSet[str] | None = None
) -> Sequence[Customer]:
    rows = sorted(row for row in index.customers(wanted) if paths is None or row[1] in paths)
    return _Held(rows, reader(side))


def named(index: Index, terms: StateKey, side: Side, typed: str) -> Snapshot:
    """The customers whose id or name contains the typed text, those that they refer to, and all invalid records."""
    numbers = {*index.holding(FOLDED_ID, plain(typed))}
    numbers.update(number for form in {typed.strip(), plain(typed).upper()} for number in index.holders((MERGED, form)))
    numbers.update(number for spelling in spellings(typed) for number in index.holding("called", spelling))
    return _beside(index, terms, side, numbers)


def searched(index: Index, terms: StateKey, side: Side, typed: str) -> Snapshot:
    """The same if no id or name matches: customers found by contact, e-mail, phone or pinyin, or by a similar name."""
    names_of_customers, people = (tuple(index.every(kind)) for kind in ("called", "contact"))
    names, contacts = (frozenset(name for name, _number in pairs) for pairs in (names_of_customers, people))
    wanted = {*likely(names | contacts, latin(typed)), *near(typed, names)}
    # A contact matches by the name, or by one word of it.
    wanted.update(name for name in contacts if any(spelling in name for spelling in spellings(typed)))
    numbers = {number for name, number in (*names_of_customers, *people) if name in wanted}
    if "@" in (address := plain(typed)):
        numbers.update(number for email, number in index.every("emails") if email.casefold() == address)
    if digits := dialled(typed):
        numbers.update(number for phone, number in index.every("phones") if phones.ends_with(phone, digits))
    return _beside(index, terms, side, numbers)


def _beside(index: Index, terms: StateKey, side: Side, numbers: set[int]) -> Snapshot:
    needs = (fact for number in numbers for fact in index.traits(number).to(NEEDS))
    beside = {number for fact in needs if fact[0] == ID for number in index.holders(fact)}
    beside.update(number for number, _path, _content in index.broken())
    return update.part(index, terms, side, (), numbers | beside)


def data_of(lines: Iterable[bytes]) -> Iterator[dict[str, object]]:
    """The data of records, parsed many at a time, so that they share one copy of each key."""
    rows = iter(lines)
    while some := tuple(islice(rows, _TOGETHER)):
        yield from json.loads(b"[%b]" % b",".join(some))
