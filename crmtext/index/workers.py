"""The rows of records, by several processes if there are many."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtext import quick
from crmtext.index import rows as index_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.index.changes import Side, ToRead
    from crmtext.index.key import StateKey
    from crmtext.index.row import Row

#: From this many records on, a second process is faster.
MANY = 1_000
#: More processes than these would wait for the one that writes the index.
_MOST = 4
_TOGETHER = 100

Task = tuple["StateKey", "Side", "Sequence[ToRead]", "frozenset[str]"]


def rows(
    terms: StateKey, side: Side, wanted: Sequence[ToRead], fresh: frozenset[str], *, processes: int = 0
) -> Iterator[Row | str]:
    """The rows of the records, in any order; the path alone of one with the same bytes as in the index."""
    # Raises the error of invalid settings or an invalid schema here, once.
    index_rows.empty_snapshot(terms)
    parts = (wanted[start : start + _TOGETHER] for start in range(0, len(wanted), _TOGETHER))
    tasks = ((terms, side, part, fresh.intersection(record.path for record in part)) for part in parts)
    count = processes or (min(_cores(), _MOST) if quick.on("processes") else 1)
    if count == 1 or (len(wanted) < MANY and not processes):
        for task in tasks:
            yield from index_rows.rows(*task)
        return
    import multiprocessing

    # Not `fork`: it copies the state of the caller's threads.
    ways = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
    with context.Pool(count) as pool:
        for part_rows in pool.imap_unordered(_rows, tasks):
            yield from part_rows


def _cores() -> int:
    """The number of cores that this process may use; in a container fewer than the machine has."""
    # Not available on Windows and macOS.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _rows(task: Task) -> list[Row | str]:
    return index_rows.rows(*task)
