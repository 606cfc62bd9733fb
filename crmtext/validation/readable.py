"""An invalid record made readable, so that checks can read its valid parts."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmtext.text.pointer import get, join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.schema import Schema
    from crmtext.text.document import Document

#: How often values are replaced: a filled in value may be invalid itself, such as a map with required fields.
_MOST_ROUNDS = 12


def readable(document: Document, schema: Schema) -> Document | None:
    """Return the document with valid data: invalid values are left out or, if required, replaced.

    None if that is not possible. Items of lists keep their numbers.
    """
    if schema.validator.valid(document.data):
        return document
    data = deepcopy(document.data)
    for _round in range(_MOST_ROUNDS):
        invalid = list(schema.validator.errors(data))
        if not invalid:
            return replace(document, data=data)
        if not all(_fixed(data, error, schema) for error in invalid):
            return None
    return None


def _fixed(data: Any, error: Any, schema: Schema) -> bool:
    """Remove or fill in the value that an error of the validator is about; returns whether that was possible."""
    steps = list(error.absolute_path)
    # The error for a field that is not allowed gives the path of its map, and the field's value.
    holder = error.instance if error.validator else get(data, steps)
    if error.validator == "required" and isinstance(holder, dict):
        missing = [key for key in error.validator_value if key not in holder]
        holder.update({key: _example(schema, (*steps, key)) for key in missing})
        return True
    if unwanted := _unwanted(error, holder):
        for key in unwanted:
            holder.pop(key)
        return True
    if not steps:
        return False
    above = get(data, steps[:-1])
    if isinstance(above, dict):
        above.pop(steps[-1], None)
    elif isinstance(above, list) and steps[-1] < len(above):
        above[steps[-1]] = _example(schema, steps)
    return True


def _unwanted(error: Any, holder: Any) -> list[str]:
    """The fields of a map that the schema does not allow."""
    if not isinstance(holder, dict):
        return []
    if error.validator == "additionalProperties":
        return [key for key in holder if key not in error.schema.get("properties", {})]
    if error.validator == "not":
        return [key for key in error.validator_value.get("required", ()) if key in holder]
    return [key for key in holder if holder[key] is error.instance]


def _example(schema: Schema, steps: Iterable[Any]) -> Any:
    """A valid value for a place."""
    field = schema.at(join(steps))
    if field is None:
        return "-"
    empty: dict[str, Any] = {"map": {}, "list": [], "boolean": False, "number": 0, "integer": 1}
    examples = field.resolved.get("examples", ())
    return field.choices[0].value if field.choices else examples[0] if examples else empty.get(field.kind, "-")
