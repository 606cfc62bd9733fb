"""Rows of all sheets joined into customers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crmtext.importers.joining import customers, finish, items, members, own_export, people
from crmtext.importers.joining.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.importers.findings import Findings
    from crmtext.importers.incoming import Incoming, RowData
    from crmtext.importers.joining.work import Scene
    from crmtext.importers.mapping import Understanding


def join(
    rows: Iterable[RowData],
    understanding: Understanding,
    context: Scene,
    findings: Findings,
    *,
    in_order: bool = False,
) -> list[Incoming]:
    """Return the customers that the rows describe, in the order of their first rows.

    Customers come first, then their people, then what belongs to either: the order of the files doesn't matter.
    Rows of a sheet that come in their order, as `in_order` says, take less memory.
    Every row is one of a customer, is rejected, or waits for the answer to a question.
    """
    order = {table.file: (table.sheet.digest, table.sheet.name, table.sheet.path) for table in understanding.tables}

    def place(row: RowData) -> tuple[tuple[str, str, str], int]:
        return order.get(row.at.file, ("", "", str(row.at.file))), row.at.row

    asked = {join.by for table in understanding.tables for join in table.joins}
    work = Work(understanding, context, findings, asked)
    sheets = [table for table in understanding.tables if table.object == "customers"]
    have_ids = any(table.id or any(column.field == "id" for column in table.columns) for table in sheets)
    at_once = in_order and len(sheets) == 1 and all(table.object != "records" for table in understanding.tables)
    by_object: defaultdict[str, list[RowData]] = defaultdict(list)
    work.newest.add_titles(understanding.tables)
    for row in rows:
        if row.at in findings.rejected or row.at in findings.left_out:
            continue
        work.newest.add(row.values)
        if row.cleared:
            own = row.id if row.object != "customers" else ""
            own = own or str(row.values.get(f"{row.object}.name") or row.values.get(f"{row.object}.title") or "")
            work.cleared[row.at] = tuple((field, own) for field in row.cleared)
        if at_once and row.object == "customers" and (not have_ids or customers.id_of(row)):
            customers.take_customer(work, row)
        else:
            by_object[row.object].append(row)
    for later in by_object.values():
        later.sort(key=place)
        work.asked.update(by for row in later for by, _value in row.of)
    own_export.take_records(work, by_object["records"])
    for row in sorted(by_object["customers"], key=lambda row: not customers.id_of(row)):
        customers.take_customer(work, row)
    people.take_contacts(work, by_object["contacts"])
    people.take_contacts(work, by_object["leads"])
    for name in items.LISTS:
        members.take_rows(work, by_object[name])
    members.take_rows(work, by_object["interactions"])
    members.take_rows(work, by_object["tasks"])
    return finish.finish(work)
