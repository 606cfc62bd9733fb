"""The fate of each record when an import is undone: a three-way merge, decided before anything is written."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from crmtext.diff.customers import keys
from crmtext.git.plumbing import head
from crmtext.git.reading import blob_of, changed_staged, read_blobs
from crmtext.importers.undoing.records import Around, Here, Written, referred
from crmtext.merge.merge_texts import merge
from crmtext.problem import Severity, unknown
from crmtext.record.change.draft import errors
from crmtext.record.change.replay import conflict_error
from crmtext.sources import is_record
from crmtext.storage.commit import entries
from crmtext.storage.journal import Part
from crmtext.text import conflict_hunks
from crmtext.text.read.load import parse
from crmtext.validation.change import problems_in_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.git.reading import Entry
    from crmtext.schema import Schema
    from crmtext.store import Store


class Kept(StrEnum):
    """Why a record, or a part of it, stays as it is."""

    EDITED = "edited"
    MERGED = "merged"  # into another record
    REFERRED = "referred"  # another record refers to it
    RULE = "rule"  # the old values would be wrong now
    FOREIGN = "foreign"  # the import didn't write it
    IMPORTED = "imported"  # another import wrote the same


class Fate(NamedTuple):
    """The fate of a file that an import wrote."""

    written: Written
    #: Where it is now; its bytes now and then, None if missing.
    path: str
    now: bytes | None
    then: bytes | None
    kept: Kept | None = None
    #: The record that refers to it, or the reason of a rule.
    why: str = ""

    @property
    def part(self) -> Part:
        """The change on the disk."""
        return Part(self.path, self.now, self.then)


def fates(store: Store, wanted: Sequence[Written], around: Around) -> tuple[Fate, ...]:
    """Return the fates of the files that are still there or come back."""
    decided = [fate for one in wanted if (fate := _fate(store, one, around))]
    decided = _within_rules(store, decided)
    going = {fate.written.id: fate.path for fate in decided if fate.then is None and fate.written.id}
    if going:
        after = {fate.path: fate.then for fate in decided if fate.then is not None}
        naming = {path: (after.get(path, raw), ids) for path, (raw, ids) in around.naming.items()}
        stays = referred(store.schema, going, naming)
        decided = [
            fate._replace(then=fate.now, kept=Kept.REFERRED, why=stays[fate.written.id])
            if fate.then is None and fate.written.id in stays
            else fate
            for fate in decided
        ]
    return tuple(decided)


def _fate(store: Store, one: Written, around: Around) -> Fate | None:
    """The fate of a file; None if there is nothing left of it."""
    if not is_record(one.path):
        now = None if one.foreign else store.read_file(one.path)
        then = one.part.before if now == one.part.after and not one.foreign else now
        edited = Kept.EDITED if now not in (one.part.before, one.part.after) else None
        return Fate(one, one.path, now, then, Kept.FOREIGN if one.foreign else edited)
    here = around.here.get(one.path)
    if one.part.after is None:
        if here is None and store.read_file(one.path) is None:
            return Fate(one, one.path, None, one.part.before)
        here = here or Here(one.path, store.read_file(one.path) or b"")
        return None if here.raw == one.part.before else Fate(one, here.path, here.raw, here.raw, Kept.EDITED)
    if here is None:
        return None
    if here.merged:
        return Fate(one, here.path, here.raw, here.raw, Kept.MERGED)
    then, is_whole = _reversed(one, here.raw, store.schema)
    kept = None if is_whole else Kept.EDITED
    if is_whole and one.also and then == here.raw:
        kept = Kept.IMPORTED
    return Fate(one, here.path, here.raw, then, kept, one.also[:8] if kept is Kept.IMPORTED else "")


def _reversed(one: Written, now: bytes, schema: Schema) -> tuple[bytes | None, bool]:
    """A text of a record without what the import wrote, and whether all of that could go."""
    before, after = one.part.before, one.part.after
    if _unix(now) == after and before is None:
        return None, True
    if before is None or after is None:
        return now, False
    try:
        texts = [text.decode() for text in (after, now, before)]
    except UnicodeDecodeError:
        return now, False
    merged = merge(texts[0], texts[1], texts[2], keys(schema), valid=lambda text: _is_valid(text, one.path, schema))
    text = conflict_hunks.resolve(merged.text, lambda hunk: hunk.ours) if merged.conflicts else merged.text
    return text.encode(), not merged.conflicts


def _is_valid(text: str, path: str, schema: Schema) -> bool:
    document = parse(text.encode(), path)
    return not document.problems and schema.validator.valid(document.data)


def _unix(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n")


def _within_rules(store: Store, decided: Sequence[Fate]) -> list[Fate]:
    """The fates, where a record whose old values would be an error now keeps its values."""
    changed = [fate for fate in decided if fate.now and fate.then and fate.now != fate.then and is_record(fate.path)]
    if not changed:
        return list(decided)
    pairs = [(parse(fate.now or b"", fate.path), parse(fate.then or b"", fate.path)) for fate in changed]
    alone = (problem for old, new in pairs for problem in unknown(errors(new, store.schema), errors(old, store.schema)))
    problems = (*problems_in_records(store, pairs), *alone)
    wrong = {problem.place.path: problem for problem in problems if problem.severity is Severity.ERROR}
    return [
        fate._replace(then=fate.now, kept=Kept.RULE, why=wrong[fate.path].message)
        if fate.path in wrong and fate.then is not None
        else fate
        for fate in decided
    ]


def in_head(store: Store, wanted: Sequence[Written], decided: Sequence[Fate]) -> tuple[Part, ...]:
    """Return the change of each file in HEAD: that on the disk, without the user's own uncommitted edits."""
    repo = store.git()
    changing = [fate for fate in decided if fate.now != fate.then]
    left = {fate.written.path for fate in decided}
    # Only deleted on the disk so far.
    gone = [one for one in wanted if one.path not in left and one.part.before is None and is_record(one.path)]
    paths = {path for fate in changing for path in (fate.path, fate.written.path)} | {one.path for one in gone}
    held = entries(repo, head(repo), sorted(repo.prefix + path for path in paths))
    parts = [_in_head(store, fate, held.get(repo.prefix + fate.path), held) for fate in changing]
    for one in gone:
        entry = held.get(repo.prefix + one.path)
        if entry and entry.blob == blob_of(repo, one.part.after) and store.read_file(one.path) is None:
            parts.append(Part(one.path, one.part.after, None))
    return tuple(filter(None, parts))


