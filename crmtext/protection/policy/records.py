"""Records as the policy compares them: their ids, and their data if it can be read without doubt."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.problem import Severity
from crmtext.sources import misnamed
from crmtext.text.document import Document
from crmtext.text.read.load import peek
from crmtext.text.secret_numbers import RULES as NUMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.protection.policy.files import File

#: How many records are kept: a push often changes the same ones again.
_MOST = 2_000


class Record(NamedTuple):
    """A record of one state. If its data can't be read without doubt, `data` is None and `id` is empty."""

    #: In the repository.
    path: str
    id: str
    data: Mapping[str, Any] | None
    document: Document


class Records:
    """Reads the records of a store, each version once."""

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        self._kept: OrderedDict[tuple[str, str, str], Record] = OrderedDict()

    def record(self, path: str, file: File) -> Record:
        """The record in a file."""
        key = path, file.mode, file.blob
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        record = self._kept[key] = self._read(path, file)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return record

    def _read(self, path: str, file: File) -> Record:
        inside = path.removeprefix(self._folder)
        if not file.regular or isinstance(file.content, int) or misnamed(inside):
            return Record(path, "", None, Document(inside, "", None))
        document = peek(file.content, inside)
        data, id_ = document.data, document.data.get("id") if isinstance(document.data, dict) else None
        if not isinstance(data, dict) or not isinstance(id_, str) or _is_doubtful(document):
            return Record(path, "", None, document)
        return Record(path, id_, data, document)


def _is_doubtful(document: Document) -> bool:
    """Whether another program may read other data, as with a field that is there twice.

    Numbers that must not be stored are an error as well, but leave no doubt about the data.
    """
    return any(problem.severity is Severity.ERROR and problem.rule not in NUMBERS for problem in document.problems)
