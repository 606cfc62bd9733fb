"""The fields of the shipped schema that a team's schema must keep because the program uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import Place, Problem
from crmtext.schema.dictionary import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Kinds of shipped fields, each with a narrower kind that may replace it.
_NARROWER = {("number", "integer"), ("text", "date"), ("text", "number"), ("text", "integer"), ("text", "boolean")}


def problems(data: dict[str, Any], shipped: dict[str, Any], path: str) -> Iterator[Problem]:
    """Return a problem for each shipped field of another kind, or no longer required although code needs it.

    Teams may add fields and rules, remove shipped fields, and change vocabularies.
    """
    ours = Field("", shipped, shipped["definitions"])
    theirs = {field.path: field for field in Field("", data, data.get("definitions", {})).walk()}
    for field in ours.walk():
        other = theirs.get(field.path)
        if other is None:
            continue
        if other.kind != field.kind and (field.kind, other.kind) not in _NARROWER:
            yield _problem(path, _("'{key}' has another type than in the shipped schema").format(key=field.path))
        if field.kind != "map" and not other.children:
            # A value that may also be a map, and is only text there, as in version 1.
            continue
        missing = [key for key in field.resolved.get("required", ()) if key not in other.resolved.get("required", ())]
        if missing:
            name = f"{field.path}.{missing[0]}".removeprefix(".")
            yield _problem(path, _("'{key}' must be required, because the program needs it").format(key=name))


def _problem(path: str, message: str) -> Problem:
    return Problem(
        "schema-kept", message, Place(path), _("add your own field instead; compare with the shipped schema")
    )
