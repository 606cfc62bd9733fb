"""What imports on other branches wrote, too: it stays when one of them is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.diff.customers import keys
from crmtext.importers.past.commit_digest import blobs, parts
from crmtext.merge.merge_texts import merge
from crmtext.sources import is_record
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.importers.past.imports import Import
    from crmtext.importers.undoing.records import Written
    from crmtext.schema import Schema
    from crmtext.storage.journal import Part
    from crmtext.store import Store


def with_others(store: Store, wanted: Sequence[Written], others: Iterable[Import]) -> tuple[Written, ...]:
    """Return the records of an import, each with what the imports on other branches wrote there before it, too."""
    by_path = {one.path: one for one in wanted}
    repo = store.git()
    for other in others:
        shared = {path: sides for path, sides in blobs(repo, other.commit).items() if path in by_path}
        for part in parts(repo, {path: sides for path, sides in shared.items() if is_record(path)}):
            one = by_path[part.path]
            if one.part.after is not None and part.after is not None:
                before = _with(one.part.before, part, store.schema)
                by_path[part.path] = one._replace(part=one.part._replace(before=before), also=other.commit.id)
    return tuple(by_path.values())


def _with(text: bytes | None, other: Part, schema: Schema) -> bytes | None:
    """A text of a record with another change of it; what both change stays as the text has it."""
    if text is None or other.before is None or other.after is None:
        return text if other.before is not None or text is not None else other.after
    try:
        base, ours, theirs = (side.decode() for side in (other.before, text, other.after))
    except UnicodeDecodeError:
        return text
    merged = merge(base, ours, theirs, keys(schema))
    return (conflict_hunks.resolve(merged.text, lambda hunk: hunk.ours) if merged.conflicts else merged.text).encode()