def _in_head(store: Store, fate: Fate, entry: Entry | None, held: Mapping[str, Entry]) -> Part | None:
    repo = store.git()
    if entry is None:
        if fate.now is not None and repo.prefix + fate.written.path in held:
            # Moved on the disk, and not committed yet.
            raise conflict_error(fate.path)
        return None if fate.then is None else Part(fate.path, None, fate.then)
    if fate.now is not None and entry.blob in {blob_of(repo, fate.now), blob_of(repo, _unix(fate.now))}:
        is_unix = entry.blob == blob_of(repo, fate.now)
        return fate.part if is_unix else Part(fate.path, _unix(fate.now), fate.then and _unix(fate.then))
    content = next(read_blobs(repo, [entry.blob]))[1]
    then, _is_whole = _reversed(fate.written, content, store.schema)
    if fate.now is None or fate.then is None or then is None:
        raise conflict_error(fate.path)
    return Part(fate.path, content, then) if then != content else None


def in_index(store: Store, decided: Iterable[Fate]) -> Iterator[Part]:
    """Yield the staged edits of changed records with the change applied, so that they stay staged."""
    repo = store.git()
    changed = {repo.prefix + fate.path: fate for fate in decided if fate.now and fate.then and fate.now != fate.then}
    staged = changed_staged(repo, renames=False) if changed else ()
    for theirs in staged:
        if (fate := changed.get(theirs.new or "")) and theirs.old:
            content = next(read_blobs(repo, [theirs.new_blob]))[1]
            then, _is_whole = _reversed(fate.written, content, store.schema)
            if then is not None:
                yield Part(fate.path, content, then)
