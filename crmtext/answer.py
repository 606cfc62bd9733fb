"""The results of commands: four shapes, which one renderer prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from crmtext.problem import Problem

Json = Mapping[str, Any]


class LazyList(Sequence[Any]):
    """A long list whose items are built on access and not kept."""

    def __init__(self, items: Sequence[Any], make: Callable[[Any], Any]) -> None:
        self._items = items
        self._make = make

    def __getitem__(self, at: Any) -> Any:
        return LazyList(self._items[at], self._make) if isinstance(at, slice) else self._make(self._items[at])

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class PartlySerialised(dict[str, Any]):
    """An object of a JSON document whose first part is already serialised."""

    def __init__(self, first: Mapping[str, Any], line: str, rest: Mapping[str, Any]) -> None:
        super().__init__(first)
        self.update(rest)
        #: The JSON text up to the rest; empty if everything must be serialised.
        self.line = f"{line[:-1]}, " if line and first and rest and first.keys().isdisjoint(rest) else ""
        self.rest = rest


class CommitProblems(NamedTuple):
    """A commit that introduced problems, with its author."""

    commit: str
    author: str
    day: date
    subject: str


class Problems(NamedTuple):
    """The result of a check: the side read (`worktree`, `index` or a commit), the number of records, the problems."""

    read: str
    checked: int
    problems: tuple[Problem, ...]
    #: How many warnings are ignored by comments in the records.
    ignored: int = 0
    #: How many commits were checked one by one, and which of them introduced the problems.
    commits: int = 0
    culprits: tuple[CommitProblems, ...] = ()


class Column(NamedTuple):
    """A column of a table; `fixed` cells (ids, dates) are never wrapped, `right` ones are numbers."""

    name: str
    label: str
    fixed: bool = False
    right: bool = False


class Table(NamedTuple):
    """Rows for people, with the command's JSON document."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    document: Json = MappingProxyType({})
    #: A note for stderr, such as the number of records left out.
    note: str = ""


class Text(NamedTuple):
    """Text for people, with the command's JSON document if it has one."""

    text: str
    document: Json = MappingProxyType({})
    note: str = ""
    #: Whether to start with a byte order mark, by which spreadsheets detect UTF-8; never on a terminal.
    marked: bool = False


class Change(NamedTuple):
    """The result of a writing command; with `--dry-run`, its diff."""

    #: Pairs of id and path.
    changed: Sequence[tuple[str, str]]
    summary: str
    diff: str = ""
    commit: str | None = None
    problems: tuple[Problem, ...] = ()
    #: More of the command's JSON document.
    document: Json = MappingProxyType({})


Answer = Problems | Table | Text | Change
