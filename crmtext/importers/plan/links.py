"""What connects a record with others, without the rest of it: ids, the name, references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.text.document import Document
from crmtext.text.read.load import parse_text
from crmtext.values.external_ids import FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.schema import Schema


class Link(Document):
    """A record with the data that connects it with others; its text is read when a place in it is needed."""

    def __init__(self, record: Document, data: Mapping[str, Any]) -> None:
        # The class is frozen.
        self.__dict__.update(path=record.path, data=data, problems=(), _record=record)

    @property
    def text(self) -> str:
        """The content of the file."""
        record: Document = self.__dict__["_record"]
        return record.text


class FiledDocument(Document):
    """A right record whose text lies in a temporary file, and whose data is read again for each use.

    Text and data of a large import take several times the memory of everything else, and nearly all of its records are
    written as they are, without another look at their data.
    """

    def __init__(self, record: Document, text: Callable[[], str], link: Mapping[str, Any]) -> None:
        # The class is frozen.
        self.__dict__.update(path=record.path, problems=record.problems, _text=text, link=link)

    @property
    def text(self) -> str:
        """The content of the file."""
        text: str = self.__dict__["_text"]()
        return text

    @property
    def data(self) -> Any:
        """The record as JSON-shaped data."""
        return parse_text(self.text, self.path).data


class Linking:
    """Takes from records what the checks between records read, by one schema."""

    def __init__(self, schema: Schema) -> None:
        tops = (field.path.partition(".")[0].removesuffix("[]") for field in schema.marked("x-reference"))
        self._kept = frozenset({"id", "name", FIELD, *tops})

    def part(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return ids, name and references of a record; of other lists the external ids of their items."""
        part = {key: data[key] for key in data.keys() & self._kept}
        for key, items in data.items():
            if isinstance(items, list) and key not in part and any(map(_has_ids, items)):
                part[key] = [{FIELD: item[FIELD]} if _has_ids(item) else {} for item in items]
        return part

    def link(self, record: Document) -> Link:
        """Return the link of a record."""
        return Link(record, record.__dict__["link"] if isinstance(record, FiledDocument) else self.part(record.data))


def _has_ids(item: Any) -> bool:
    return isinstance(item, dict) and FIELD in item
