"""Rows of all sheets joined into customers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.importers.joining import customers, finish, items, members, people, records
from crmtext.importers.joining.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.importers.findings import Findings, RowRef
    from crmtext.importers.incoming import Incoming, RowData
    from crmtext.importers.joining.work import Scene
    from crmtext.importers.mapping import Understanding


def join(rows: Iterable[RowData], understanding: Understanding, context: Scene, findings: Findings) -> list[Incoming]:
    """Return the customers that the rows describe, in the order of their first rows.

    Customers come first, then their people, then what belongs to either: the order of the files doesn't matter.
    Every row is one of a customer, is rejected, or waits for the answer to a question.
    """
    work = Work(understanding, context, findings)
    by_object: defaultdict[str, list[RowData]] = defaultdict(list)
    order = {table.file: (table.sheet.digest, table.sheet.name, table.sheet.path) for table in understanding.tables}

    def place(at: RowRef) -> tuple[tuple[str, str, str], int]:
        return order.get(at.file, ("", "", str(at.file))), at.row

    work.newest.add_titles(understanding.tables)
    for row in sorted(rows, key=lambda row: place(row.at)):
        if row.at not in findings.rejected and row.at not in findings.left_out:
            work.newest.add(row.values)
            by_object[row.object].append(row)
    records.take_records(work, by_object["records"])
    customers.take_customers(work, by_object["customers"])
    people.take_contacts(work, by_object["contacts"])
    people.take_contacts(work, by_object["leads"])
    for name in items.LISTS:
        members.take_rows(work, by_object[name])
    members.take_rows(work, by_object["interactions"])
    members.take_rows(work, by_object["tasks"])
    return finish.finish(work)
