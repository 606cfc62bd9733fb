"""Masked values of files, such as an export for others: they neither contradict nor replace what the store has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.checks.masked_name import may_be
from crmtext.checks.masked_value import is_masked
from crmtext.sealing.forms import is_masked_name
from crmtext.sealing.mask import Masking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.schema import Schema

#: Stands for a value that is left out.
_NOTHING = object()


def without_masked(schema: Schema, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what files say about a customer without masked values of which the record may have the full ones.

    These are masked names of people that it knows, and texts that are the masked form of its own.
    """
    if not _has_star(theirs):
        return theirs
    masked = Masking(schema).record(ours).data()
    kept = {
        key: value
        for key, given in theirs.items()
        if (value := _kept(schema.masks, given, ours.get(key), masked.get(key), key)) is not _NOTHING
    }
    return kept if kept != theirs else theirs


def _kept(kinds: Mapping[str, str], theirs: Any, ours: Any, masked: Any, path: str) -> Any:
    """A value without what is masked; `_NOTHING` if nothing is left. `masked` is the masked form of ours."""
    if not _has_star(theirs):
        return theirs
    if isinstance(theirs, dict):
        mine, hidden = (side if isinstance(side, dict) else {} for side in (ours, masked))
        return {
            key: value
            for key, given in theirs.items()
            if (value := _kept(kinds, given, mine.get(key), hidden.get(key), f"{path}.{key}")) is not _NOTHING
        } or _NOTHING
    if isinstance(theirs, list):
        here, behind = (side if isinstance(side, list) else [] for side in (ours, masked))
        items = (
            _NOTHING if _is_known(kinds, item, here, behind, path) else _kept(kinds, item, None, None, f"{path}[]")
            for item in theirs
        )
        return [item for item in items if item is not _NOTHING] or _NOTHING
    kind = kinds.get(path, "")
    if kind == "name":
        return _NOTHING if ours and is_masked_name(theirs) else theirs
    if kind:
        return _NOTHING if is_masked(theirs) and (ours or kind != "address") else theirs
    return _NOTHING if theirs == masked else theirs


def _is_known(kinds: Mapping[str, str], item: Any, ours: Iterable[Any], masked: Iterable[Any], path: str) -> bool:
    """Whether an item of a list is the masked form of one of ours, or names one of our people."""
    if not isinstance(item, dict):
        is_name = kinds.get(f"{path}[]") == "name"
        return item in masked or (is_name and any(may_be(str(item), str(name)) for name in ours))
    if kinds.get(f"{path}[].name") == "name" and is_masked_name(name := str(item.get("name", ""))):
        return any(may_be(name, str(one["name"])) for one in ours if "name" in one)
    starred = {key: value for key, value in item.items() if _has_star(value)}
    return bool(starred) and any(
        isinstance(one, dict) and all(one.get(key) == value for key, value in starred.items()) for one in masked
    )


def _has_star(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_star, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and ("*" in value or "＊" in value)
