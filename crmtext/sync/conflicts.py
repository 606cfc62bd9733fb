"""What a merge has left to a person: fields in conflict, files that one side removed or both renamed, other files."""

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
    """What is in conflict."""

    FIELD = "field"
    CUSTOMERS = "customers"  # two of them got the same id
    REMOVED_HERE = "removed-here"
    REMOVED_THERE = "removed-there"
    RENAMED = "renamed"  # here to one name, there to another
    NEW = "new"  # a new customer, in whom git saw one that was renamed here and removed there
    OTHER = "other"  # in a file that is no record, or in a record as git alone sees it: decided without us


@dataclass(frozen=True, slots=True)
class Conflict:
    """One conflict: a field of a customer, or the whole file where the key is empty."""

    path: str
    customer: str
    name: str
    kind: Kind
    keys: tuple[str, ...] = ()
    #: What each side has, as text.
    ours: str = ""
    theirs: str = ""
    #: Which of the file's conflicts it is.
    number: int = 0
    #: The file's other name on their side, and the keys as `contacts[0].title`.
    other: str = ""
    numbered: tuple[str, ...] = field(default=(), repr=False)

    @property
    def pointers(self) -> tuple[str, ...]:
        """The places of the keys."""
        return tuple("/" + key.replace("[", "/").replace("]", "").replace(".", "/") for key in self.numbered)


def conflicts(store: Store) -> tuple[Conflict, ...]:
    """All that is left to decide, in the order of the files: of records, then of what git alone calls unmerged."""
    unmerged = stages(store)
    renamed = _renamed(unmerged)
    found: list[Conflict] = []
    for path in sorted({*unmerged, *_marked(store)}):
        text = _text(store, path)
        if path in renamed or path in renamed.values():
            if path in renamed:
                found.append(_about(path, text, Kind.RENAMED, ours=path, theirs=renamed[path], other=renamed[path]))
        elif conflict_hunks.has_conflict(text):
            found += _in_text(path, text)
        elif kind := _one_sided(unmerged.get(path, {})):
            found.append(_about(path, text, Kind.NEW if _another(store, unmerged[path]) else kind))
    return (*found, *_elsewhere(store, found, unmerged))


def strangers(store: Store, merge: git_merge.Merged) -> frozenset[str]:
    """The files of new customers whom git took for renamed ones: nothing about them is to be decided."""
    repo = store.git()
    found = _in_store(repo, git_merge.sorted_out(merge.stages))
    alone = {path: blobs for path, blobs in found.items() if _one_sided(blobs) and _another(store, blobs)}
    held = {entry.path: entry.blob for entry in tree(repo, merge.tree, *(repo.prefix + path for path in alone))}
    texts = {repo.prefix + path: held.get(repo.prefix + path) for path in alone}
    contents = dict(read_blobs(repo, {blob for blob in texts.values() if blob}))
    marks = {
        blob for blob, content in contents.items() if conflict_hunks.has_conflict(content.decode("utf-8", "replace"))
    }
    return frozenset(path for path, blob in texts.items() if blob not in marks)


def customer(store: Store, each: Conflict) -> Customer:
    """The customer in conflict, with what either side has that customers are found by."""
    # The door to finding: most commands only ask whether anything is in conflict.
    from crmtext.model import Customer
    from crmtext.record.input.find_record import searchable
    from crmtext.text.document import Document

    found = searchable(parse_text(_text(store, each.path), each.path))
    return found or Customer(Document(each.path, "", {"id": each.customer, "name": each.name or each.customer}))


def called(store: Store, each: Conflict) -> str:
    """What people call the keys in conflict, with each key where it is another word; empty for a whole file."""
    data = _one_way(store, each)
    return ", ".join(_called(store, data, *names) for names in zip(each.keys, each.numbered, strict=True))


def values(store: Store, each: Conflict) -> tuple[str, str]:
    """What each side has in words, by the names and labels that people know; else its text."""
    if each.kind is not Kind.FIELD or not each.keys:
        return each.ours, each.theirs
    text = _text(store, each.path)
    return (
        _value(store, each, conflict_hunks.resolve(text, lambda hunk: hunk.ours)) or each.ours,
        _value(store, each, conflict_hunks.resolve(text, lambda hunk: hunk.theirs)) or each.theirs,
    )


