"""The record that a writing command is about: any that parses, so that a wrong one can be mended."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmtext import files, lazy, standing
from crmtext.i18n import _
from crmtext.model import Customer
from crmtext.problem import CrmError, Exit, Problem, cannot
from crmtext.snapshot import Snapshot, claimed_id, claimed_names
from crmtext.sources import RECORDS
from crmtext.text.conflicts import unsettled
from crmtext.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.store import Store
    from crmtext.text.document import Document

# What file names of ids look like; anything else is looked for by name in all records.
_ID = lazy.pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}\Z")


def target(store: Store, typed: str) -> Document:
    """The record of the customer that is meant. Raises CrmError where none or several are, or it does not parse."""
    return _readable(anyhow(store, typed))


def anyhow(store: Store, typed: str) -> Document:
    """The record that is meant, even one that does not parse: for an editor. Raises CrmError where none or several."""
    return _by_file_name(store, typed) or _by_search(standing.snapshot(store), typed)


def again(store: Store, document: Document) -> Document:
    """A record as it is on the disk by now. Raises CrmError where it is gone or does not parse any more."""
    raw = files.read(store.root / document.path, within=store.root)
    if raw is None:
        message = _("{path} was moved or deleted meanwhile").format(path=document.path)
        raise cannot("changed-meanwhile", message, _("nothing was written; run the command again"))
    return document if raw == document.text.encode() else _readable(parse(raw, document.path))


def _by_file_name(store: Store, typed: str) -> Document | None:
    """The record whose file is named by this id, found without reading any other."""
    if not _ID.match(typed):
        return None
    found = [path for path in _beginning(store.root / RECORDS, typed) if path.stem.removeprefix(typed)[:1] in ("", "-")]
    if len(found) != 1:
        return None
    path = found[0].relative_to(store.root).as_posix()
    raw = files.read(found[0], within=store.root)
    document = parse(raw or b"", path)
    return document if claimed_id(document) == typed else None


def _beginning(folder: Path, start: str) -> Iterator[Path]:
    """The records at or below a folder whose names begin so."""
    for above, _folders, names in os.walk(folder):
        yield from (Path(above, name) for name in names if name.startswith(start) and name.endswith(".yaml"))


def _by_search(snapshot: Snapshot, typed: str) -> Document:
    wrong = {claimed_id(document): document for document in snapshot.broken}
    if typed in wrong:
        return wrong[typed]
    searchable = {each.path: _searchable(_claimed(each)) for each in snapshot.broken}
    named = [
        Customer(replace(each, data=data))
        for each in snapshot.broken
        if {"id", "name"} <= (data := searchable.get(each.path, {})).keys()
    ]
    from crmtext.find import find

    # Of one that does not parse only the names were searched.
    searched = sum(each.data is not None and {"id", "name"} <= searchable[each.path].keys() for each in snapshot.broken)
    found = find((*snapshot.customers, *named), typed, left_out=snapshot.left_out - searched)
    return next((each for each in snapshot.broken if each.path == found.path), found.document)


def _claimed(document: Document) -> Mapping[str, Any]:
    """What a wrong record has; of one that does not parse, what names it."""
    if isinstance(document.data, dict):
        return document.data
    names = zip(("name", "short_name"), claimed_names(document), strict=False)
    return {"id": claimed_id(document), **dict(names)}


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
    hint = _("mend it first: {rule} in line {line}: {message}").format(
        rule=first.rule, line=first.place.line, message=first.message
    )
    raise CrmError(
        Problem("unreadable", _("{path} cannot be read as YAML").format(path=document.path), first.place, hint),
        Exit.FOUND,
    )
