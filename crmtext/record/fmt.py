"""Put records into canonical form, or report which are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Problems
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Place, Problem, Severity
from crmtext.record.change.draft import Draft
from crmtext.record.change.write import WriteOptions, write, writing
from crmtext.text.edit import canonical
from crmtext.text.read.load import parse_text
from crmtext.validation.check import covered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.answer import Change
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document

RULE = "canonical-form"


def form(text: str, schema: Schema) -> str:
    """Return a record's text in canonical form, keys in the schema's order. Raises CrmError if that is not safe."""
    fields = (schema.root, *schema.by_path.values())
    order = {field.path: tuple(child.key for child in field.children) for field in fields if field.children}
    return canonical.canonical(text, order, dates=schema.dates)


def check(snapshot: Snapshot, paths: Sequence[str]) -> Problems:
    """Return a warning for each record that is not in canonical form."""
    documents = _documents(snapshot, paths)
    return Problems(snapshot.read, len(documents), tuple(_warnings(documents, snapshot.schema)))


def run(store: Store, paths: Sequence[str], how: WriteOptions) -> Change:
    """Put records into canonical form; those that cannot be are left as they are, with a warning."""
    with writing(store, how):
        snapshot = store.worktree()
        results = [(document, _canonical(document, snapshot.schema)) for document in _documents(snapshot, paths)]
        drafts = [Draft(document, parse_text(new, document.path)) for document, new in results if isinstance(new, str)]
        done = write(store, drafts, _summary(drafts), how)
    failed = tuple(new for _document, new in results if isinstance(new, Problem))
    return done._replace(problems=(*done.problems, *failed))


def _summary(drafts: Iterable[Draft]) -> str:
    changed = sum(1 for draft in drafts if draft.diff)
    if not changed:
        return _("all records are in canonical form")
    return plural("Formatted {n} record", "Formatted {n} records", changed)


def _documents(snapshot: Snapshot, paths: Sequence[str]) -> tuple[Document, ...]:
    """Return the named records that parse, by path."""
    documents = [*(customer.document for customer in snapshot.customers), *snapshot.broken]
    wanted = covered((document.path for document in documents), paths) if paths else None
    documents.sort(key=lambda document: document.path)
    return tuple(document for document in documents if wanted is None or document.path in wanted)


def _warnings(documents: Iterable[Document], schema: Schema) -> Iterator[Problem]:
    for document in documents:
        new = _canonical(document, schema)
        if isinstance(new, Problem):
            yield new
        elif new != document.text:
            line = _first_difference(document.text, new)
            message = _("the record is not in canonical form")
            hint = _("to format it: crmtext fmt --write {path}").format(path=document.path)
            yield _at(document, line, message, hint)


def _canonical(document: Document, schema: Schema) -> str | Problem:
    """Return the canonical text, or the problem that prevents it."""
    wrong = next((problem for problem in document.problems if problem.severity is Severity.ERROR), None)
    if wrong:
        return _at(document, wrong.place.line, wrong.message, _("fix it first: crmtext check"))
    try:
        return form(document.text, schema)
    except CrmError as error:
        return _at(document, 1, error.problem.message, error.problem.hint)


def _at(document: Document, line: int, message: str, hint: str) -> Problem:
    return Problem(RULE, message, Place(document.path, line, 1, line, 1), hint, Severity.WARNING)


def _first_difference(old: str, new: str) -> int:
    lines = enumerate(zip(old.split("\n"), new.split("\n"), strict=False), start=1)
    return next((number for number, (one, other) in lines if one != other), min(old.count("\n"), new.count("\n")) + 1)
