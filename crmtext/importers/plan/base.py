"""The values that imports of a source wrote to a place of a record, as one row of the files sees it."""

from __future__ import annotations

from collections import defaultdict, deque
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.plan.items import content, equal, places, plain, same_people, twins

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from crmtext.importers.plan.items import Keys


class Writer(Enum):
    """The rows that wrote a side: an import with several rows of a customer doesn't say which of them wrote what."""

    #: This row alone.
    MINE = auto()
    #: This row and others of these files.
    SHARED = auto()
    #: This row and others that these files don't have.
    PARTLY = auto()
    #: Rows that these files don't have.
    GONE = auto()
    #: Other rows of these files.
    OTHER = auto()


#: Sides that this row may have written.
_OWN = frozenset({Writer.MINE, Writer.SHARED, Writer.PARTLY})
#: Sides that rows may have written that these files don't have.
_LEFT = frozenset({Writer.PARTLY, Writer.GONE})


class Side(NamedTuple):
    """A place before and after an import."""

    before: Any
    after: Any
    #: How many newer imports the source has.
    age: int = 0
    writer: Writer = Writer.MINE

    @property
    def wrote(self) -> bool:
        """Whether the import changed the place."""
        return bool(self.before != self.after)


class Last(NamedTuple):
    """The value that an import wrote; None if it took it away."""

    value: Any
    #: How many newer imports the source has.
    age: int = 0


