"""Records found out about: here, or by several processes where there are many."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtext import quick
from crmtext.index import rows as index_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.index.changes import Side, ToRead
    from crmtext.index.database import Row
    from crmtext.index.key import StateKey

#: From so many records on a second process is worth its start.
MANY = 1_000
#: More processes than these wait for the one that writes the index.
_MOST = 4
_TOGETHER = 100

Task = tuple["StateKey", "Side", "Sequence[ToRead]", "frozenset[str]"]


def rows(
    terms: StateKey, side: Side, wanted: Sequence[ToRead], fresh: frozenset[str], *, processes: int = 0
) -> Iterator[Row | str]:
    """What is found out about the records, in any order; the path alone of one that is known as it is."""
    # Wrong settings and a wrong schema are told here, and once.
    index_rows.empty_snapshot(terms)
    parts = (wanted[start : start + _TOGETHER] for start in range(0, len(wanted), _TOGETHER))
    tasks = ((terms, side, part, fresh.intersection(each.path for each in part)) for part in parts)
    count = processes or (min(_cores(), _MOST) if quick.on("processes") else 1)
    if count == 1 or (len(wanted) < MANY and not processes):
        for task in tasks:
            yield from index_rows.rows(*task)
        return
    import multiprocessing

    # Not `fork`, which copies whatever threads the caller has in whatever state.
    ways = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
    with context.Pool(count) as pool:
        for found in pool.imap_unordered(_found, tasks):
            yield from found


def _cores() -> int:
    """How many cores this process may use: in a container that may be fewer than there are."""
    # Windows and macOS do not tell.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _found(task: Task) -> list[Row | str]:
    return index_rows.rows(*task)
