"""The quick ways: each gives the same result as the plain way, sooner. `CRMTEXT_QUICK=off` switches all off."""

from __future__ import annotations

import os

# Spelled out: the cached answer is replayed before `typing` is loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: Each way, what it does, and its gain when it was measured (docs/performance.md).
WAYS: Mapping[str, str] = {
    "answer": "the last answer of `check` is replayed: 44 ms instead of 227 ms, 3,000 customers",
    "index": "the results for each record are kept: `show` 0.24 s instead of 4.0 s, 10,000 customers",
    "loader": "plain YAML is read line by line: 0.094 s instead of 0.219 s, 400 records",
    "written": "the text of a new record isn't read again: 0.3 s instead of 3.5 s, 50,000 records",
    "validator": "the schema is checked by compiled code: 9 µs instead of 1.85 ms a record",
    "processes": "more than 1,000 records are read by several processes: 6.6 s instead of 8.3 s, 10,000 customers",
    "letters": "one pattern finds the names that letters may mean: 0.07 s instead of 0.77 s, 40,782 names",
    "start": "the hook and the merge driver start without Click: 177 ms instead of 214 ms, nothing staged",
    "width": "ordinary Chinese is measured without wcwidth, which takes 30 ms to load",
    "past": "only records that changed are read: 24 months in 0.6 s, one whole commit takes 4.0 s, 10,000 customers",
    "walk": "only the records that a commit affects are checked: 1.3 s instead of 3.1 s, 12 commits",
}


def on(way: str) -> bool:
    """Whether this quick way is taken."""
    return bool(WAYS[way]) and os.environ.get("CRMTEXT_QUICK") != "off"
