"""The fate of each row: it is used, left out, rejected, or waits for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.importers.findings import RowRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.importers.findings import Findings
    from crmtext.importers.incoming import Incoming
    from crmtext.importers.mapping import Understanding


class Counts(NamedTuple):
    """Rows by their fate; `read` is the sum of the others."""

    read: int
    used: int
    left_out: int
    rejected: int
    waiting: int


class Fates(NamedTuple):
    """The rows of each fate. A row has the first one that applies: left out, rejected, waiting, used."""

    left_out: frozenset[RowRef]
    rejected: frozenset[RowRef]
    waiting: frozenset[RowRef]
    used: frozenset[RowRef]

    @property
    def counts(self) -> Counts:
        """The numbers of rows."""
        left_out, rejected, waiting, used = map(len, self)
        return Counts(left_out + rejected + waiting + used, used, left_out, rejected, waiting)


def fates(understanding: Understanding, incoming: Iterable[Incoming], findings: Findings) -> Fates:
    """Return the fate of each row of the import."""
    left_out, rows, users = set(findings.left_out), set[RowRef](), set[RowRef]()
    for table in understanding.tables:
        left_out.update(RowRef(table.file, row.row) for row in table.left_out)
        numbers = {RowRef(table.file, row.number) for row in table.rows}
        rows |= numbers
        if table.object == "users":
            users |= numbers
    rejected = set(findings.rejected)
    waiting = {at for question in findings.questions.values() for at in question.rows}
    used = set(users)
    for customer in incoming:
        # A customer waits with all its rows.
        is_waiting = not waiting.isdisjoint(customer.rows)
        (rejected if customer.wrong else waiting if is_waiting else used).update(customer.rows)
    rejected -= left_out
    waiting -= left_out | rejected
    return Fates(
        frozenset(left_out), frozenset(rejected), frozenset(waiting), frozenset(used - left_out - rejected - waiting)
    )
