"""A wrong record made readable: checks can look at the rest of it beside what the schema rejects."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmtext.text.pointer import get, join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.schema import Schema
    from crmtext.text.document import Document

#: What is filled in may be wrong in turn, such as a map that needs keys of its own; so many times.
_MOST_ROUNDS = 12


def readable(document: Document, schema: Schema) -> Document | None:
    """The document with data that fit the schema: values that do not are left out or, if required, replaced.

    None if that is not possible. Items of lists keep their numbers.
    """
    if schema.validator.valid(document.data):
        return document
    data = deepcopy(document.data)
    for _round in range(_MOST_ROUNDS):
        found = list(schema.validator.errors(data))
        if not found:
            return replace(document, data=data)
        if not all(_settled(data, error, schema) for error in found):
            return None
    return None


def _settled(data: Any, error: Any, schema: Schema) -> bool:
    """Take away or fill in what an error of the validator is about; whether that could be done."""
    steps = list(error.absolute_path)
    # The error of a field that may not be there names the map around it, and holds the field's value.
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
    """The fields of a map that the schema does not allow there."""
    if not isinstance(holder, dict):
        return []
    if error.validator == "additionalProperties":
        return [each for each in holder if each not in error.schema.get("properties", {})]
    if error.validator == "not":
        return [each for each in error.validator_value.get("required", ()) if each in holder]
    return [each for each in holder if holder[each] is error.instance]


def _example(schema: Schema, steps: Iterable[Any]) -> Any:
    """A value that may stand at a place."""
    field = schema.at(join(steps))
    if field is None:
        return "-"
    empty: dict[str, Any] = {"map": {}, "list": [], "boolean": False, "number": 0, "integer": 1}
    examples = field.resolved.get("examples", ())
    return field.choices[0].value if field.choices else examples[0] if examples else empty.get(field.kind, "-")
