"""The changes of an import's commit, and their digest, by which the commit is recognised."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from crmtext.git.reading import differing, read_blobs
from crmtext.layout import is_mapping
from crmtext.sources import is_record
from crmtext.storage.journal import Part
from crmtext.text.read.load import peek

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from crmtext.git.history import Commit
    from crmtext.git.plumbing import Repository
    from crmtext.importers.past.imports import Import

#: One encoder for all lines: `json.dumps` makes one for each.
_line = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest(records: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> str:
    """Return the SHA-256 of what changed in records, given in the order of their paths as path, data before and after.

    It is taken over path, field and new value of every field that differs, so it stays the same if the commit is
    rebased, and changes if other edits are mixed in.
    """
    whole = sha256()
    for path, before, after in records:
        for field, value in _changed(before, after, ""):
            whole.update(_line([path, field, value]).encode("utf-8", "surrogatepass") + b"\n")
    return whole.hexdigest()


def fits(
    done: Import, records: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]], accepted: Collection[str] = ()
) -> bool:
    """Whether these changes are those that an import wrote, or ones that were accepted; only records count."""
    return f"sha256:{digest(one for one in records if is_record(one[0]))}" in {done.records, *accepted}


def blobs(repo: Repository, commit: Commit) -> dict[str, tuple[str, str]]:
    """Return the files that differ from a commit's first parent, sorted, with their blobs; empty for a missing one."""
    parent = commit.parents[0] if commit.parents else repo.empty_tree
    old, new = ({entry.path: entry.blob for entry in side} for side in differing(repo, repo.prefix, parent, commit.id))
    paths = sorted({*old, *new})
    return {path.removeprefix(repo.prefix): (old.get(path, ""), new.get(path, "")) for path in paths}


def parts(repo: Repository, changed: Mapping[str, tuple[str, str]]) -> Iterator[Part]:
    """Yield files with these blobs, in their order; only records and mappings are read."""
    readable = {path for path in changed if is_record(path) or is_mapping(path)}
    contents = read_blobs(repo, (blob for path in changed if path in readable for blob in changed[path] if blob))
    for path, sides in changed.items():
        yield Part(path, *(next(contents)[1] if blob and path in readable else None for blob in sides))


def data_of(raw: bytes | None, path: str) -> dict[str, Any]:
    """Return the data of a record's bytes; empty if there is none."""
    data = peek(raw, path).data if raw is not None and is_record(path) else None
    return data if isinstance(data, dict) else {}


def _changed(before: Any, after: Any, field: str) -> Iterator[tuple[str, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _changed(before.get(key), after.get(key), f"{field}.{key}" if field else key)
    elif before != after:
        yield field, after
