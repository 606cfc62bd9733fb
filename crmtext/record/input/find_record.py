"""The record that a writing command is about: any that parses, so that a wrong one can be mended."""

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
from crmtext.snapshot import Snapshot, claimed_id, claimed_names, take
from crmtext.text import conflict_hunks
from crmtext.text.explain.conflict_markers import unsettled
from crmtext.text.read.load import parse, parse_text
from crmtext.values import lazy
from crmtext.values.folding import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from crmtext.store import Store
    from crmtext.text.document import Document

# What file names of ids look like; anything else is looked for by name in all records.
_ID = lazy.pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}\Z")


def target(store: Store, typed: str) -> Document:
    """The record of the customer that is meant. Raises CrmError where none or several are, or it does not parse."""
    return _readable(any_record(store, typed))


def any_record(store: Store, typed: str) -> Document:
    """The record that is meant, even one that does not parse: for an editor. Raises CrmError where none or several."""
    return _by_file_name(store, typed) or meant(lookup.around(store, typed), typed)


def meant(snapshot: Snapshot, typed: str) -> Document:
    """The record of the customer who is meant among all, those with errors and in conflict too.

    Raises CrmError where none or several are.
    """
    wrong = {claimed_id(document).casefold(): document for document in snapshot.broken}
    if found := wrong.get(plain(typed)):
        return found
    named = tuple(filter(None, map(searchable, snapshot.broken)))
    from crmtext.query.find import find

    # Of one that does not parse only the names were searched, unless it is in conflict.
    whole = {each.path for each in snapshot.broken if each.data is not None or conflict_hunks.marked(each.text)}
    left_out = snapshot.left_out - sum(each.path in whole for each in named)
    path = find((*snapshot.customers, *named), typed, left_out=left_out).path
    every = (*snapshot.broken, *(each.document for each in snapshot.customers))
    return next(each for each in every if each.path == path)


def reread(store: Store, document: Document) -> Document:
    """A record as it is on the disk by now. Raises CrmError where it is gone or does not parse any more."""
    raw = store.read_file(document.path)
    if raw is None:
        message = _("{path} was moved or deleted in the meantime").format(path=document.path)
        raise cannot("changed-meanwhile", message, _("nothing was written; run the command again"))
    return document if raw == document.text.encode() else _readable(parse(raw, document.path))


def around(store: Store, typed: str) -> Snapshot:
    """Enough of the records on the disk to show who is meant: that one, and those whom it refers to."""
    here = _by_file_names(store, {typed}) if _ID.match(typed) else None
    if here is not None:
        fields = here.schema.marked("x-reference")
        values = (
            pair for each in here.customers for field in fields for pair in here.schema.values(each.data, field.path)
        )
        ids = {typed, *(str(id_) for _pointer, id_ in values)}
        here = _by_file_names(store, ids) if len(ids) > 1 else here
    return lookup.around(store, typed) if here is None else here


def _by_file_names(store: Store, ids: AbstractSet[str]) -> Snapshot | None:
    """The records whose files are named by these ids, found without reading any other; None where one is not."""
    found = _named_by(store, ids)
    if len(found) != len(ids):
        return None
    records = ((path, store.disk.record(path)) for path in sorted(found.values()))
    taken = take(records, read="worktree", schema=store.schema, settings=store.settings, today=store.today)
    documents = (*taken.broken, *(each.document for each in taken.customers))
    return taken if all(found.get(claimed_id(each)) == each.path for each in documents) else None


def _by_file_name(store: Store, typed: str) -> Document | None:
    """The record whose file is named by this id, found without reading any other."""
    path = _named_by(store, {typed}).get(typed) if _ID.match(typed) else None
    if path is None:
        return None
    document = parse(store.read_file(path) or b"", path)
    return document if claimed_id(document) == typed else None


def _named_by(store: Store, ids: AbstractSet[str]) -> dict[str, str]:
    """By id the path of the one record whose file is named by it; nothing of one by which none, or several are."""
    starts = tuple(ids)
    on_disk = (
        Path(above, name).relative_to(store.root).as_posix()
        for above, _folders, names in os.walk(store.root / RECORDS)
        for name in names
        if name.startswith(starts) and name.endswith(".yaml")
    )
    found: dict[str, list[str]] = {}
    for path in (*on_disk, *(path for path in store.absent.entries if path.startswith(RECORDS + "/"))):
        name = stem(path)
        for id_ in ids:
            if name.startswith(id_) and name.removeprefix(id_)[:1] in ("", "-"):
                found.setdefault(id_, []).append(path)
    return {id_: paths[0] for id_, paths in found.items() if len(paths) == 1}


def searchable(document: Document) -> Customer | None:
    """A record that is wrong or in conflict, with what customers are found by; None where nothing names it."""
    data = _searchable(_claimed(document))
    return Customer(replace(document, data=data)) if {"id", "name"} <= data.keys() else None


def _claimed(document: Document) -> Mapping[str, Any]:
    """What a wrong record has; of one in conflict, what either side has; of one that does not parse, what names it."""
    if isinstance(document.data, dict):
        return document.data
    if conflict_hunks.marked(document.text):
        texts = (conflict_hunks.picked(document.text, itemgetter(at)) for at in (0, 1))
        found = [data for text in texts if isinstance(data := parse_text(text, document.path).data, dict)]
        if found:
            return _both(_searchable(found[0]), _searchable(found[-1]))
    names = zip(("name", "short_name"), claimed_names(document), strict=False)
    return {"id": claimed_id(document), **dict(names)}


def _both(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What customers are found by on two sides: our id and name, and the names, numbers and people of both."""
    names = [theirs[key] for key in ("name", "short_name") if key in theirs]
    lists = {key: [*ours.get(key, ()), *theirs.get(key, ())] for key in ("aliases", "phones", "emails", "contacts")}
    return {**theirs, **ours, **lists, "aliases": [*lists["aliases"], *names]}


def _searchable(data: Mapping[str, Any]) -> dict[str, Any]:
    """What customers are found by, as far as a wrong record has it in the right form."""
    texts = {key: data[key] for key in ("id", "name", "short_name") if isinstance(data.get(key), str)}
    lists = {key: data[key] for key in ("aliases", "phones", "emails") if isinstance(data.get(key), list)}
    people = data.get("contacts")
    contacts = [_searchable(each) for each in people if isinstance(each, dict)] if isinstance(people, list) else []
    return {
        **texts,
        **{key: [each for each in found if isinstance(each, str)] for key, found in lists.items()},
        "contacts": [each for each in contacts if "name" in each],
    }


def _readable(document: Document) -> Document:
    if document.data is not None:
        return document
    if problem := unsettled(document.text, document.path):
        raise CrmError(problem, Exit.FOUND)
    first = document.problems[0]
    hint = _("fix line {line} first ({rule}): {message}").format(
        rule=first.rule, line=first.place.line, message=first.message
    )
    raise CrmError(
        Problem("unreadable", _("{path} is not valid YAML").format(path=document.path), first.place, hint),
        Exit.FOUND,
    )
