"""A record with its data from the index, whose text is read only when a position in it is needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.problem import Problem
from crmtext.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.index.changes import Bytes


class LazyDocument(Document):
    """A document without problems whose text is read on first use."""

    blob: str

    def __init__(
        self,
        path: str,
        text: str | Callable[[str], str],
        data: Any,
        problems: tuple[Problem, ...] = (),
        blob: str = "",
    ) -> None:
        # The class is frozen, and `dataclasses.replace` calls this with the fields of a document, text included.
        self.__dict__.update(path=path, data=data, problems=problems)
        #: Git's id of the bytes; empty if it isn't known.
        self.__dict__["blob"] = blob
        self.__dict__["text" if isinstance(text, str) else "_read"] = text

    @cached_property
    def text(self) -> str:
        """The content of the file."""
        read: Callable[[str], str] = self.__dict__["_read"]
        return read(self.path)


def reader(side: Bytes, content: Callable[[str], str] = lambda _path: "") -> Callable[[str], str]:
    """Return a function that reads the text of one record of a side; `content` gives the id of its bytes there."""

    def read(path: str) -> str:
        for _path, _name, raw in side.read([side.again(path, content(path))]):
            if not isinstance(raw, Problem):
                return raw.decode("utf-8", "replace")
        return ""

    return read