def _value(store: Store, each: Conflict, text: str) -> str:
    """What a version of the record has in the fields of a conflict; empty if it can't be read."""
    from crmtext.wording.values import value_text

    data = parse_text(text, each.path).data
    if not isinstance(data, dict):
        return ""
    # They may be in conflict themselves.
    settings, _problems = store.settings_around
    found = [(key, get(data, key.pointer)) for name in each.keys if (key := _meant(store, data, name))]
    words = [(key.label, "–" if held is None else value_text(held, key.field, settings)) for key, held in found]
    if len(words) == 1:
        return words[0][1]
    return joined(labelled(label, value) for label, value in words)


def about(store: Store, each: Conflict, typed: str) -> bool:
    """Whether a typed key is one of those in conflict: as it is shown, or as `set` takes it."""
    if typed in (*each.keys, *each.numbered):
        return True
    key = _meant(store, _one_way(store, each), typed)
    return key is not None and key.pointer in each.pointers


def _called(store: Store, data: Mapping[str, Any], key: str, number: str) -> str:
    found = _meant(store, data, number)
    if found is None or _bare(found.label) == _bare(key):
        return key
    return _("{label} ({key})").format(label=found.label, key=key)


def _bare(name: str) -> str:
    """A key or label without what parts its words: in English the two are the same."""
    return re.sub(r"[\W_]", "", name).casefold()


def _meant(store: Store, data: Mapping[str, Any], typed: str) -> Key | None:
    from crmtext.record.input import path

    try:
        return path.resolve(store.schema, data, typed)
    except CrmError:
        # A key that the schema does not have; or the schema is in conflict itself.
        return None


def _one_way(store: Store, each: Conflict) -> Mapping[str, Any]:
    """What the record holds with one side chosen everywhere, as its keys are numbered."""
    data = parse_text(conflict_hunks.with_our_side(_text(store, each.path)), each.path).data if each.keys else None
    return data if isinstance(data, dict) else {}


def stages(store: Store) -> Mapping[str, Mapping[int, str]]:
    """The store's files that git calls unmerged: by path, the blobs of base (1), ours (2) and theirs (3)."""
    if store.repository is None:
        return {}
    return _in_store(store.repository, git_merge.unmerged(store.repository, store.repository.prefix + RECORDS))


def _in_store(repo: Repository, found: Mapping[str, Mapping[int, str]]) -> Mapping[str, Mapping[int, str]]:
    records = repo.prefix + RECORDS + "/"
    return {path.removeprefix(repo.prefix): stages for path, stages in found.items() if path.startswith(records)}


def _renamed(stages: Mapping[str, Mapping[int, str]]) -> Mapping[str, str]:
    """Our names of files by theirs, where both sides renamed one: git gives both the same merged text."""
    ours = {path: blobs[2] for path, blobs in stages.items() if set(blobs) == {2}}
    theirs = {blobs[3]: path for path, blobs in stages.items() if set(blobs) == {3}}
    return {path: theirs[blob] for path, blob in ours.items() if blob in theirs}


def _elsewhere(
    store: Store, found: Iterable[Conflict], unmerged: Mapping[str, Mapping[int, str]]
) -> Iterator[Conflict]:
    """What git calls unmerged besides these: files that are no records, and records without a mark."""
    if store.repository is None:
        return
    known = {path for each in found for path in (each.path, each.other)}
    if any(each.kind is Kind.RENAMED for each in found):
        # The old name of a file goes with its new ones.
        known |= {path for path, blobs in unmerged.items() if set(blobs) == {1}}
    for name in git_merge.unmerged(store.repository):
        # As git calls it in the store's folder, where it may be above.
        path = posixpath.relpath(f"/{name}", f"/{store.repository.prefix}")
        if path not in known:
            record = is_record(path)
            yield _about(path, _text(store, path), Kind.OTHER) if record else Conflict(path, path, "", Kind.OTHER)


def _marked(store: Store) -> Iterator[str]:
    """Records with markers, committed ones too."""
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
    """What it is where only one side has the file; None also for one that both renamed, or that is settled."""
    return {frozenset({1, 3}): Kind.REMOVED_HERE, frozenset({1, 2}): Kind.REMOVED_THERE}.get(frozenset(blobs))


def _another(store: Store, blobs: Mapping[int, str]) -> bool:
    """Whether these are two customers: where one goes and another one comes, git may see a rename."""
    wanted = (blobs[1], blobs.get(2) or blobs[3])
    was, now = (content.decode("utf-8", "replace") for _blob, content in read_blobs(store.git(), wanted))
    return all(conflict_hunks.value(was, key) != conflict_hunks.value(now, key) for key in ("id", "name"))
