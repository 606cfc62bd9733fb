"""The quick ways: each gives the answer that the long way gives, sooner. `CRMTEXT_QUICK=off` has none taken."""

from __future__ import annotations

import os

# Spelled out: the answer that is known is said before `typing` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: Each of them, what it does, and what it gained on the day it was measured (docs/performance.md).
WAYS: Mapping[str, str] = {
    "answer": "the last answer of `check` is given again: 44 ms instead of 227 ms, 3,000 customers",
    "index": "what was found out about each record is kept: `show` 0.24 s instead of 4.0 s, 10,000 customers",
    "loader": "YAML of the ordinary kind is read by its lines: 0.094 s instead of 0.219 s, 400 records",
    "validator": "the schema is decided by compiled code: 9 µs instead of 1.85 ms a record",
    "processes": "more than 1,000 records are read by several processes: 6.6 s instead of 8.3 s, 10,000 customers",
    "letters": "one pattern tells which names letters may mean: 0.07 s instead of 0.77 s, 40,782 names",
    "start": "the hook and the merge driver start without Click: 177 ms instead of 214 ms, nothing staged",
    "width": "ordinary Chinese is measured without wcwidth, which takes 30 ms to load",
    "walk": "of each commit only what it touched and concerns is checked: 1.3 s instead of 3.1 s, 12 commits",
}


def on(way: str) -> bool:
    """Whether this quick way is taken."""
    return bool(WAYS[way]) and os.environ.get("CRMTEXT_QUICK") != "off"
