"""The schema of a view: the fields that it shows, without rules for filling them in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.protection.view.visible import Visible
    from crmtext.schema import Field
    from crmtext.sealing.mask import Masking

#: Rules that a record may break once some of its values are hidden, and what helps people to fill in records.
_RULES = frozenset({
    "allOf", "if", "then", "else", "not", "minItems", "minProperties", "default", "defaultSnippets", "examples",
    "$comment",
})  # fmt: skip
#: The form of a text, which its masked form doesn't have.
_FORM = frozenset({"pattern", "patternErrorMessage", "format", "minLength", "maxLength", "enum", "const"})
_DEFINITIONS = "definitions"


def text(visible: Visible, masking: Masking | None = None) -> str:
    """Return the text of the view's schema; with a masking, masked values are valid, too."""
    schema = visible.schema
    spec = _spec(schema.root, visible, masking)
    spec.pop(_DEFINITIONS, None)
    if kept := _used(spec, schema.data.get(_DEFINITIONS, {})):
        spec[_DEFINITIONS] = kept
    return json.dumps(spec, ensure_ascii=False, indent=2) + "\n"


def _spec(field: Field, visible: Visible, masking: Masking | None) -> dict[str, Any]:
    is_masked = masking is not None and masking.masks(field.path)
    if not field.children and field.item is None:
        # A reference to a definition says what kind of value it is, such as a currency.
        spec = field.resolved if is_masked else field.spec
        return {key: value for key, value in spec.items() if key not in _RULES and not (is_masked and key in _FORM)}
    spec = {key: value for key, value in field.resolved.items() if key not in _RULES}
    if field.children:
        children = [child for child in field.children if visible.shows_part(child)]
        spec["properties"] = {child.key: _spec(child, visible, masking) for child in children}
        if required := [key for key in spec.pop("required", ()) if key in spec["properties"]]:
            spec["required"] = required
    if field.item:
        spec["items"] = _spec(field.item, visible, masking)
        if keys := [key for key in spec.pop("x-key", ()) if key in field.item.by_key and _shows(visible, field, key)]:
            spec["x-key"] = keys
        if field.item.children or masking:
            # Items that differ only in hidden values, and masked ones, are alike.
            spec.pop("uniqueItems", None)
    return spec


def _shows(visible: Visible, field: Field, key: str) -> bool:
    return field.item is not None and visible.shows_part(field.item.by_key[key])


def _used(spec: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions that a schema refers to, also by way of others, in their order."""
    names: set[str] = set()
    ahead = [*_references(spec)]
    while ahead:
        name = ahead.pop()
        if name not in names:
            names.add(name)
            ahead += _references(definitions[name])
    return {name: definition for name, definition in definitions.items() if name in names}


def _references(node: Any) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else ():
        if key == "$ref" and isinstance(value, str):
            yield value.rpartition("/")[2]
        yield from _references(value)
    for value in node if isinstance(node, list) else ():
        yield from _references(value)
