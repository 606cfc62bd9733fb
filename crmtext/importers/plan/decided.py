"""Decisions about a customer of the store: the edits, the differences, and the items that are gone from the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.importers.plan import talks
from crmtext.text.edit.operations import Append, Delete, Insert
from crmtext.text.pointer import parent, split

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmtext.text.edit.operations import Operation


class Difference(NamedTuple):
    """A field on which the store and the files disagree. None stands for a missing value."""

    #: Its path, such as `contacts[张三].title`.
    field: str
    pointer: str
    ours: Any
    theirs: Any
    base: Any
    #: The edits that take the files' side.
    operations: tuple[Operation, ...]
    #: How many newer imports the source has than the one that wrote the base; None without a base.
    age: int | None = None


class Gone(NamedTuple):
    """An item that an import of the source wrote, and that is missing in the files now."""

    field: str
    pointer: str


class Decided(NamedTuple):
    """The edits of a record, the differences to decide on, and the items that are gone from the source."""

    operations: tuple[Operation, ...] = ()
    differences: tuple[Difference, ...] = ()
    gone: tuple[Gone, ...] = ()
    #: Contacts of the store and of the file that are one person, with the names of both.
    same: tuple[tuple[str, str], ...] = ()
    #: Fields of which an earlier row of the customer has another value, which counts, with the number of that row.
    outvoted: tuple[tuple[str, int], ...] = ()
    #: Whether masked values were left out, because the record has the full ones.
    masked: bool = False


class Scope(NamedTuple):
    """The part of a customer that the files describe."""

    #: The lists that their columns fill.
    lists: Collection[str] = ()
    #: Whether the files have all values of the customer, and all could be read: only then a missing text is gone.
    whole: bool = True
    #: The lists of which a missing text isn't gone: the files may lack some of it.
    partly: Collection[str] = ()
    #: Whether an item is gone if the files lack it.
    complete: bool = False
    #: Whether only missing values are added: the files hold some rows of the customer that were rejected before.
    fills: bool = False
    #: Whether every other value is a conflict: further rows of the customer aren't in the files.
    asks: bool = False
    #: Whether what is gone from the source is deleted.
    deletes: bool = False


def ordered(operations: Iterable[Operation], data: Mapping[str, Any]) -> list[Operation]:
    """Return operations in an order in which none moves the place of another: what goes, goes last, from the end."""
    wanted, added = talks.by_date(operations, data)
    going = [one for one in wanted if isinstance(one, Delete)]
    assert len(going) == len({one.pointer for one in going})  # noqa: S101 - a second one deletes something else
    rest = [one for one in wanted if not isinstance(one, Delete)]
    growing = {one.pointer for one in (*rest, *added) if isinstance(one, Append | Insert)}
    whole = []
    for holder in {parent(one.pointer) for one in going} - growing - {""}:
        # A list or group of which nothing is left goes as a whole.
        have: Any = data
        for step in split(holder):
            have = have[int(step)] if isinstance(have, list) else have.get(step)
        set_there = any(one.pointer.startswith(f"{holder}/") for one in rest)
        if len(have) == sum(parent(one.pointer) == holder for one in going) and not set_there:
            whole.append(holder)
    going = [one for one in going if parent(one.pointer) not in whole]
    going += [Delete(holder) for holder in whole]
    gone = sorted(going, key=lambda one: [_step(step) for step in split(one.pointer)], reverse=True)
    return [*rest, *gone, *added]


def _step(step: str) -> tuple[int, str]:
    return (int(step), "") if step.isdecimal() else (-1, step)
