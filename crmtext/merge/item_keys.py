"""What tells the items of lists apart, read out of a schema without the cost of a whole data dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.merge.matching import Keys

#: A schema that refers to itself has no end; records are no deeper than this.
_DEEPEST = 10


def keys(schema: Mapping[str, Any]) -> Keys:
    """By the path of a list, as `contacts` or `transactions[].items`, what the schema marks as `x-key`."""
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
