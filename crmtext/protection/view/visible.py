"""The part of a record that a view shows: the values that `see` covers, without sensitive ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from crmtext.checks.reference import GONE, leads_elsewhere
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.protection.policy import patterns
from crmtext.schema import Schema
from crmtext.text.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from crmtext.schema import Field

#: Shown in every view, because a record is named by it.
ID = "id"


class _Hidden:
    """Stands for a value that isn't shown."""


_HIDDEN = _Hidden()


class Visible:
    """The parts of records that a view shows, by the patterns of `see`."""

    def __init__(self, schema: Schema, see: tuple[str, ...]) -> None:
        self.schema = schema
        covered = patterns.fields(see)
        self._named = tuple(pattern for pattern in see if not pattern.startswith("-"))
        self._sensitive = frozenset(field.path for field in schema.marked("x-sensitive"))
        self._references = frozenset(field.path for field in schema.marked("x-reference")) - GONE
        excluded = (pattern[1:] for pattern in see if pattern.startswith("-"))
        #: The paths at which a part of a value that is shown may be hidden.
        self._exceptions = (*excluded, *self._sensitive, *self._references)
        self.shows = cache(
            lambda path: path == ID or (covered.allow(patterns.steps(path)) and not self._is_sensitive(path))
        )
        self._is_whole = cache(self._shows_whole)
        self._required = cache(self._required_at)

    def record(self, data: Mapping[str, Any], ids: AbstractSet[str]) -> dict[str, Any]:
        """Return the part of a record's data that is shown. `ids` are the customers that references may lead to."""
        loose = frozenset(
            pointer
            for path in self._references
            for pointer, id_ in self.schema.values(data, path)
            if id_ not in ids and not leads_elsewhere(data, pointer, self.schema)
        )
        return self._map(data, "", "", loose)

    def _map(self, value: Mapping[str, Any], path: str, pointer: str, loose: AbstractSet[str]) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        for key, below in value.items():
            part = self._part(below, f"{path}.{key}" if path else key, f"{pointer}/{escape(key)}", loose)
            if part is not _HIDDEN:
                parts[key] = part
        return parts

    def _part(self, value: Any, path: str, pointer: str, loose: AbstractSet[str]) -> Any:
        """The part of a value that is shown. A map without a key that it needs is hidden, and so is an empty part."""
        if self._is_whole(path):
            return value
        if isinstance(value, dict) and value:
            parts = self._map(value, path, pointer, loose)
            # Without its id, a relation to a customer who isn't in the view says nothing.
            return parts if parts and self._required(path) & value.keys() <= parts.keys() else _HIDDEN
        if isinstance(value, list) and value:
            items = [self._part(item, f"{path}[]", f"{pointer}/{number}", loose) for number, item in enumerate(value)]
            return [item for item in items if item is not _HIDDEN] or _HIDDEN
        return value if self.shows(path) and pointer not in loose else _HIDDEN

    def _is_sensitive(self, path: str) -> bool:
        return any(path == secret or is_below(path, secret) for secret in self._sensitive)

    def _shows_whole(self, path: str) -> bool:
        """Whether a value at this path is shown with all that is in it."""
        return self.shows(path) and not any(one == path or is_below(one, path) for one in self._exceptions)

    def _required_at(self, path: str) -> frozenset[str]:
        field = self.schema.by_path.get(path)
        return frozenset(field.resolved.get("required", ())) if field and path else frozenset()

    def shows_part(self, field: Field) -> bool:
        """Whether anything at a field or below it is shown."""
        if field.path in self._sensitive or self._is_sensitive(field.path):
            return False
        parts = (*field.children, *((field.item,) if field.item else ()))
        if any(map(self.shows_part, parts)):
            return True
        is_open = "additionalProperties" in field.resolved and bool(field.resolved["additionalProperties"])
        named_inside = is_open and any(is_below(pattern, field.path) for pattern in self._named)
        return (is_open or not parts) and (self.shows(field.path) or named_inside)

    def check(self) -> None:
        """Raise CrmError if records can't be shown because something that the program needs is hidden."""
        shipped = Schema.shipped().by_path
        for field in self.schema.by_path.values():
            if field.kind != "map" or field.path not in shipped or not (not field.path or self.shows_part(field)):
                continue
            for key in shipped[field.path].resolved.get("required", ()):
                needed = f"{field.path}.{key}".lstrip(".")
                if not self.shows_part(self.schema.by_path[needed]):
                    raise self._missing(needed, field.path)

    def _missing(self, needed: str, inside: str) -> CrmError:
        message = _("the view needs {field}, which the role does not see")
        hint = _("add '{field}' to `see`")
        if inside:
            hint = _("add '{field}' to `see`, or hide all of it: '-{list}'")
        shown = inside.removesuffix("[]")
        return cannot("view-fields", message.format(field=needed), hint.format(field=needed, list=shown))


def is_below(path: str, above: str) -> bool:
    """Whether a path leads into another one."""
    return path.startswith((f"{above}.", f"{above}[]")) or (not above and bool(path))
