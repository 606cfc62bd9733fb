"""Rows of the files that are one customer of the store: their order, and what each of them wrote before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.joining.ids import comparable
from crmtext.importers.plan.base import Base, Writer
from crmtext.text.edit.operations import Delete, Set
from crmtext.text.pointer import escape
from crmtext.values.external_ids import FIELD, ids_of
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crmtext.importers.incoming import Incoming
    from crmtext.importers.plan.base import Side
    from crmtext.model import Customer
    from crmtext.text.edit.operations import Operation


class Rows(NamedTuple):
    """A customer of the store, and what the files have of it: once for each of its rows in the source."""

    known: Customer
    #: In an order that doesn't depend on that of the files: the customer's first id comes first.
    incoming: tuple[Incoming, ...]
    #: The ids in the source of rows that these files don't have.
    missing: tuple[str, ...]

    @property
    def are_several(self) -> bool:
        """Whether the source has, or had, the customer more than once."""
        return len(self.incoming) + len(self.missing) > 1 or bool(self.known.data.get("merged_from"))

    def whole(self) -> Incoming:
        """Return the rows as one, for reports."""
        first = min(self.incoming, key=lambda one: one.rows[0])
        if len(self.incoming) == 1:
            return first
        rows = sorted(at for one in self.incoming for at in one.rows)
        defaults = frozenset().union(*(one.defaults for one in self.incoming))
        return replace(first, rows=rows, defaults=defaults)

    def bases(self, written: Sequence[Written]) -> list[Base]:
        """Return what each of the rows wrote before, of what imports wrote."""
        if not self.are_several:
            return [Base(one.side for one in written)]
        names, data = [_names(one) for one in self.incoming], [one.data for one in self.incoming]
        bases = []
        for at, mine in enumerate(names):
            rest = frozenset().union(*names[:at], *names[at + 1 :])
            renamed = not any(one.is_by(mine) for one in written)
            bases.append(Base((one.by(mine, rest, renamed=renamed) for one in written), data[:at], data[at + 1 :]))
        return bases

    def gone(self, written: Sequence[Written]) -> Iterator[tuple[str, Base]]:
        """Yield the ids of rows that the files lack and that imports wrote, with what those rows wrote."""
        rows = frozenset().union(*(one.rows for one in written))
        for id_ in self.missing:
            mine = frozenset({comparable(id_)})
            if mine <= rows:
                yield id_, Base((one.by(mine, rows - mine) for one in written), (one.data for one in self.incoming))


def former(known: Customer) -> tuple[str, ...]:
    """Return the ids of a customer, now and before others were merged into it."""
    return (known.id, *map(str, known.data.get("merged_from", ())))


def rows_of(matched: Iterable[tuple[Incoming, Customer]], sources: Collection[str]) -> list[Rows]:
    """Return the customers of the store with their rows, in the order in which the files have them first."""
    by_id: dict[str, tuple[Customer, list[Incoming]]] = {}
    for one, known in matched:
        by_id.setdefault(known.id, (known, []))[1].append(one)
    return [_ordered(known, every, sources) for known, every in by_id.values()]


def without_id(data: Mapping[str, Any], id_: str, sources: Iterable[str]) -> Iterator[Operation]:
    """Yield the edits that take an id of the source away."""
    systems = data.get(FIELD) or {}
    for source in sources:
        have = ids_of(systems.get(source))
        left = [one for one in have if comparable(one) != comparable(id_)]
        if left != have:
            pointer = f"/{FIELD}/{escape(source)}"
            yield Set(pointer, left if len(left) > 1 else left[0]) if left else Delete(pointer)


def _ordered(known: Customer, every: list[Incoming], sources: Collection[str]) -> Rows:
    ids = [id_ for source in sources for id_ in ids_of((known.data.get(FIELD) or {}).get(source))]
    forms = {form: at for at, form in reversed([*enumerate(map(comparable, ids))])}
    name = folded(known.name)

    def place(one: Incoming) -> tuple[Any, ...]:
        at = min((forms[form] for form in _names(one) if form in forms), default=len(ids))
        own = str(one.data.get("name", ""))
        return at, folded(own) != name, one.source_id, own, one.rows[0]

    if len(every) > 1:
        every.sort(key=place)
    here = frozenset().union(*map(_names, every)) if len(ids) > 1 else frozenset()
    missing = (id_ for id_ in ids if len(ids) > 1 and comparable(id_) not in here)
    return Rows(known, tuple(every), tuple(missing))


def _names(one: Incoming) -> frozenset[str]:
    """By what a row is known in what imports wrote: its ids and its name."""
    ids = {comparable(id_) for id_ in (one.source_id, *(value for by, value in one.of if by == "id")) if id_}
    return frozenset({*ids, name_of(one.data), *([one.own_id] if one.own_id else [])})


def name_of(data: Any) -> str:
    """Return a name by which a row without an id is known."""
    return f"={folded(str(data.get('name', '')))}"


class Written(NamedTuple):
    """A side of a record, with the rows that may have written it."""

    side: Side
    #: The record that it wrote.
    id: str
    #: The ids that the record had then, else its name, with those of records that had been merged into it.
    rows: frozenset[str]
    #: Whether that record was merged into this one.
    merged: bool

    @classmethod
    def of(cls, side: Side, id_: str, sources: Iterable[str], others: Collection[str], *, merged: bool) -> Written:
        """Return a side with the rows that may have written it; `others` are the names of merged records."""
        data = side.after or side.before
        ids = {comparable(foreign) for source in sources for foreign in ids_of((data.get(FIELD) or {}).get(source))}
        names = (name_of({"name": name}) for name in data.get("aliases", ()) if others)
        return cls(side, id_, frozenset(ids or {name_of(data), *(name for name in names if name in others)}), merged)

    def is_by(self, names: frozenset[str]) -> bool:
        """Whether a row that is known by these may have written it."""
        return self.id in names or not self.rows.isdisjoint(names)

    def by(self, mine: frozenset[str], rest: frozenset[str], *, renamed: bool = False) -> Side:
        """Return the side as one of the rows of the files sees it; `rest` are the other ones.

        A row that was renamed in the source wrote what no other row did.
        """
        is_mine, is_theirs = self.is_by(mine), self.is_by(rest)
        lacking = self.id not in mine | rest and not self.rows <= mine | rest
        if renamed and not (self.merged or is_mine or is_theirs) and all(row[:1] == "=" for row in self.rows):
            is_mine, lacking = True, False
        if is_mine:
            writer = Writer.PARTLY if lacking else Writer.SHARED if is_theirs else Writer.MINE
        else:
            writer = Writer.OTHER if is_theirs else Writer.GONE
        return self.side._replace(writer=writer)
