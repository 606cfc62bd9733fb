"""Edits of the records of an import since: author, day and fields."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from crmtext.diff.customers import Difference, keys, ordered
from crmtext.diff.words import Words
from crmtext.git.history import between
from crmtext.git.plumbing import head
from crmtext.git.reading import blob_of, read_blobs
from crmtext.i18n import _
from crmtext.layout import id_in
from crmtext.merge.compare import compare
from crmtext.storage.commit import entries
from crmtext.text.read.load import peek

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from crmtext.git.history import Commit
    from crmtext.importers.undoing.fates import Fate
    from crmtext.store import Store
    from crmtext.text.document import Document

    #: A commit, None for the disk, and the record's blobs before and after it.
    Version = tuple[Commit | None, str | None, str | None]


class Edit(NamedTuple):
    """A change of a record: its commit and day, None if it is not committed; its author; labels of the fields."""

    commit: str | None
    day: date | None
    by: str
    fields: tuple[str, ...]


def edits(store: Store, commit: str, kept: Sequence[Fate]) -> Mapping[str, tuple[Edit, ...]]:
    """Return the edits of each record since a commit, oldest first, by the record's path now."""
    if not kept:
        return {}
    repo, tip = store.git(), head(store.git())
    # Several records of the import may be one now.
    now = {fate.path: fate.now for fate in kept}
    versions: dict[str, list[Version]] = {path: [] for path in now}
    if tip:
        by_path = _by_path(between(repo, commit, tip, touches=True))
        touches: dict[str, dict[tuple[int, Version], None]] = {path: {} for path in now}
        for fate in kept:
            touches[fate.path] |= dict.fromkeys(_touches(by_path, repo.prefix, fate))
        for path, every in touches.items():
            versions[path] += [version for _number, version in sorted(every, key=itemgetter(0))]
        held = entries(repo, tip, [repo.prefix + path for path in now])
        for path, raw in now.items():
            entry = held.get(repo.prefix + path)
            if entry and raw and entry.blob not in {blob_of(repo, raw), blob_of(repo, raw.replace(b"\r\n", b"\n"))}:
                versions[path].append((None, entry.blob, None))
    blobs = {blob for changes in versions.values() for _commit, *sides in changes for blob in sides if blob}
    contents = dict(read_blobs(repo, sorted(blobs)))

    def document(blob: str | None, path: str) -> Document | None:
        return peek(contents[blob], path) if blob else None

    return {
        path: tuple(
            _edit(store, change, document(old, path), document(new, path) or peek(raw or b"", path))
            for change, old, new in versions[path]
        )
        for path, raw in now.items()
    }


def _by_path(commits: Iterable[Commit]) -> Mapping[str, Sequence[tuple[int, Commit]]]:
    """The commits that touched each path, numbered from the oldest."""
    by_path: dict[str, list[tuple[int, Commit]]] = defaultdict(list)
    for number, commit in enumerate(commits):
        for touch in commit.touches:
            by_path[touch.path].append((number, commit))
    return by_path


def _touches(
    by_path: Mapping[str, Sequence[tuple[int, Commit]]], prefix: str, fate: Fate
) -> Iterator[tuple[int, Version]]:
    """Yield the commits that changed a record under any of its names, numbered, with its blobs on both sides."""
    names = list(dict.fromkeys((prefix + fate.written.path, prefix + fate.path)))
    commits: dict[int, Commit] = {}
    for name in names:
        for number, commit in by_path.get(name, ()):
            commits[number] = commit
            gone = next((touch.old[0] for touch in commit.touches if touch.path == name and not touch.new), None)
            names += [
                touch.path
                for touch in (commit.touches if gone else ())
                if touch.new and not any(touch.old) and touch.path not in names
                if touch.new == gone or id_in(touch.path) == fate.written.id
            ]
    for number, commit in sorted(commits.items()):
        mine = [touch for touch in commit.touches if touch.path in names]
        gone = next((touch.old[0] for touch in mine if touch.new is None and touch.old), None)
        for touch in mine:
            if touch.new and touch.new not in touch.old:
                yield number, (commit, (touch.old[0] if touch.old else None) or gone, touch.new)


def _edit(store: Store, commit: Commit | None, before: Document | None, after: Document | None) -> Edit:
    old, new = (dict(side.data) if side and isinstance(side.data, dict) else {} for side in (before, after))
    changes = ordered(compare(old, new, keys(store.schema)), store.schema)
    difference, words = Difference(before, after, changes), Words(store.schema, store.settings)
    fields = tuple(dict.fromkeys(words.label(change.path, difference) for change in difference.expanded))
    if not fields:
        same = before is not None and after is not None and before.text == after.text
        fields = (_("moved") if same else _("comments or layout"),)
    if commit is None:
        return Edit(None, None, "", fields)
    member = store.settings.member(commit.email)
    return Edit(commit.id, commit.day(store.zone), (member.name if member else "") or commit.author, fields)
