"""The row of the index for one record."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """The row of one record. Its problems are the same from the day `since` to the day before `until`."""

    path: str
    #: The id of its bytes.
    content: str
    valid: bool
    id: str
    owner: str
    status: str
    type: str
    priority: str
    since: str
    until: str
    #: The record as JSON; empty if invalid.
    data: str
    #: Kind, rule and JSON of each problem.
    problems: tuple[tuple[str, str, str], ...]
    #: Kind, value and roles of each fact; the role is 0 for facts that only the index uses.
    facts: tuple[tuple[str, str, int], ...]
