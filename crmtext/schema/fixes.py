"""Fixes for values with only one possible meaning, as edits of the text."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmtext.problem import Edit
from crmtext.schema.validate import Validator
from crmtext.text.edit import emit
from crmtext.text.read.scalars import resolve, too_long
from crmtext.values import lazy
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.schema import Schema
    from crmtext.text.document import Document
    from crmtext.text.tree import Node

_DATE = lazy.pattern(
    r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?\Z|([0-9]{4})([0-9]{2})([0-9]{2})\Z"
)
_MONTH = lazy.pattern(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*月?\Z")
_DAY = lazy.pattern(r"([0-9]{1,2})月([0-9]{1,2})[日号]?\Z")
_AMOUNT = lazy.pattern(r"(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*([万亿%]?)\Z")
_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000, "%": 1}
_YES = {"yes": "true", "y": "true", "on": "true", "是": "true", "有": "true"}
_NO = {"no": "false", "n": "false", "off": "false", "否": "false", "不是": "false", "无": "false"}
#: Separators that users type between list items.
SEPARATORS = lazy.pattern(r"[,，、;；]")
_BRACKETS = lazy.pattern(r"[\n\[\]{}【】（）\"“”]")


def as_item(text: str) -> str:
    """Return an item of a list as it is typed: in brackets if it would be read as several items."""
    return json.dumps([text], ensure_ascii=False) if SEPARATORS.search(text) or text.startswith("[") else text


def value(typed: str, spec: Mapping[str, Any], schema: Schema) -> str:
    """Return the typed text in a form that fits the field's schema; empty if there is none."""
    text = unicodedata.normalize("NFKC", typed).strip()
    forms = (text, *_dates(text), text.replace(" ", ""), currencies.code_of(text), text.upper())
    return next((form for form in forms if form and form != typed and fits(form, spec, schema)), "")


def scalar(typed: str, spec: Mapping[str, Any], schema: Schema) -> str:
    """Return the number or boolean that a text means, as a plain scalar; else empty."""
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    truth = {**_YES, **_NO}.get(text, text)
    if truth in ("true", "false"):
        return truth if fits(truth == "true", spec, schema) else ""
    match = _AMOUNT.match(text)
    if not match or (match[2] == "%" and spec.get("maximum") != 100):
        return ""
    number = Decimal(match[1].replace(",", "")) * _SCALE[match[2]]
    written = f"{number.normalize():f}"
    return written if not too_long(written) and fits(resolve(written), spec, schema) else ""


def fits(candidate: Any, spec: Mapping[str, Any], schema: Schema) -> bool:
    """Whether a value is valid for a part of the schema."""
    whole = {"definitions": schema.data.get("definitions", {}), "$schema": schema.data.get("$schema", "")}
    return Validator({**whole, "allOf": [dict(spec)]}).valid(candidate)


def iso_date(text: str) -> str:
    """Return a full date in another form (2024/5/1, 2024.5.1, 2024年5月1日, 20240501) as 2024-05-01; else empty."""
    match = _DATE.match(text)
    try:
        return date(*(int(part) for part in match.groups() if part)).isoformat() if match else ""
    except ValueError:
        return ""


def looks_like_date(text: str) -> bool:
    """Whether a text has the form of a full date, valid or not."""
    return _DATE.match(unicodedata.normalize("NFKC", text)) is not None


def _dates(text: str) -> Iterator[str]:
    """The ISO forms of a full date, a month, or a day without a year."""
    yield iso_date(text)
    if match := _MONTH.match(text):
        yield f"{match[1]}-{int(match[2]):02}"
    if match := _DAY.match(text):
        yield f"--{int(match[1]):02}-{int(match[2]):02}"


def quoted(document: Document, pointer: str) -> tuple[Edit, ...]:
    """Return the edit that quotes a plain value."""
    node = document.node(pointer)
    return (Edit(node.start, node.end, f'"{node.value}"'),) if node and node.plain else ()


def replaced(document: Document, pointer: str, new: str) -> tuple[Edit, ...]:
    """Return the edit that replaces a scalar by a text and keeps its quotes."""
    node = _scalar_node(document, pointer)
    if node is None:
        return ()
    quote = {"single": "'", "double": '"'}.get(node.style, "")
    written = emit.quoted(new, quote, keep=True) if quote else emit.scalar(new, flow=True, date=True)
    return (Edit(node.start, node.end, written),)


def plain(document: Document, pointer: str, new: str) -> tuple[Edit, ...]:
    """Return the edit that replaces a scalar by a plain number or boolean."""
    node = _scalar_node(document, pointer)
    return (Edit(node.start, node.end, new),) if node else ()


def bracketed(
    document: Document, pointer: str, spec: Mapping[str, Any], schema: Schema
) -> tuple[str, tuple[Edit, ...]]:
    """Return a single value as a list in brackets (empty if that doesn't fit), and the edit for it."""
    node = _scalar_node(document, pointer)
    if node is None:
        return "", ()
    items = [part.strip() for part in SEPARATORS.split(node.value) if part.strip()]
    if not items or _BRACKETS.search(node.value) or not fits(items, spec, schema):
        return "", ()
    shown = "[" + ", ".join(emit.scalar(item, flow=True, date=True) for item in items) + "]"
    return shown, (Edit(node.start, node.end, shown),) if len(items) == 1 else ()


def as_written(document: Document, pointer: str, value: Any) -> Any:
    """Return a scalar as written in the text, leading zeros included."""
    node = document.node(pointer)
    return node.value if node is not None and node.kind == "scalar" else value


def _scalar_node(document: Document, pointer: str) -> Node | None:
    """The node of a value that can be replaced on its line: a scalar, not in block style."""
    node = document.node(pointer)
    return node if node is not None and node.style in ("plain", "single", "double") and node.kind == "scalar" else None
