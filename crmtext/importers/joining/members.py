"""Rows of what belongs to a customer: deals, orders, cases, needs, feedback, interactions and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.importers.joining import activities, people
from crmtext.importers.joining.ids import written_id
from crmtext.importers.joining.shape import line
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.importers.incoming import RowData
    from crmtext.importers.joining.draft import Draft
    from crmtext.importers.joining.shape import Shaped
    from crmtext.importers.joining.work import Work

#: The fields in which an answer says something.
_ANSWERS = frozenset({"feedback.score", "feedback.text", "@text"})
#: Why an answer is left out.
_NO_ANSWER = "no-answer"
#: Objects whose entries have ids of other systems.
_WITH_IDS = ("opportunities", "interactions", "tasks", "transactions", "cases")


def take_rows(work: Work, rows: Iterable[RowData]) -> None:
    """Give the rows of one of these objects to their customers."""
    for row in _speaking(work, [*rows]):
        draft = work.owner_of(row)
        if draft is None:
            continue
        shaped = work.shaper.shape(row.values, row.columns)
        shaped.data.pop("name", None)
        if row.id:
            work.know(row.object, row.id, draft)
        name = "interactions" if row.object == "tasks" else row.object
        entries = shaped.items.setdefault(name, {})
        if not entries:
            entries[""] = {}
        if row.id and row.object in _WITH_IDS and len(entries) == 1:
            next(iter(entries.values()))["external_ids"] = {work.source: written_id(row.id, row.object, name)}
        if name == "interactions":
            _take_activities(work, row, shaped, draft)
        else:
            for person in people.contacts(work, row, shaped):
                people.add_contact(work, row, draft, person)
        people.take_belongings(work, row, shaped, draft)
        if not draft.of:
            people.fill_from_member(work, row, shaped, draft)
        elif custom := shaped.data.get("custom"):
            draft.fill({"custom": custom}, row.at, work.otherwise(row))


def _speaking(work: Work, rows: list[RowData]) -> list[RowData]:
    """The rows without answers that say nothing: they are rejected if a score can't be taken, else left out."""
    silent = {row.at for row in rows if row.object == "feedback" and not _says_something(work, row)}
    if not silent:
        return rows
    findings = work.findings
    bad = {cell.at: cell for cell in findings.cells if cell.at in silent}
    findings.rejected.update(bad)
    findings.cells = [cell for cell in findings.cells if cell.at not in silent]
    findings.left_out.update((at, _NO_ANSWER) for at in silent - bad.keys())
    return [row for row in rows if row.at not in silent]


def _says_something(work: Work, row: RowData) -> bool:
    """Whether an answer has a score or a text, or its score waits for an answer of the user."""
    read = {field.rpartition("|")[2] for field in row.values}
    return not read.isdisjoint(_ANSWERS) or (row.at, "feedback.score") in work.findings.unread


def _take_activities(work: Work, row: RowData, shaped: Shaped, draft: Draft) -> None:
    owner = shaped.data.pop("owner", "")
    contact = _contact(work, row, shaped, draft)
    for item in shaped.entries("interactions"):
        if owner:
            item.setdefault("by", owner)
        if contact:
            item.setdefault("contact", contact)
        activities.describe(work, row, shaped, draft, item)
        activities.take(work, row, shaped, draft, item)


def _contact(work: Work, row: RowData, shaped: Shaped, draft: Draft) -> str:
    """The contact that the row names, by a column of its own, an id or a name."""
    names: list[Any] = [item.get("name") for item in shaped.entries("contacts")]
    names = [name[0] if isinstance(name, list) else name for name in names if name]
    names += [work.person(value) if by == "id" else value for by, value in row.of if by in ("id", "contact")]
    return next((line(name) for name in names if name and folded(line(name)) != folded(draft.name)), "")
