"""Move a field of `custom` to a field of the schema, in all records or in none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Change, Problems
from crmtext.checks import ordered
from crmtext.i18n import _, plural
from crmtext.layout import SCHEMA
from crmtext.problem import CrmError, Problem, usage
from crmtext.record.change.draft import Draft, draft
from crmtext.record.change.steps import put, removal
from crmtext.record.change.write import WriteOptions, check_and_write, writing
from crmtext.record.input import path, values
from crmtext.text.edit.rewrite import rewrite
from crmtext.text.pointer import escape, get
from crmtext.text.read.load import parse_text
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document

_CUSTOM = "custom"


def run(store: Store, custom: str, field: str, how: WriteOptions) -> Change | Problems:
    """Move `custom.NAME` of all records to a field.

    Returns the problems of the records whose value does not fit, or that have the field already; then nothing is
    written.
    """
    name = custom.removeprefix(f"{_CUSTOM}.")
    with writing(store, how):
        snapshot = store.worktree()
        target = _target(store.schema, field)
        holders = _holders(snapshot, name)
        problems: list[Problem] = []
        drafts = [_moved(store, document, name, target, problems) for document in holders]
        if problems:
            return Problems(snapshot.read, snapshot.checked, ordered(problems))
        count = plural("{n} customer", "{n} customers", len(drafts))
        summary = _("Moved {old} to {new}: {customers}").format(old=f"{_CUSTOM}.{name}", new=target, customers=count)
        return check_and_write(store, [one for one in drafts if one], summary, how)


def _target(schema: Schema, typed: str) -> str:
    """The path of the field. Raises CrmError for one that isn't in the schema, or is an entry of a list."""
    try:
        key = path.resolve(schema, {}, typed)
    except CrmError as error:
        message = _("the schema has no field '{name}'").format(name=typed)
        hint = _("add it to {file} first; see docs/schema.md").format(file=SCHEMA)
        raise usage(error.problem.rule, message, hint) from None
    at = key.field.path
    if "[]" in at or at.partition(".")[0] in {_CUSTOM, "id"} or key.field.children:
        message = _("'{key}' can't take the values of a field of custom").format(key=typed)
        raise usage("adopt-field", message, _("use a single field that is not in a list"))
    return at


def _holders(snapshot: Snapshot, name: str) -> list[Document]:
    """The records that have the field of `custom`. Raises CrmError if none has it."""
    documents = [customer.document for customer in snapshot.customers] + [*snapshot.broken]
    blocks = [(document, get(document.data, f"/{_CUSTOM}")) for document in documents]
    if holders := [document for document, block in blocks if isinstance(block, dict) and name in block]:
        return sorted(holders, key=lambda document: document.path)
    known = {key for _document, block in blocks if isinstance(block, dict) for key in block}
    message = _("no record has {key}").format(key=f"{_CUSTOM}.{name}")
    raise usage("adopt-field", message, did_you_mean(nearest(name, known), _some(known)))


def _some(known: Iterable[str]) -> str:
    names = _(", ").join(sorted(known))
    return _("fields of custom: {names}").format(names=names) if names else ""


def _moved(store: Store, document: Document, name: str, field: str, problems: list[Problem]) -> Draft | None:
    """The record after the move; None if it can't move, and a problem says why."""
    old = f"/{_CUSTOM}/{escape(name)}"
    value, key = get(document.data, old), path.resolve(store.schema, document.data, field)
    if get(document.data, key.pointer) is not None:
        message = _("{key} is set already").format(key=field)
        problems.append(document.problem("adopt-field", message, key.pointer, hint=_("remove one of the two values")))
        return None
    try:
        new = values.read(key.field, value, store) if isinstance(value, str) else value
        placed = put(key, new, document, store)
        between = parse_text(rewrite(document.text, placed), document.path)
        return draft(document, (*placed, removal(between, old)), store.schema)
    except CrmError as error:
        wrong = error.problem
        problems.append(document.problem("adopt-field", wrong.message, old, hint=wrong.hint))
        return None
