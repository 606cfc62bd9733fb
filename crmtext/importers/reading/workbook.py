"""Workbooks, checked first and then read in a child process, so that no file crashes, hangs or fills the program."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.reading import prescan
from crmtext.importers.reading.delimited import LARGEST_CELL, MOST_COLUMNS, MOST_ROWS
from crmtext.importers.reading.failure import unreadable
from crmtext.importers.reading.workbook_child import MEMORY, NO_LIBRARY, SECONDS, UNREADABLE
from crmtext.importers.sheet import Row, Sheet, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.importers.sheet import Cell

_CHILD = Path(__file__).with_name("workbook_child.py")
#: Signals by which the system ends a process: the processor's time is over, or memory is short.
_OUT_OF_TIME, _KILLED = -24, -9


def read(name: str, data: bytes, kind: str, digest: str) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook. Raises CrmError with exit code 3 if it is unsafe or can't be read."""
    prescan.check(name, data, kind)
    sheets: list[Sheet] = []
    rows: list[Row] = []
    for message in _messages(name, data):
        if "sheet" not in message:
            rows.extend(_row(name, number, cells) for number, cells in message["rows"])
            continue
        height, width = message["size"]
        if height > MOST_ROWS or width > MOST_COLUMNS:
            reason = _("sheet '{sheet}' has {rows} rows and {columns} columns")
            reason = reason.format(sheet=message["sheet"], rows=f"{height:,}", columns=f"{width:,}")
            hint = _("at most {rows} rows and {columns} columns; delete the empty ones, or split the sheet")
            raise unreadable(name, reason, hint.format(rows=f"{MOST_ROWS:,}", columns=f"{MOST_COLUMNS:,}"))
        merged = tuple(Span(*span) for span in message["merged"])
        rows = []
        sheets.append(Sheet(name, message["sheet"], kind, rows, digest, hidden=message["hidden"], merged=merged))
    return tuple(sheets)


def _row(name: str, number: int, cells: list[Cell]) -> Row:
    """A row whose short texts are shared with the others."""
    for cell in cells:
        if type(cell) is str and len(cell) > LARGEST_CELL:
            raise unreadable(name, _("a cell in row {row} is larger than 10 MiB").format(row=number), _("shorten it"))
    return Row(number, tuple([sys.intern(cell) if type(cell) is str and len(cell) < 40 else cell for cell in cells]))


def _moment(value: dict[str, Any]) -> Any:
    """A day, a moment or a time of day from its tag; other objects as they are."""
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    if "time" in value:
        return time.fromisoformat(value["time"])
    return value


def _number(text: str) -> int | float:
    """A number; a whole one that a float holds exactly is an int."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _messages(name: str, data: bytes) -> Iterator[dict[str, Any]]:
    """The child's lines of JSON. Raises CrmError if it fails or reaches a limit."""
    decode = json.JSONDecoder(object_hook=_moment, parse_float=_number).decode
    command = [sys.executable, "-I", str(_CHILD)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as child:
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise unreadable(name, _("workbooks can't be read on this system"))
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        clock = threading.Timer(SECONDS, stop)
        clock.start()
        try:
            # The child reads all of it before it writes.
            with contextlib.suppress(OSError):
                child.stdin.write(data)
                child.stdin.close()
            for line in child.stdout:
                yield decode(line.decode())
            error = child.stderr.read().decode(errors="replace")
            child.wait()
        finally:
            clock.cancel()
            child.kill()
    if child.returncode:
        raise _failure(name, child.returncode, error, late=late.is_set())


def _failure(name: str, code: int, error: str, *, late: bool) -> Exception:
    hint = _("save it as CSV and import that")
    if code == NO_LIBRARY:
        return unreadable(name, _("workbooks can't be read on this system"), hint)
    if code == UNREADABLE:
        reason = " ".join(error.split())[:200]
        return unreadable(name, _("the workbook can't be read: {reason}").format(reason=reason), hint)
    if late or code in (_OUT_OF_TIME, _KILLED):
        return unreadable(name, _("reading takes longer than {count} s").format(count=SECONDS), hint)
    message = _("the workbook is damaged or needs more than {count} GiB of memory").format(count=MEMORY >> 30)
    return unreadable(name, message, hint)
