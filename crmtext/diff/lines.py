"""A record as lines with one value each, named by its path, so that git can compare two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.schema import Field, Schema


def lines(data: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    """Yield lines such as `contacts[张三].title: 采购经理`, in the file's order."""
    for key, value in data.items():
        yield from _lines(value, key, schema.root.child(key))


def _lines(value: Any, at: str, field: Field | None) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _lines(below, f"{at}.{key}", field.child(key) if field else None)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _lines(item, f"{at}[{_name(item, index, field)}]", field.item if field else None)
    else:
        for line in str(value).splitlines() or [""]:
            yield f"{at}: {line}"


def _name(item: Any, index: int, field: Field | None) -> str:
    """Return an item's name: the first two identifying values, as more would make every line too long."""
    if not isinstance(item, dict):
        return ""
    key = (field.mark("x-key") if field else None) or ("name",)
    return " ".join(str(item[name]) for name in key[:2] if name in item) or str(index)
