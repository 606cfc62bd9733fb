"""Whole records of our own export: each is a customer already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.exporters.tables import CUSTOMER
from crmtext.i18n import _
from crmtext.importers.incoming import Incoming
from crmtext.importers.joining.draft import Draft
from crmtext.importers.joining.finish import keep_valid, move_misplaced
from crmtext.importers.joining.shape import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.importers.incoming import RowData
    from crmtext.importers.joining.work import Work


def take_records(work: Work, rows: Iterable[RowData]) -> None:
    """Make a customer of each record, and let rows of other files find it. Invalid values are left out."""
    known: dict[str, RowData] = {}
    for row in rows:
        data = dict(row.values)
        own = str(data.pop("id", ""))
        if own and (first := known.setdefault(own, row)) is not row:
            why = _("the id {id} is also in row {row}").format(id=own, row=first.at.row)
            work.reject(row.at, "id", own, why, _("leave out one of the two"))
            continue
        if own and data.keys().isdisjoint(("name", "type", "status", "owner")):
            why = _("no customer of the files or the store has the id {id}").format(id=own)
            work.reject(row.at, CUSTOMER, own, why, _("add the customer, or correct the id"))
            continue
        if not (isinstance(data.get("name"), str) and line(data["name"])):
            work.reject(row.at, "name", "", _("the customer has no name"), _("add the customer's name to this row"))
            continue
        draft = Draft(data["name"], [row.at], own_id=own, data=data, columns=dict(row.columns))
        problems = len(work.findings.cells)
        move_misplaced(draft)
        customer = Incoming(data, draft.rows, columns=draft.columns)
        keep_valid(work, customer)
        draft.whole = len(work.findings.cells) == problems and not draft.lines
        if customer.wrong:
            continue
        work.drafts.append(draft)
        work.know("name", draft.name, draft)
        work.know("id", own, draft)
        for ids in data.get("external_ids", {}).values():
            for foreign in ids if isinstance(ids, list) else [ids]:
                work.know("id", foreign, draft)
        work.know_reached(data, draft)
        work.reach(draft)
