"""What a team's schema has to keep of the shipped one: the keys that the program itself counts with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import Place, Problem
from crmtext.schema.dictionary import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A kind that may stand for another one, being narrower.
_NARROWER = {("number", "integer"), ("text", "date"), ("text", "number"), ("text", "integer"), ("text", "boolean")}


def problems(data: dict[str, Any], shipped: dict[str, Any], path: str) -> Iterator[Problem]:
    """A problem for each shipped key that has become another kind of thing, or may now be left out where code needs it.

    Other keys may be added, shipped ones removed, vocabularies narrowed or widened, rules added.
    """
    ours = Field("", shipped, shipped["definitions"])
    theirs = {field.path: field for field in Field("", data, data.get("definitions", {})).walk()}
    for field in ours.walk():
        other = theirs.get(field.path)
        if other is None:
            continue
        if other.kind != field.kind and (field.kind, other.kind) not in _NARROWER:
            yield _problem(path, _("'{key}' has another type than in the shipped schema").format(key=field.path))
        missing = [key for key in field.resolved.get("required", ()) if key not in other.resolved.get("required", ())]
        if missing:
            name = f"{field.path}.{missing[0]}".removeprefix(".")
            yield _problem(path, _("'{key}' must be required, because the program needs it").format(key=name))


def _problem(path: str, message: str) -> Problem:
    return Problem(
        "schema-kept", message, Place(path), _("add your own field instead; compare with the shipped schema")
    )
