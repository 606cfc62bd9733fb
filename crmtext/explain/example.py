"""An example of a field in a record, built from the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.text.edit import emit
from crmtext.text.edit.style import Style

if TYPE_CHECKING:
    from crmtext.schema import Field, Schema
    from crmtext.text.edit.emit import Value

#: Placeholder for text without an example in the schema.
ANY = "…"
_KINDS: dict[str, Value] = {"date": "2024-05-01", "number": 1, "integer": 1, "boolean": True}


def example(schema: Schema, field: Field) -> str:
    """Return the lines of a record with this field and the fields required with it."""
    data = value(field) if not field.path else _within(field.path.split("."), value(field))
    dates = frozenset(child.path for child in schema.by_path.values() if child.kind == "date")
    lines = emit.block(data, 0, "", Style(dates=dates)) if isinstance(data, dict) else ()
    return "\n".join(lines)


def _within(steps: list[str], inner: Value) -> Value:
    for step in reversed(steps):
        inner = {step.removesuffix("[]"): [inner] if step.endswith("[]") else inner}
    return inner


def value(field: Field) -> Value:
    """Return a valid value of the field."""
    if given := field.resolved.get("examples"):
        first: Value = given[0]
        return first
    if field.choices:
        return field.choices[0].value
    if field.kind == "list":
        return [value(field.item)] if field.item else [ANY]
    if field.kind == "map":
        needed = field.resolved.get("required", ())
        shown = [child for child in field.children if child.key in needed] or field.children[:1]
        return {child.key: value(child) for child in shown} or {ANY: ANY}
    least: Value | None = field.resolved.get("minimum")
    return least if least is not None else _KINDS.get(field.kind, ANY)
