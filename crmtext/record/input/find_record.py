"""Find the record that a writing command is about, even one with errors, so that it can be fixed."""

from __future__ import annotations

import os
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.layout import RECORDS, stem
from crmtext.model import Customer
from crmtext.problem import CrmError, Exit, Problem, cannot
from crmtext.snapshot import Snapshot, build, claimed_id, claimed_names
from crmtext.text import conflict_hunks
from crmtext.text.explain.conflict_markers import conflict_problem
from crmtext.text.read.load import parse, parse_text
from crmtext.values import lazy
from crmtext.values.folding import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from crmtext.sealing.mask import Masking
    from crmtext.store import Store
    from crmtext.text.document import Document

# File names that look like ids; any other text is searched in all records.
_ID = lazy.pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}\Z")
#: The lists of texts that a customer is found by.
_LISTS = ("aliases", "phones", "emails", "merged_from")


def target(store: Store, typed: str, masking: Masking | None = None) -> Document:
    """Return the record that was typed. Raises CrmError if none or several match, or if it does not parse.

    With `masking`, the names in the error are masked.
    """
    return _readable(any_record(store, typed, masking))


def any_record(store: Store, typed: str, masking: Masking | None = None) -> Document:
    """Return the record that was typed, even if it does not parse. Raises CrmError if none or several match."""
    return _by_file_name(store, typed) or named_record(lookup.around(store, typed), typed, masking)


def named_record(snapshot: Snapshot, typed: str, masking: Masking | None = None) -> Document:
    """Return the record of the customer that was typed, searching records with errors or conflicts too.

    Raises CrmError if none or several match, with masked names if `masking` is given.
    """
    wrong = {claimed_id(document).casefold(): document for document in snapshot.broken}
    if document := wrong.get(plain(typed)):
        return document
    named = tuple(filter(None, map(searchable, snapshot.broken)))
    from crmtext.query.find import find

    # The names in a record that does not parse were searched; the rest only if it is in conflict.
    parsed = (
        record for record in snapshot.broken if record.data is not None or conflict_hunks.has_conflict(record.text)
    )
    whole = {record.path for record in parsed}
    left_out = snapshot.left_out - sum(customer.path in whole for customer in named)
    path = find((*snapshot.customers, *named), typed, left_out=left_out, masking=masking).path
    every = (*snapshot.broken, *(customer.document for customer in snapshot.customers))
    return next(document for document in every if document.path == path)


def reread(store: Store, document: Document) -> Document:
    """Return a record as it is on the disk now. Raises CrmError if it is gone or no longer parses."""
    raw = store.read_file(document.path)
    if raw is None:
        message = _("{path} was moved or deleted in the meantime").format(path=document.path)
        raise cannot("changed-meanwhile", message, _("nothing was written; run the command again"))
    return document if raw == document.text.encode() else _readable(parse(raw, document.path))


def around(store: Store, typed: str) -> Snapshot:
    """Return enough records from the disk to show the customer that was typed: its own and those it refers to."""
    here = _by_file_names(store, {typed}) if _ID.match(typed) else None
    if here is not None:
        ids = {typed}
        for field in here.schema.marked("x-reference"):
            for customer in here.customers:
                ids.update(str(id_) for _pointer, id_ in here.schema.values(customer.data, field.path))
        here = _by_file_names(store, ids) if len(ids) > 1 else here
    return lookup.around(store, typed) if here is None else here


def _by_file_names(store: Store, ids: AbstractSet[str]) -> Snapshot | None:
    """Return the records whose files are named by these ids, without reading others; None unless all are found."""
    paths = _named_by(store, ids)
    if len(paths) != len(ids):
        return None
    records = ((path, store.disk.record(path)) for path in sorted(paths.values()))
    taken = build(records, read="worktree", schema=store.schema, settings=store.settings, today=store.today)
    documents = (*taken.broken, *(customer.document for customer in taken.customers))
    return taken if all(paths.get(claimed_id(document)) == document.path for document in documents) else None


def _by_file_name(store: Store, typed: str) -> Document | None:
    """Return the record whose file is named by this id, without reading others; None if there is none."""
    path = _named_by(store, {typed}).get(typed) if _ID.match(typed) else None
    if path is None:
        return None
    document = parse(store.read_file(path) or b"", path)
    return document if claimed_id(document) == typed else None


def _named_by(store: Store, ids: AbstractSet[str]) -> dict[str, str]:
    """Return by id the path of the file named by it; an id with no file or several is left out."""
    starts = tuple(ids)
    on_disk = (
        Path(above, name).relative_to(store.root).as_posix()
        for above, _folders, names in os.walk(store.root / RECORDS)
        for name in names
        if name.startswith(starts) and name.endswith(".yaml")
    )
    paths_of: dict[str, list[str]] = {}
    for path in (*on_disk, *(path for path in store.absent.entries if path.startswith(RECORDS + "/"))):
        name = stem(path)
        for id_ in ids:
            if name.startswith(id_) and name.removeprefix(id_)[:1] in ("", "-"):
                paths_of.setdefault(id_, []).append(path)
    return {id_: paths[0] for id_, paths in paths_of.items() if len(paths) == 1}


def searchable(document: Document) -> Customer | None:
    """Return a record with errors or conflicts as a customer, with the fields to search by; None if it has no name."""
    data = _searchable(_claimed(document))
    return Customer(replace(document, data=data)) if {"id", "name"} <= data.keys() else None


def _claimed(document: Document) -> Mapping[str, Any]:
    """Return a wrong record's data; both sides' data if it is in conflict; its id and names if it does not parse."""
    if isinstance(document.data, dict):
        return document.data
    if conflict_hunks.has_conflict(document.text):
        texts = (conflict_hunks.resolve(document.text, itemgetter(at)) for at in (0, 1))
        sides = [data for text in texts if isinstance(data := parse_text(text, document.path).data, dict)]
        if sides:
            return _both(_searchable(sides[0]), _searchable(sides[-1]))
    names = zip(("name", "short_name"), claimed_names(document), strict=False)
    return {"id": claimed_id(document), **dict(names)}


def _both(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields to search by on two sides: our id and name; names, numbers and contacts of both."""
    names = [theirs[key] for key in ("name", "short_name") if key in theirs]
    lists = {key: [*ours.get(key, ()), *theirs.get(key, ())] for key in (*_LISTS, "contacts")}
    return {**theirs, **ours, **lists, "aliases": [*lists["aliases"], *names]}


def _searchable(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields to search by, as far as a wrong record has them in the right form."""
    texts = {key: data[key] for key in ("id", "name", "short_name") if isinstance(data.get(key), str)}
    lists = {key: data[key] for key in _LISTS if isinstance(data.get(key), list)}
    people = data["contacts"] if isinstance(data.get("contacts"), list) else ()
    contacts = [_searchable(contact) for contact in people if isinstance(contact, dict)]
    return {
        **texts,
        **{key: [value for value in values if isinstance(value, str)] for key, values in lists.items()},
        "contacts": [contact for contact in contacts if "name" in contact],
    }


def _readable(document: Document) -> Document:
    if document.data is not None:
        return document
    if problem := conflict_problem(document.text, document.path):
        raise CrmError(problem, Exit.FOUND)
    first = document.problems[0]
    hint = _("fix line {line} first ({rule}): {message}").format(
        rule=first.rule, line=first.place.line, message=first.message
    )
    raise CrmError(
        Problem("unreadable", _("{path} is not valid YAML").format(path=document.path), first.place, hint),
        Exit.FOUND,
    )
