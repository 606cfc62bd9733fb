"""Rejected rows as text: CSV, JSON and cards."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING, Any

from crmtext.importers.reading.delimited import DELIMITERS
from crmtext.importers.reading.vcard import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.importers.rejected.rows import Aside
    from crmtext.importers.sheet import Cell, Row, Sheet


def delimited(aside: Aside) -> bytes:
    """Return rows as CSV, in the encoding and with the delimiter of the source, each header in the row it had there."""
    sheet = aside.table.sheet
    delimiter = sheet.delimiter or ","
    output = StringIO()
    if delimiter not in DELIMITERS:
        output.write(f"sep={delimiter}\r\n")
    writer = csv.writer(output, delimiter=delimiter, lineterminator="\r\n")
    number = 0
    for row in aside.header:
        writer.writerows([] for _missing in range(number + 1, row.number))
        writer.writerow(_texts(row))
        number = row.number
    writer.writerows(map(_texts, aside.rows))
    return _encoded(output.getvalue(), sheet)


def objects(asides: Sequence[Aside], *, lines: bool) -> bytes:
    """Return rows as JSON or, if `lines`, as JSON lines: a list, or a list of each kind of row."""
    lists = {aside.table.sheet.name: [*_objects(aside)] for aside in asides}
    if lines:
        return b"".join(_json(one) + b"\n" for one in lists[""])
    return _json(lists.get("", lists), indent=2) + b"\n"


def cards(aside: Aside) -> bytes:
    """Return cards as they are, with lines of ours about each before its end."""
    sheet = aside.table.sheet
    parts = []
    for row in aside.rows:
        text = sheet.texts[row.number].rstrip("\n")
        body, _newline, end = text.rpartition("\n")
        if end.strip().casefold() != "end:vcard":
            body, end = text, "END:VCARD"
        values = (str(row.cells[aside.table.width]), *aside.why(row.number))
        reasons = [f"{name}:{_escaped(value)}" for name, value in zip(REASONS, values, strict=True) if value]
        parts.append("\n".join((body, *reasons, end)))
    return _encoded("\n".join(parts).replace("\n", "\r\n") + "\r\n", sheet)


def _objects(aside: Aside) -> list[dict[str, Cell]]:
    """Rows as objects that all have the same names in the order of the header, so that they are read as before."""
    names = [str(name) for name in aside.header[-1].cells]
    if records := aside.table.sheet.records:
        # Records stay whole; the reasons follow.
        by_number = {row.number: record for row, record in zip(aside.table.rows, records, strict=True)}
        return [{**by_number[row.number], **dict(zip(names[-3:], row.cells[-3:], strict=True))} for row in aside.rows]
    return [dict(zip(names, row.cells, strict=False)) for row in aside.rows]


def _json(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def _texts(row: Row) -> list[str]:
    return ["" if cell is None else str(cell) for cell in row.cells]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _encoded(text: str, sheet: Sheet) -> bytes:
    """A text in the encoding of its source; in UTF-8 if that lacks a sign of it."""
    if sheet.encoding not in ("", "utf-8"):
        try:
            mark = "\ufeff" if sheet.encoding.startswith("utf-") else ""
            return f"{mark}{text}".encode(sheet.encoding)
        except (UnicodeError, LookupError):
            pass
    mark = "" if sheet.format == "vcf" else "\ufeff"
    return f"{mark}{text}".encode("utf-8", "replace")
