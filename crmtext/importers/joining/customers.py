"""Rows of customers: several rows of one customer are one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.importers.joining import addresses, people
from crmtext.importers.joining.draft import reached
from crmtext.importers.joining.shape import line
from crmtext.importers.joining.work import Ambiguous
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.importers.incoming import RowData
    from crmtext.importers.joining.draft import Draft
    from crmtext.importers.joining.shape import Shaped
    from crmtext.importers.joining.work import Work

_OWN_ID = lazy.pattern(r"C[0-9]{8}[0-9A-Z]{3,6}")


def take_customer(work: Work, row: RowData) -> None:
    """Make a customer of a row that describes it. Rows with an id come first: others join them by name."""
    shaped = work.shaper.shape(row.values, row.columns)
    name = line(shaped.data.get("name") or "")
    if not name:
        name = _other_name(shaped)
    if not name:
        fix = _("add the customer's name to this row")
        work.reject(row.at, row.columns.get("name", ""), "", _("the customer has no name"), fix)
        return
    shaped.data["name"] = name
    persons = [*people.contacts(work, row, shaped)]
    draft: Draft | None
    try:
        draft = _known(work, row, shaped, persons) or _new(work, row, shaped)
    except Ambiguous as several:
        draft = work.meant(several, row.at)
        if draft is None:
            return
    _take(work, row, shaped, draft, persons)


def id_of(row: RowData) -> str:
    """Return the id that a customer's row has, in the source or in the store."""
    return row.id or str(row.values.get("id") or "")


def _other_name(shaped: Shaped) -> str:
    """The name of a customer whose column is empty: its short name, or that of the person or website."""
    if short := shaped.data.pop("short_name", ""):
        return line(short)
    names = [name for item in shaped.entries("contacts") if (name := item.get("name"))]
    if names and shaped.data.get("type") == "person":
        return line(names[0][0] if isinstance(names[0], list) else names[0])
    return re.sub(r"^[a-z]+://|^www\.|/.*$", "", str(shaped.data.get("website", "")).casefold())


def _known(work: Work, row: RowData, shaped: Shaped, persons: list[dict[str, Any]]) -> Draft | None:
    """The customer that an earlier row describes; a person needs the same phone or e-mail address, too."""
    if id_ := id_of(row):
        same = [draft for draft in work.fitting("id", id_) if id_ in (draft.source_id, draft.own_id)]
        return same[0] if same else None
    if shaped.data.get("type") != "person":
        fitting = work.fitting("name", shaped.data["name"])
        fitting = [draft for draft in fitting if draft.data.get("type") != "person"]
        code = shaped.data.get("uscc")
        fitting = [draft for draft in fitting if not code or draft.data.get("uscc", code) == code]
        if len(fitting) > 1:
            raise Ambiguous(shaped.data["name"], fitting)
        return fitting[0] if fitting else None
    numbers = reached(shaped.data).union(*map(reached, persons))
    fitting = work.named(shaped.data["name"], numbers)
    return next((draft for draft in fitting if not numbers or reached(draft.data) & numbers), None)


def _new(work: Work, row: RowData, shaped: Shaped) -> Draft:
    own = str(shaped.data.get("id") or row.id)
    own = own if _OWN_ID.fullmatch(own) else ""
    draft = work.new(shaped.data["name"], row.at, source_id=row.id, own_id=own)
    work.know("name", draft.name, draft)
    for id_ in (row.id, own):
        if id_:
            work.know("id", id_, draft)
    return draft


def _take(work: Work, row: RowData, shaped: Shaped, draft: Draft, persons: list[dict[str, Any]]) -> None:
    draft.add_row(row.at)
    draft.add_columns(row.columns)
    data = shaped.data
    if (own := data.pop("id", "")) and not draft.own_id and not draft.source_id:
        draft.source_id = str(own)
        work.know("id", draft.source_id, draft)
    draft.varies = draft.varies or bool(draft.own_rows and any(draft.data.get(key) != data[key] for key in data))
    draft.own_rows += 1
    draft.fill(data, row.at, work.differs(draft, row))
    people.take_created(draft, shaped, own=True)
    for person in persons:
        people.add_contact(work, row, draft, person)
    addresses.add(draft, shaped)
    for source in shaped.entries("sources"):
        draft.add("sources", source, work.differs(draft, row))
    people.take_belongings(work, row, shaped, draft)
    _know(work, draft)


def _know(work: Work, draft: Draft) -> None:
    """Let rows of other sheets find the customer by its other names, phones, e-mail addresses and domain."""
    data = draft.data
    for other in filter(None, (data.get("short_name"), *data.get("aliases", ()))):
        work.know("name", other, draft)
    work.know_reached(data, draft)
    work.reach(draft)
    hosts = (data.get("website"), *(str(email).rpartition("@")[2] for email in data.get("emails", ())))
    for host in filter(None, hosts):
        work.know("domain", host, draft)
