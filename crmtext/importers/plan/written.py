"""A digest of everything that an import writes, by which a later import recognises its commit."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


def _changed(before: Any, after: Any, field: str) -> Iterator[tuple[str, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _changed(before.get(key), after.get(key), f"{field}.{key}" if field else key)
    elif before != after:
        yield field, after
