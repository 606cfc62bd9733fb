"""Runs alone in a process of its own: reads a workbook from stdin within limits, writes its sheets as lines of JSON."""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

#: Limits, and the rows of a line.
SECONDS, MEMORY, _BATCH = 60, 2 << 30, 500
#: Exit codes besides 0.
UNREADABLE, NO_LIBRARY = 3, 4


def main() -> int:
    """Write the sheets of the workbook on stdin to stdout and return the exit code."""
    try:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
    except ImportError:
        return NO_LIBRARY
    data = sys.stdin.buffer.read()
    _limit()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(number)
            spans = [[a + 1, b + 1, c + 1, d + 1] for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
            size = [sheet.total_height, sheet.total_width]
            _write(
                {
                    "sheet": about.name,
                    "hidden": about.visible != SheetVisibleEnum.Visible,
                    "merged": spans,
                    "size": size,
                }
            )
            # Rows come from the first of the sheet, columns from the first that is filled.
            empty = [""] * (sheet.start or (0, 0))[1]
            batch: list[tuple[int, list[Any]]] = []
            for row, cells in enumerate(sheet.iter_rows(), start=1):
                if cells.count("") != len(cells):
                    batch.append((row, empty + cells))
                    if len(batch) == _BATCH:
                        _write({"rows": batch})
                        batch = []
            _write({"rows": batch})
    # A panic of the library is no Exception.
    except BaseException as error:  # noqa: BLE001
        sys.stderr.write(f"{error}")
        return UNREADABLE
    return 0


def _limit() -> None:
    """Limit this process: time, memory, and no other files."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _write(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, default=_moment, separators=(",", ":")) + "\n")


def _moment(value: Any) -> Any:
    """What JSON has no form for, with a tag."""
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)


if __name__ == "__main__":
    raise SystemExit(main())
