"""A record with its comments, and the text of it in the styles that people write: nothing of the product is used."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

_PLAIN = re.compile(r"[A-Za-z一-鿿][\w一-鿿 ./+@-]*[\w一-鿿]\Z|[一-鿿A-Za-z]\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


@dataclass
class Bit:
    """A value with what is said about it: a scalar, a dict of bits or a list of bits."""

    value: Any
    above: list[str] = field(default_factory=list)
    beside: str = ""
    flow: bool = False


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    list_step: int = 2
    newline: str = "\n"
    mark: str = ""
    closed: bool = True
    one_line_items: bool = False
    gaps: bool = False
    quotes: bool = False


def bit(data: Any, *, flow: bool = False) -> Bit:
    """Data without comments."""
    if isinstance(data, dict):
        return Bit({key: bit(value) for key, value in data.items()}, flow=flow)
    if isinstance(data, list):
        return Bit([bit(value) for value in data], flow=flow)
    return Bit(data)


def data(one: Bit) -> Any:
    """The data of a bit."""
    if isinstance(one.value, dict):
        return {key: data(value) for key, value in one.value.items()}
    return [data(value) for value in one.value] if isinstance(one.value, list) else one.value


def comments(one: Bit) -> list[str]:
    """All comments of a bit."""
    below = one.value.values() if isinstance(one.value, dict) else one.value if isinstance(one.value, list) else ()
    own = [*one.above, *([one.beside] if one.beside else [])]
    return [*own, *(comment for value in below for comment in comments(value))]


def unbroken(one: Bit) -> None:
    """Take the last line break from texts of several lines."""
    if isinstance(one.value, str):
        one.value = one.value.rstrip("\n")
    for below in (
        one.value.values() if isinstance(one.value, dict) else one.value if isinstance(one.value, list) else ()
    ):
        unbroken(below)


def text(record: Bit, style: Style) -> str:
    """The whole file."""
    lines = [*record.above, *_map(record, 0, style)]
    whole = style.newline.join(lines) + style.newline * style.closed
    return style.mark + whole


def _map(one: Bit, column: int, style: Style) -> list[str]:
    lines: list[str] = []
    for key, value in one.value.items():
        lines += [" " * column + comment for comment in value.above]
        lines += _entry(key, value, column, style)
    return lines


def _entry(key: str, value: Bit, column: int, style: Style) -> list[str]:
    head = " " * column + key + ":"
    beside = f" {value.beside}" if value.beside else ""
    if isinstance(value.value, str) and "\n" in value.value:
        body = value.value.rstrip("\n").split("\n")
        sign = "|" if value.value.endswith("\n") else "|-"
        return [f"{head} {sign}{beside}", *(" " * (column + 2) + line if line else "" for line in body)]
    if value.flow or not isinstance(value.value, dict | list) or not value.value:
        return [f"{head} {_inline(value, style)}{beside}"]
    if isinstance(value.value, dict):
        return [head + beside, *_map(value, column + 2, style)]
    return [head + beside, *_list(value, column + style.list_step, style)]


def _list(one: Bit, column: int, style: Style) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(one.value):
        if style.gaps and number:
            lines.append("")
        lines += [" " * column + comment for comment in item.above]
        lines += _item(item, column, style)
    return lines


def _item(item: Bit, column: int, style: Style) -> list[str]:
    beside = f" {item.beside}" if item.beside else ""
    one_line = style.one_line_items and not comments(replace(item, above=[], beside="")) and "\n" not in str(data(item))
    if not isinstance(item.value, dict) or one_line:
        return [" " * column + "- " + _inline(item, style) + beside]
    first, *rest = _map(item, column + 2, style)
    return [" " * column + "- " + first.lstrip(" "), *rest]


def _inline(one: Bit, style: Style) -> str:
    if isinstance(one.value, dict):
        return "{" + ", ".join(f"{key}: {_inline(value, style)}" for key, value in one.value.items()) + "}"
    if isinstance(one.value, list):
        return "[" + ", ".join(_inline(value, style) for value in one.value) + "]"
    return _scalar(one.value, style)


def _scalar(value: Any, style: Style) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _DATE.match(value) or (_PLAIN.match(value) and value.lower() not in _WORDS)
    return value if plain and not (style.quotes and not _DATE.match(value)) else json.dumps(value, ensure_ascii=False)
