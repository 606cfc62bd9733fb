"""The versions of records in several commits, each read once."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from crmtext.git.reading import blob_id, blobs_within
from crmtext.i18n import N_
from crmtext.index import lookup, past
from crmtext.index.lazy_document import LazyDocument
from crmtext.model import Customer
from crmtext.problem import Severity
from crmtext.text.read.load import parse
from crmtext.text.size import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document

#: The kind of the kept values: the data of a version as JSON, empty if its text has errors.
_KIND = "record"


def facts(store: Store, kind: str, blobs: Iterable[str], make: Callable[[Any], Any]) -> dict[str, Any]:
    """Return what `make` returns for the data of records with these bytes, None if the text has errors; it is kept."""
    repo, wanted = store.git(), tuple(dict.fromkeys(blobs))
    known = past.kept(store, kind, wanted)
    values = {blob: json.loads(line) if line else None for blob, line in known.items()}
    unread = [blob for blob in wanted if blob not in known]
    contents = zip(unread, blobs_within(repo, unread, MAX_BYTES), strict=True)
    for blob, content in store.watch(contents, N_("records read"), len(unread)) if unread else ():
        data = None if isinstance(content, int) else _data(parse(content))
        values[blob] = None if data is None else make(data)
    past.keep(store, kind, {blob: _line(values[blob]) for blob in unread})
    return values


class Versions:
    """Versions of records by git's id of their bytes; those of the present snapshot are known."""

    def __init__(self, store: Store, present: Snapshot | None = None) -> None:
        self._store = store
        self._repo = store.git()
        customers = {} if present is None else _by_blob(present, self._repo.object_format)
        if not customers:
            present = lookup.snapshot(store, make=False)
            customers = _by_blob(present, self._repo.object_format)
        self._customers = customers
        #: None if the text has errors.
        self._data: dict[str, Any] = {blob: customer.data for (_path, blob), customer in customers.items()}
        self._valid = {(present.schema.digest, blob): True for blob in self._data} if present else {}

    def learn(self, blobs: Iterable[str]) -> None:
        """Read the versions that aren't known yet."""
        wanted = [blob for blob in dict.fromkeys(blobs) if blob not in self._data]
        self._data |= facts(self._store, _KIND, wanted, lambda data: data)

    @property
    def known(self) -> Mapping[str, Any]:
        """The data of the versions read so far, None if the text has errors."""
        return self._data

    def customer(self, path: str, blob: str, schema: Schema) -> Customer | None:
        """The customer of a file with these bytes; None if the record is invalid."""
        data, key = self._data[blob], (schema.digest, blob)
        if key not in self._valid:
            self._valid[key] = data is not None and schema.validator.valid(data)
        if not self._valid[key]:
            return None
        if (path, blob) not in self._customers:
            document = LazyDocument(path, partial(self._text, blob), data, blob=blob)
            self._customers[path, blob] = Customer(document)
        return self._customers[path, blob]

    def _text(self, blob: str, _path: str) -> str:
        content = next(blobs_within(self._repo, (blob,), MAX_BYTES))
        return "" if isinstance(content, int) else content.decode("utf-8", "replace")


def _by_blob(snapshot: Snapshot, object_format: str) -> dict[tuple[str, str], Customer]:
    """The customers by path and blob, as far as the blobs are known."""
    pairs = ((_blob(customer.document, object_format), customer) for customer in snapshot.customers)
    return {(customer.path, blob): customer for blob, customer in pairs if blob}


def _blob(document: Document, object_format: str) -> str:
    if isinstance(document, LazyDocument):
        return document.blob
    return blob_id(document.text.encode(), object_format)


def _data(document: Document) -> Any:
    return None if any(problem.severity is Severity.ERROR for problem in document.problems) else document.data


def _line(data: Any) -> bytes:
    return b"" if data is None else json.dumps(data, ensure_ascii=False).encode()
