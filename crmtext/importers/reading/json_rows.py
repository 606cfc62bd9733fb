"""JSON as sheets: a list of flat objects, JSONL, and our own export, whose records stay whole."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.reading import json_faults
from crmtext.importers.reading.delimited import LARGEST_CELL, MOST_COLUMNS, MOST_ROWS, decode
from crmtext.importers.reading.failure import unreadable
from crmtext.importers.sheet import Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.importers.sheet import Cell

#: What our export adds to a record.
_DERIVED = frozenset({"path", "computed"})
#: A record of ours has these, with an id of our form.
_OURS = frozenset({"id", "name", "type", "status", "owner"})
_ID = re.compile(r"C[0-9]{8}[0-9A-Z]{3,6}")
_MANY_DIGITS = re.compile(r"[0-9]{16}")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class _Digits(str):
    """A whole number of more digits than a spreadsheet has, as text: in most files it is a code."""

    __slots__ = ()


def read(name: str, data: bytes, kind: str, digest: str, encoding: str = "") -> tuple[Sheet, ...]:
    """Return the lists of a JSON file as sheets, each with a header of number 0 and the entries from 1.

    Raises CrmError for anything but a list of objects, and with the line for NaN, repeated names and half characters.
    """
    text, used = decode(name, data, encoding)
    if used == "gb18030" and not encoding:
        raise unreadable(name, _("JSON must be UTF-8"), _("name the encoding: --encoding gb18030"))
    content: Any
    if kind == "jsonl":
        content = list(_lines(name, text))
    else:
        try:
            content = _parse(name, text, 1)
        except json.JSONDecodeError as error:
            if error.msg != "Extra data" or "\n" not in text[: error.pos + 1]:
                raise _broken(name, error, 1) from None
            content = list(_lines(name, text))
    if (own := _records(content)) is not None:
        own = tuple(_with_numbers(one) for one in own) if _MANY_DIGITS.search(text) else own
        _check_cells(name, text, own)
        rows = (Row(0, ("id", "name")), *(Row(at, (one["id"], str(one["name"]))) for at, one in enumerate(own, 1)))
        return (Sheet(name, "", kind, rows, digest, used, records=own),)
    lists = _lists(name, content)
    return tuple(
        Sheet(name, object_, kind, tuple(_rows(name, text, items)), digest, used) for object_, items in lists.items()
    )


def _lines(name: str, text: str) -> Iterator[Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield _parse(name, line, number)
            except json.JSONDecodeError as error:
                raise _broken(name, error, number) from None


def _broken(name: str, error: json.JSONDecodeError, first: int) -> Exception:
    message = _("line {line}, column {column} is not JSON: {reason}")
    message = message.format(line=first + error.lineno - 1, column=error.colno, reason=error.msg)
    return unreadable(name, message, _("fix it, or export the file again"))


def _parse(name: str, text: str, line: int) -> Any:
    """The value of a JSON text that begins in this line. Whole numbers of more than 15 digits stay text."""

    def fault(_what: object) -> Any:
        raise RecursionError

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(items)
        return table if len(table) == len(items) else fault(items)

    def whole(digits: str) -> int | str:
        if len(digits) > json_faults.MOST_DIGITS:
            return str(fault(digits))
        return int(digits) if len(digits) <= 15 else _Digits(digits)

    def number(digits: str) -> float:
        value = float(digits)
        return value if math.isfinite(value) else float(fault(digits))

    try:
        content = json.loads(text, parse_constant=fault, object_pairs_hook=pairs, parse_int=whole, parse_float=number)
        if not json_faults.is_deep(content):
            return content
    except RecursionError:
        pass
    raise unreadable(name, json_faults.first(text, line), _("fix it, or export the file again"))


def _records(content: Any) -> tuple[dict[str, Any], ...] | None:
    """The records of our own export, without what it adds; None if the file isn't one."""
    if isinstance(content, dict) and "schema" in content:
        content = content.get("customers", [content.get("customer")])
    if not isinstance(content, list) or not content or not all(map(_is_record, content)):
        return None
    return tuple({key: value for key, value in one.items() if key not in _DERIVED} for one in content)


def _with_numbers(value: Any) -> Any:
    """A value of our own export, in which numbers of any length are numbers."""
    if isinstance(value, dict):
        return {key: _with_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_numbers(one) for one in value]
    return int(value) if isinstance(value, _Digits) else value


def _is_record(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() >= _OURS
        and isinstance(value["id"], str)
        and _ID.fullmatch(value["id"]) is not None
        and not any("." in key for key in value)
    )


def _lists(name: str, content: Any) -> dict[str, list[dict[str, Any]]]:
    """The lists of a file by the name of their object; empty for a plain list."""
    if isinstance(content, dict):
        lists = {key: value for key, value in content.items() if isinstance(value, list) and value}
        if lists and all(isinstance(entry, dict) for value in lists.values() for entry in value):
            return {key: [_flat(entry) for entry in value] for key, value in lists.items()}
        content = [content]
    items = _objects(name, content)
    if not items:
        raise unreadable(name, _("the list is empty"), _("export the file again"))
    return {"": [_flat(item) for item in items]}


def _objects(name: str, content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise unreadable(name, _("not a list of objects"), _("use a list of flat objects: [{…}, {…}]"))
    return content


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """An object whose inner objects are joined as `outer.inner`, and whose lists of texts are one text."""
    flat: dict[str, Any] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": cell for inner, cell in _flat(value).items()}
        elif isinstance(value, list) and not any(isinstance(entry, (dict, list)) for entry in value):
            flat[key] = "; ".join(str(entry) for entry in value)
        elif isinstance(value, list):
            flat[key] = json.dumps(value, ensure_ascii=False)
        else:
            flat[key] = value
    return flat


def _check_cells(name: str, text: str, records: Sequence[dict[str, Any]]) -> None:
    if len(records) > MOST_ROWS:
        raise unreadable(name, _("more than {count} rows").format(count=f"{MOST_ROWS:,}"), _("split the file"))
    for number, record in enumerate(records, start=1):
        left: list[Any] = [record]
        while left:
            value = left.pop()
            if isinstance(value, dict):
                left += [*value, *value.values()]
            elif isinstance(value, list):
                left += value
            else:
                _cell(name, text, number, value)


def _rows(name: str, text: str, items: Sequence[dict[str, Any]]) -> Iterator[Row]:
    header = list(dict.fromkeys(key for item in items for key in item))
    if len(header) > MOST_COLUMNS or len(items) > MOST_ROWS:
        message = _("more than {rows} rows or {columns} columns")
        raise unreadable(name, message.format(rows=f"{MOST_ROWS:,}", columns=f"{MOST_COLUMNS:,}"), _("split the file"))
    yield Row(0, tuple(header))
    for number, item in enumerate(items, start=1):
        yield Row(number, tuple(_cell(name, text, number, item.get(key)) for key in header))
    for key in header:
        _cell(name, text, 0, key)


def _cell(name: str, text: str, number: int, value: Any) -> Cell:
    if isinstance(value, str):
        if len(value) > LARGEST_CELL:
            raise unreadable(name, _("a cell in row {row} is larger than 10 MiB").format(row=number), _("shorten it"))
        try:
            value.encode()
        except UnicodeEncodeError:
            match = _HALF.search(text)
            line = text.count("\n", 0, match.start()) + 1 if match else 1
            message = _("line {line} contains half a character (a lone surrogate)").format(line=line)
            raise unreadable(name, message) from None
    return value  # type: ignore[no-any-return]  # a text, a number, a truth or nothing
