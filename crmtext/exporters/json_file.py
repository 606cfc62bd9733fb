"""JSON and JSONL: the records as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.exporters.cells import to_json

if TYPE_CHECKING:
    from typing import BinaryIO

    from crmtext.exporters.export import Export

#: The version of the JSON document.
_SCHEMA = 1


def write(export: Export, file: BinaryIO) -> None:
    """Write one document, a customer on each line: that of `list --format json` without `path` and `computed`."""
    file.write(f'{{\n  "schema": {_SCHEMA},\n  "customers": ['.encode())
    comma = ""
    for line in export.lines():
        file.write(f"{comma}\n    {line}".encode())
        comma = ","
    file.write(f'\n  ],\n  "left_out": {to_json(export.snapshot.left_out)}\n}}\n'.encode())


def write_lines(export: Export, file: BinaryIO) -> None:
    """Write a line for each customer."""
    file.writelines(f"{line}\n".encode() for line in export.lines())
