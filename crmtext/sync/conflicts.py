"""The conflicts of a merge: fields, files that one side removed or both renamed, and other files."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from crmtext.disk import files
from crmtext.git import merge as git_merge
from crmtext.git.reading import read_blobs, tree
from crmtext.i18n import _
from crmtext.layout import RECORDS, stem
from crmtext.problem import CrmError
from crmtext.sources import is_record
from crmtext.text import conflict_hunks
from crmtext.text.pointer import get
from crmtext.text.read.load import parse_text
from crmtext.wording.labels import labelled
from crmtext.wording.values import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.git.plumbing import Repository
    from crmtext.model import Customer
    from crmtext.record.input.path import Key
    from crmtext.store import Store


class Kind(StrEnum):
    """The kind of a conflict."""

    FIELD = "field"
    CUSTOMERS = "customers"  # two customers with the same id
    REMOVED_HERE = "removed-here"
    REMOVED_THERE = "removed-there"
    RENAMED = "renamed"  # to different names
    NEW = "new"  # a new customer, which git takes for a removed one that was renamed
    OTHER = "other"  # a file other than a record, or a record without markers: to resolve by hand


@dataclass(frozen=True, slots=True)
class Conflict:
    """One conflict: fields of a customer, or the whole file if there are no keys."""

    path: str
    customer: str
    name: str
    kind: Kind
    keys: tuple[str, ...] = ()
    #: The text of each side.
    ours: str = ""
    theirs: str = ""
    #: The number of the conflict in its file.
    number: int = 0
    #: The file's name on their side, if different, and the keys as `contacts[0].title`.
    other: str = ""
    numbered: tuple[str, ...] = field(default=(), repr=False)

    @property
    def pointers(self) -> tuple[str, ...]:
        """The JSON pointers of the keys."""
        return tuple("/" + key.replace("[", "/").replace("]", "").replace(".", "/") for key in self.numbered)


def conflicts(store: Store) -> tuple[Conflict, ...]:
    """Return all conflicts, sorted by file: those in records, then other unmerged files."""
    unmerged = stages(store)
    renamed = _renamed(unmerged)
    in_records: list[Conflict] = []
    for path in sorted({*unmerged, *_marked(store)}):
        text = _text(store, path)
        if path in renamed or path in renamed.values():
            if path in renamed:
                in_records.append(
                    _about(path, text, Kind.RENAMED, ours=path, theirs=renamed[path], other=renamed[path])
                )
        elif conflict_hunks.has_conflict(text):
            in_records += _in_text(path, text)
        elif kind := _one_sided(unmerged.get(path, {})):
            in_records.append(_about(path, text, Kind.NEW if _another(store, unmerged[path]) else kind))
    return (*in_records, *_elsewhere(store, in_records, unmerged))


def new_customers(store: Store, merge: git_merge.Merged) -> frozenset[str]:
    """Return the files of new customers that git took for renamed ones: they are no conflicts."""
    repo = store.git()
    unmerged = _in_store(repo, git_merge.stages_by_path(merge.stages))
    alone = {path: blobs for path, blobs in unmerged.items() if _one_sided(blobs) and _another(store, blobs)}
    held = {entry.path: entry.blob for entry in tree(repo, merge.tree, *(repo.prefix + path for path in alone))}
    texts = {repo.prefix + path: held.get(repo.prefix + path) for path in alone}
    contents = dict(read_blobs(repo, {blob for blob in texts.values() if blob}))
    marks = {
        blob for blob, content in contents.items() if conflict_hunks.has_conflict(content.decode("utf-8", "replace"))
    }
    return frozenset(path for path, blob in texts.items() if blob not in marks)


def customer(store: Store, conflict: Conflict) -> Customer:
    """Return the customer in conflict, with the names, contacts and so on of both sides, for a search."""
    # Imported here: most commands only check for conflicts.
    from crmtext.model import Customer
    from crmtext.record.input.find_record import searchable
    from crmtext.text.document import Document

    document = searchable(parse_text(_text(store, conflict.path), conflict.path))
    data = {"id": conflict.customer, "name": conflict.name or conflict.customer}
    return document or Customer(Document(conflict.path, "", data))


def field_names(store: Store, conflict: Conflict) -> str:
    """Return the labels of the fields in conflict, with the key if it differs; empty for a whole file."""
    data = _one_way(store, conflict)
    return ", ".join(_label(store, data, *names) for names in zip(conflict.keys, conflict.numbered, strict=True))


def values(store: Store, conflict: Conflict) -> tuple[str, str]:
    """Return the value of each side in words, by names and labels, or else as text."""
    if conflict.kind is not Kind.FIELD or not conflict.keys:
        return conflict.ours, conflict.theirs
    text = _text(store, conflict.path)
    return (
        _value(store, conflict, conflict_hunks.resolve(text, lambda hunk: hunk.ours)) or conflict.ours,
        _value(store, conflict, conflict_hunks.resolve(text, lambda hunk: hunk.theirs)) or conflict.theirs,
    )


def _value(store: Store, conflict: Conflict, text: str) -> str:
    """The values of the fields in conflict in one version of the record; empty if unreadable."""
    from crmtext.wording.values import value_text

    data = parse_text(text, conflict.path).data
    if not isinstance(data, dict):
        return ""
    # The settings may be in conflict themselves.
    settings, _problems = store.settings_around
    pairs = [(key, get(data, key.pointer)) for name in conflict.keys if (key := _meant(store, data, name))]
    words = [(key.label, "–" if held is None else value_text(held, key.field, settings)) for key, held in pairs]
    if len(words) == 1:
        return words[0][1]
    return joined(labelled(label, value) for label, value in words)


def has_key(store: Store, conflict: Conflict, typed: str) -> bool:
    """Whether a typed key is one of the keys in conflict, in any form that `set` accepts."""
    if typed in (*conflict.keys, *conflict.numbered):
        return True
    key = _meant(store, _one_way(store, conflict), typed)
    return key is not None and key.pointer in conflict.pointers


def _label(store: Store, data: Mapping[str, Any], key: str, number: str) -> str:
    resolved = _meant(store, data, number)
    if resolved is None or _bare(resolved.label) == _bare(key):
        return key
    return _("{label} ({key})").format(label=resolved.label, key=key)


def _bare(name: str) -> str:
    """A key or label without the separators of its words, so that an English label equals its key."""
    return re.sub(r"[\W_]", "", name).casefold()


def _meant(store: Store, data: Mapping[str, Any], typed: str) -> Key | None:
    from crmtext.record.input import path

    try:
        return path.resolve(store.schema, data, typed)
    except CrmError:
        # An unknown key, or the schema is in conflict itself.
        return None


def _one_way(store: Store, conflict: Conflict) -> Mapping[str, Any]:
    """The data of the record with one side chosen everywhere, which the numbers in keys refer to."""
    if not conflict.keys:
        return {}
    data = parse_text(conflict_hunks.with_our_side(_text(store, conflict.path)), conflict.path).data
    return data if isinstance(data, dict) else {}


def stages(store: Store) -> Mapping[str, Mapping[int, str]]:
    """Return the store's unmerged files: by path, the blobs of base (1), ours (2) and theirs (3)."""
    if store.repository is None:
        return {}
    return _in_store(store.repository, git_merge.unmerged(store.repository, store.repository.prefix + RECORDS))


