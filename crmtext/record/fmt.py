"""Putting records into canonical form, where somebody asks for it, or saying which are not."""

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
    """A record's text in canonical form: the keys in the schema's order. Raises CrmError where that is not safe."""
    fields = (schema.root, *schema.by_path.values())
    order = {field.path: tuple(child.key for child in field.children) for field in fields if field.children}
    return canonical.canonical(text, order, dates=schema.dates)


def check(snapshot: Snapshot, paths: Sequence[str]) -> Problems:
    """A warning at each record that is not in canonical form."""
    documents = _documents(snapshot, paths)
    return Problems(snapshot.read, len(documents), tuple(_of_each(documents, snapshot.schema)))


def run(store: Store, paths: Sequence[str], how: WriteOptions) -> Change:
    """Put records into canonical form; what cannot be is left as it is, and said."""
    with writing(store, how):
        snapshot = store.worktree()
        found = [(each, _tried(each, snapshot.schema)) for each in _documents(snapshot, paths)]
        drafts = [Draft(each, parse_text(new, each.path)) for each, new in found if isinstance(new, str)]
        done = write(store, drafts, _summary(drafts), how)
    refused = tuple(new for _each, new in found if isinstance(new, Problem))
    return done._replace(problems=(*done.problems, *refused))


def _summary(drafts: Iterable[Draft]) -> str:
    changed = sum(1 for each in drafts if each.diff)
    if not changed:
        return _("all records are in canonical form")
    return plural("Formatted {n} record", "Formatted {n} records", changed)


def _documents(snapshot: Snapshot, paths: Sequence[str]) -> tuple[Document, ...]:
    """The records that were named and that parse, by path."""
    documents = [*(each.document for each in snapshot.customers), *snapshot.broken]
    wanted = covered((each.path for each in documents), paths) if paths else None
    return tuple(
        sorted((each for each in documents if wanted is None or each.path in wanted), key=lambda each: each.path)
    )


def _of_each(documents: Iterable[Document], schema: Schema) -> Iterator[Problem]:
    for document in documents:
        new = _tried(document, schema)
        if isinstance(new, Problem):
            yield new
        elif new != document.text:
            line = _first_difference(document.text, new)
            message = _("the record is not in canonical form")
            hint = _("to format it: crmtext fmt --write {path}").format(path=document.path)
            yield _at(document, line, message, hint)


def _tried(document: Document, schema: Schema) -> str | Problem:
    """The canonical text, or why there is none."""
    wrong = next((each for each in document.problems if each.severity is Severity.ERROR), None)
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
