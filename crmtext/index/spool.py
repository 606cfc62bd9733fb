"""The customers of a list, loaded one at a time from a temporary file."""

from __future__ import annotations

import json
import weakref
from functools import cached_property
from sys import intern
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from crmtext.answer import LazyList
from crmtext.index.lazy_document import LazyDocument
from crmtext.model import Customer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmtext.index.database import Found

#: Id, path, owner, status, type and priority of a record, and where its data begin and end.
_Entry = tuple[str, str, str, str, str, str, int, int]


class _Filed(LazyDocument):
    """A record that is loaded on first use."""

    def __init__(self, path: str, text: Callable[[str], str], line: Callable[[], str]) -> None:
        super().__init__(path, text, None)
        del self.__dict__["data"]
        self.__dict__["_line"] = line

    @cached_property
    def line(self) -> str:
        """The data as one line of JSON."""
        line: str = self.__dict__["_line"]()
        return line

    @cached_property
    def data(self) -> Any:
        """The record as JSON-shaped data."""
        return json.loads(self.line)


class _Listed(Customer):
    """A customer with some fields that need no loading of the record."""

    id = owner = status = type = priority = ""

    def __init__(self, document: _Filed, about: tuple[str, ...]) -> None:
        names = ("id", "owner", "status", "type", "priority")
        self.__dict__.update(zip(names, about, strict=True), document=document)


class _Spool:
    """An anonymous file that is closed with this object, so that the index is not locked meanwhile."""

    def __init__(self, rows: Iterable[Found], text: Callable[[str], str]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - open as long as this object is
        weakref.finalize(self, self._file.close)
        self._text = text
        self.entries: list[_Entry] = []
        begin = 0
        for id_, path, _content, owner, status, type_, priority, line in rows:
            end = begin + self._file.write(line)
            about = intern(owner), intern(status), intern(type_), intern(priority)
            self.entries.append((id_, path, *about, begin, end))
            begin = end
        self.entries.sort()

    def customer(self, entry: _Entry) -> Customer:
        """The customer of an entry."""
        id_, path, *about, begin, end = entry
        return _Listed(_Filed(path, self._text, lambda: self._line(begin, end)), (id_, *about))

    def _line(self, begin: int, end: int) -> str:
        self._file.seek(begin)
        return self._file.read(end - begin).decode()


def customers(rows: Iterable[Found], text: Callable[[str], str]) -> Sequence[Customer]:
    """The customers of rows of the index, sorted by id and path; `text` reads the text of a record.

    Raises OSError if no temporary file can be written.
    """
    spool = _Spool(rows, text)
    return LazyList(spool.entries, spool.customer)
