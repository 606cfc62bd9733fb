"""The records of new customers, checked one by one; only their text is kept."""

from __future__ import annotations

import weakref
from functools import partial
from itertools import islice
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from crmtext.checks import ordered, rule_filter, run_checks
from crmtext.checks.scope import Scope, with_errors
from crmtext.importers.joining.ids import derived_ids
from crmtext.importers.plan.links import FiledDocument, Linking
from crmtext.layout import RECORDS
from crmtext.model import Customer
from crmtext.problem import CrmError, Severity
from crmtext.record import ids
from crmtext.record.change.draft import errors
from crmtext.snapshot import Snapshot
from crmtext.text.document import Document
from crmtext.text.edit.canonical import fresh
from crmtext.text.read.load import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.importers.incoming import Incoming
    from crmtext.problem import Problem
    from crmtext.store import Store

#: How many records are checked at a time: enough to share what a check prepares, few enough for the memory.
_BATCH = 500


class _Texts:
    """Texts in an anonymous file that is closed with this object."""

    def __init__(self, linking: Linking) -> None:
        self._linking = linking
        self._file = TemporaryFile()  # noqa: SIM115 - open as long as this object is
        weakref.finalize(self, self._file.close)
        self._end = 0

    def filed(self, record: Document) -> FiledDocument:
        """The record with its text in the file."""
        start = self._end
        length = self._file.write(record.text.encode())
        self._end += length
        return FiledDocument(record, partial(self._read, start, length), self._linking.part(record.data))

    def _read(self, start: int, length: int) -> str:
        self._file.seek(start)
        text = self._file.read(length).decode()
        self._file.seek(self._end)
        return text


def new_records(
    store: Store, snapshot: Snapshot, source: str, new: Sequence[Incoming]
) -> Iterator[tuple[Incoming, Document | Problem]]:
    """Yield each new customer with its record, or with what is wrong with it. The customer's own data is dropped."""
    taken = ids.known(snapshot)
    wanted = [customer for customer in new if not (customer.own_id and customer.own_id not in taken)]
    derived = dict(zip(map(id, wanted), derived_ids(source, wanted, taken), strict=True))
    # Few records are kept as they are: what changes few of them looks at their data again and again.
    texts = _Texts(Linking(store.schema)) if len(new) > _BATCH else None
    waiting = iter(new)
    while batch := [*islice(waiting, _BATCH)]:
        records = [_record(store, customer, derived.get(id(customer)) or customer.own_id) for customer in batch]
        wrong = _wrong(store, snapshot, [record for record in records if isinstance(record, Document)])
        for customer, record in zip(batch, records, strict=True):
            customer.data = {}
            if isinstance(record, Document):
                yield customer, wrong.get(record.path) or (texts.filed(record) if texts else record)
            else:
                yield customer, record


def _record(store: Store, customer: Incoming, id_: str) -> Document | Problem:
    data = {"id": id_, **customer.data}
    path = f"{RECORDS}/{ids.file_name(id_, ids.slug_of(data))}"
    try:
        text = fresh(data, dates=store.schema.dates)
    except CrmError as error:
        return error.problem
    # As every text that is written: what must not be stored is seen in any field.
    return written(text, path, data)


def _wrong(store: Store, snapshot: Snapshot, records: Sequence[Document]) -> dict[str, Problem]:
    """The first error of each record that has one, by its path."""
    wrong: dict[str, Problem] = {}
    right = []
    for record in records:
        if not record.problems and store.schema.validator.valid(record.data):
            right.append(record)
        elif faults := errors(record, store.schema):
            wrong[record.path] = faults[0]
        else:
            right.append(record)
    alone = Snapshot(
        "worktree", snapshot.schema, snapshot.settings, snapshot.today, [Customer(record) for record in right], (), ()
    )
    counts = rule_filter(store.settings)
    for problem in ordered(run_checks(alone, with_errors(Scope.RECORD))):
        if problem.severity is Severity.ERROR and counts(problem.rule):
            wrong.setdefault(problem.place.path, problem)
    return wrong