def _in_store(repo: Repository, unmerged: Mapping[str, Mapping[int, str]]) -> Mapping[str, Mapping[int, str]]:
    records = repo.prefix + RECORDS + "/"
    return {path.removeprefix(repo.prefix): stages for path, stages in unmerged.items() if path.startswith(records)}


def _renamed(stages: Mapping[str, Mapping[int, str]]) -> Mapping[str, str]:
    """The files that both sides renamed, their names by ours: git gives both the same merged text."""
    ours = {path: blobs[2] for path, blobs in stages.items() if set(blobs) == {2}}
    theirs = {blobs[3]: path for path, blobs in stages.items() if set(blobs) == {3}}
    return {path: theirs[blob] for path, blob in ours.items() if blob in theirs}


def _elsewhere(
    store: Store, in_records: Iterable[Conflict], unmerged: Mapping[str, Mapping[int, str]]
) -> Iterator[Conflict]:
    """The other unmerged files: files that are no records, and records without markers."""
    if store.repository is None:
        return
    known = {path for conflict in in_records for path in (conflict.path, conflict.other)}
    if any(conflict.kind is Kind.RENAMED for conflict in in_records):
        # The old name of a renamed file.
        known |= {path for path, blobs in unmerged.items() if set(blobs) == {1}}
    for name in git_merge.unmerged(store.repository):
        # Relative to the store, as git prints it there; the file may lie outside.
        path = posixpath.relpath(f"/{name}", f"/{store.repository.prefix}")
        if path not in known:
            record = is_record(path)
            yield _about(path, _text(store, path), Kind.OTHER) if record else Conflict(path, path, "", Kind.OTHER)


def _marked(store: Store) -> Iterator[str]:
    """The records with conflict markers, even if they are committed."""
    for path, raw in store.disk.records():
        if isinstance(raw, bytes) and b"<<<<<<<" in raw:
            yield path


def _text(store: Store, path: str) -> str:
    return (files.read(store.root / path, within=store.root) or b"").decode("utf-8", "replace")


def _in_text(path: str, text: str) -> Iterator[Conflict]:
    spots = conflict_hunks.spots(text)
    if (
        len(spots) == 1
        and isinstance(conflict_hunks.split(text)[0], conflict_hunks.Hunk)
        and len(conflict_hunks.split(text)) == 1
    ):
        yield _about(path, text, Kind.CUSTOMERS, **_sides(spots[0].hunk))
        return
    for number, spot in enumerate(spots):
        about = _about(path, text, Kind.FIELD, **_sides(spot.hunk))
        yield replace(about, number=number, keys=spot.names, numbered=spot.numbers)


def _sides(hunk: conflict_hunks.Hunk) -> dict[str, str]:
    return {"ours": hunk.ours, "theirs": hunk.theirs}


def _about(path: str, text: str, kind: Kind, *, ours: str = "", theirs: str = "", other: str = "") -> Conflict:
    id_ = conflict_hunks.value(text, "id") or stem(path)
    return Conflict(path, id_, conflict_hunks.value(text, "name"), kind, ours=ours, theirs=theirs, other=other)


def _one_sided(blobs: Mapping[int, str]) -> Kind | None:
    """The kind if only one side has the file; None otherwise, also for a file that both renamed."""
    return {frozenset({1, 3}): Kind.REMOVED_HERE, frozenset({1, 2}): Kind.REMOVED_THERE}.get(frozenset(blobs))


def _another(store: Store, blobs: Mapping[int, str]) -> bool:
    """Whether these are different customers: git may take a removed and a new file for a rename."""
    wanted = (blobs[1], blobs.get(2) or blobs[3])
    was, now = (content.decode("utf-8", "replace") for _blob, content in read_blobs(store.git(), wanted))
    return all(conflict_hunks.value(was, key) != conflict_hunks.value(now, key) for key in ("id", "name"))
