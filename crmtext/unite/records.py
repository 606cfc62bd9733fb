"""The records of a store as they are while customers are merged, one pair after the other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.record.change.draft import Draft
from crmtext.record.change.references import Referring, pointers_to
from crmtext.snapshot import claimed_id

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.operations import Operation


class Records:
    """The records by path and by id, with the changes that are decided but not yet written."""

    def __init__(self, store: Store, snapshot: Snapshot) -> None:
        self.store, self.schema = store, store.schema
        documents = (*(customer.document for customer in snapshot.customers), *snapshot.broken)
        self._before = {document.path: document for document in documents}
        self._now: dict[str, Document | None] = {}
        self._operations: defaultdict[str, list[Operation]] = defaultdict(list)
        self._by_id: defaultdict[str, list[str]] = defaultdict(list)
        self._former: dict[str, str] = {}
        #: The paths of the records that refer to an id.
        self._referring: defaultdict[str, list[str]] = defaultdict(list)
        fields = [field.path for field in self.schema.marked("x-reference")]
        for document in documents:
            self._by_id[claimed_id(document)].append(document.path)
            for path in fields:
                for _pointer, id_ in self.schema.values(document.data, path):
                    self._referring[str(id_)].append(document.path)
        for customer in snapshot.customers:
            for id_ in customer.data.get("merged_from", ()):
                self._former.setdefault(str(id_), customer.path)

    def now(self, path: str) -> Document | None:
        """Return a record with the changes so far; None if it is gone."""
        return self._now[path] if path in self._now else self._before.get(path)

    def before(self, path: str) -> Document:
        """Return a record as it is in the store."""
        return self._before[path]

    def paths(self, id_: str) -> list[str]:
        """Return the paths of the records with this id: one, or none; several if the id is used twice."""
        return self._by_id.get(id_, [])

    def customer(self, id_: str) -> str | None:
        """Return the path of the customer with this id, now or before a merge; None if there is none."""
        return next(iter(self.paths(id_)), self._former.get(id_))

    def referring(self, ids: Iterable[str], apart: Container[str]) -> Iterator[Referring]:
        """Yield the records that refer to one of the ids, by path, without those at the paths `apart`."""
        wanted = frozenset(ids)
        for path in sorted({path for id_ in wanted for path in self._referring.get(id_, ())}):
            document = None if path in apart else self.now(path)
            if document and (pointers := pointers_to(document, wanted, self.schema)):
                yield Referring(document, pointers)

    def add(self, drafts: Iterable[Draft]) -> None:
        """Take over these changes."""
        for draft in drafts:
            self._now[draft.path] = draft.after
            self._operations[draft.path] += draft.operations
            if draft.after:
                for field in self.schema.marked("x-reference"):
                    for _pointer, id_ in self.schema.values(draft.after.data, field.path):
                        self._referring[str(id_)].append(draft.path)

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All changes so far, one for each record."""
        return tuple(
            Draft(self._before[path], after, tuple(self._operations[path]) if after else ())
            for path, after in self._now.items()
        )