class Base:
    """A place of a record before and after each import of a source that changed the record, the newest first.

    A customer may have several rows: what the others say of the place tells whose value an import wrote.
    """

    __slots__ = ("earlier", "later", "sides")

    def __init__(self, sides: Iterable[Side] = (), earlier: Iterable[Any] = (), later: Iterable[Any] = ()) -> None:
        self.sides = tuple(sides)
        #: The values of the customer's other rows, None for none: the value of an earlier row comes first.
        self.earlier, self.later = tuple(earlier), tuple(later)

    @property
    def others(self) -> Iterator[Any]:
        """The values of the customer's other rows."""
        return (value for value in (*self.earlier, *self.later) if value is not None)

    def child(self, key: str) -> Base:
        """Return the base of a key."""
        if not (self.sides or self.earlier or self.later):
            return self
        return Base(
            (side._replace(before=_value(side.before, key), after=_value(side.after, key)) for side in self.sides),
            (_value(one, key) for one in self.earlier),
            (_value(one, key) for one in self.later),
        )

    def items(self, items: Sequence[Any], keys: Keys) -> list[Base]:
        """Return the bases of items of a list."""
        sides: list[list[Side]] = [[] for _item in items]
        for side in self.sides:
            before, after = (_placed(one, items, keys) for one in (side.before, side.after))
            for number in {*before, *after}:
                sides[number].append(side._replace(before=before.get(number), after=after.get(number)))
        earlier, later = ([_placed(one, items, keys) for one in some] for some in (self.earlier, self.later))
        return [
            Base(mine, (one.get(number) for one in earlier), (one.get(number) for one in later))
            for number, mine in enumerate(sides)
        ]

    def places(self, have: Sequence[Any], new: Sequence[Any], keys: Keys) -> dict[int, int]:
        """Return the numbers of a list's items that are the same things, by the numbers of the new ones.

        Of several with one key, those are the same of which the source wrote before what it says now.
        """
        known: dict[int, int] = {}
        if self.sides and (coming := twins(new, keys)):
            left = twins(have, keys)
            written = [its.written() for its in self.items([have[at] for at in left], keys)]
            same: defaultdict[Any, deque[int]] = defaultdict(deque)
            for at, item in zip(left, written, strict=True):
                same[content(item) if isinstance(item, dict) else None].append(at)
            known = {number: same[what].popleft() for number in coming if same.get(what := content(new[number]))}
        return places(have, new, keys, known)

    def last(self, theirs: Any = None) -> Last | None:
        """Return what this row, which has a value now, said here last; None if no import wrote here.

        A value that another row has now was written by that one; this row may have written any other.
        """
        shared: Last | None = None
        left: Last | None = None
        for side in self.sides:
            if not side.wrote or side.writer is Writer.OTHER:
                continue
            last, is_same = Last(side.after, side.age), equal(side.after, theirs)
            if side.writer is Writer.MINE:
                # The row is back at its value, unless another row has moved on.
                return shared if shared and not (is_same and self._moved()) else last
            if side.writer in _LEFT:
                left = left or last
            if side.writer in _OWN and is_same:
                return last
            if side.writer is Writer.SHARED and not any(equal(side.after, other) for other in self.others):
                shared = shared or last
        return shared or left

    def _moved(self) -> bool:
        """Whether another row has a value that no import wrote."""
        return any(not any(equal(other, value) for value in self.every()) for other in self.others)

    def written(self, theirs: Any = None) -> Any:
        """Return what this row said here last: of a map, only what imports wrote of it."""
        if not any(isinstance(side.after, dict) for side in self.sides):
            last = self.last(theirs)
            return last.value if last else None
        keys = dict.fromkeys(key for side in self.sides if isinstance(side.after, dict) for key in side.after)
        values = {key: self.child(key).written(_value(theirs, key)) for key in keys}
        return {key: value for key, value in values.items() if value is not None}

    @property
    def is_own(self) -> bool:
        """Whether this row may have written here."""
        return any(side.wrote and side.writer in _OWN for side in self.sides)

    def has(self, text: Any) -> bool:
        """Whether this row wrote a text of a list, and didn't take it away since."""
        return bool(self._has(text, _OWN))

    def had(self, text: Any) -> bool:
        """Whether the source wrote a text of a list before: this row, or another row that has it, too."""
        return self.has(text) or bool(self._has(text, {Writer.OTHER}) and self._is_others(text))

    def lost(self, text: Any) -> bool:
        """Whether this row wrote a text of a list, and no other row has it or had it when it was last in the files."""
        if not self._has(text, _OWN) or self._has(text, _LEFT):
            return False
        return not self._is_others(text)

    def _is_others(self, text: Any) -> bool:
        return any(plain(text) in map(plain, other) for other in self.others if isinstance(other, list))

    def _has(self, text: Any, writers: Collection[Writer]) -> bool | None:
        wanted = plain(text)
        for side in self.sides:
            if side.writer in writers:
                was, is_ = (wanted in map(plain, _texts(one)) for one in (side.before, side.after))
                if was != is_:
                    return is_
        return None

    def every(self) -> Iterator[Any]:
        """Yield the values that imports left here."""
        return (side.after for side in self.sides if side.wrote)


class Probe(Base):
    """A base that isn't read yet: it knows nothing, and notes whether anything asks for it."""

    __slots__ = ("asked",)

    def __init__(self) -> None:
        super().__init__()
        self.asked = False

    def child(self, _key: str) -> Base:
        """Return itself."""
        return self

    def items(self, items: Sequence[Any], _keys: Keys) -> list[Base]:
        """Return itself for each item."""
        return [self for _item in items]

    def last(self, _theirs: Any = None) -> Last | None:
        """Return nothing, and note it."""
        self.asked = True
        return None

    @property
    def is_own(self) -> bool:
        """Return nothing, and note it."""
        self.asked = True
        return False

    def _has(self, _text: Any, _writers: Collection[Writer]) -> bool | None:
        self.asked = True
        return None

    def every(self) -> Iterator[Any]:
        """Yield nothing, and note it."""
        self.asked = True
        yield from ()


def _value(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _placed(side: Any, items: Sequence[Any], keys: Keys) -> dict[int, Any]:
    """The items of one side by the numbers of those that they are."""
    have = [one for one in side if one] if isinstance(side, list) else []
    known = places(have, items, keys) if have else {}
    if have and [*map(tuple, keys)] == [("name",)]:
        # People also without words in brackets after a name.
        known |= same_people(have, items, known)
    return {number: have[at] for number, at in known.items()}
