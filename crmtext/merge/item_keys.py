"""The keys that identify list items, read from a schema without building a data dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.merge.matching import Keys

#: The depth limit for schemas that refer to themselves; records aren't deeper.
_DEEPEST = 10


def keys(schema: Mapping[str, Any]) -> Keys:
    """Return the `x-key` of each list in a schema by its path, as `contacts` or `transactions[].items`."""
    return dict(_marked(schema, "", schema.get("definitions", {}), _DEEPEST))


def _marked(
    spec: Mapping[str, Any], path: str, definitions: Mapping[str, Any], depth: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not depth:
        return
    if "$ref" in spec:
        beside = {name: value for name, value in spec.items() if name != "$ref"}
        spec = {**definitions[spec["$ref"].rpartition("/")[2]], **beside}
    if "$ref" in spec:
        yield from _marked(spec, path, definitions, depth - 1)
        return
    if "x-key" in spec:
        yield path, tuple(spec["x-key"])
    if isinstance(spec.get("items"), dict):
        yield from _marked(spec["items"], f"{path}[]", definitions, depth - 1)
    for name, below in spec.get("properties", {}).items():
        yield from _marked(below, f"{path}.{name}" if path else name, definitions, depth - 1)
