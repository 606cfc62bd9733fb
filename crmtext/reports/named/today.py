"""Everything that is due, by colleague."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmtext.figures.due import AHEAD, STATES, items, people
from crmtext.figures.due_kinds import KINDS
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.i18n import _, plural
from crmtext.reports.context import Context, Report
from crmtext.reports.shown import Shown, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.figures.due import Item


def report(context: Context) -> Report:
    """Return the lists of what is due in each state, and their numbers for each colleague."""
    # As in `due`: a colleague also has tasks at customers of others.
    matching = {one.id for one in replace(context, owner="").customers} if context.where else None
    listed = items(
        context.snapshot,
        owner=context.owner,
        matches=(lambda customer: customer.id in matching) if matching is not None else None,
        sensitive=False,
    )
    return Report((*_lists(listed, Shown(context.snapshot)), _numbers(listed, Shown(context.snapshot))))


def _labels() -> dict[str, str]:
    coming = plural("Next {n} day", "Next {n} days", AHEAD)
    return {"overdue": _("Overdue"), "today": _("Today"), "coming": coming, "undated": _("Undated")}


def _lists(listed: Sequence[Item], shown: Shown) -> tuple[FigureList, ...]:
    kinds = {name: _(kind.label) for name, kind in KINDS.items()}
    columns = (
        shown.person(label=_("Colleague")),
        Column("due", _("Due date"), "date"),
        Column("time", _("Time")),
        Column("kind", _("Kind"), word=lambda kind: joined(kind, kinds)),
        Column("action", _("Action")),
        Column("ends", _("Ends"), "date"),
        shown.column("interactions", "channel"),
        Column("avoid", _("Do not use"), word=shown.column("interactions", "channel").word),
    )
    about = _("What crmtext due lists, by the colleague who does it, in the same order: promises first.")
    return tuple(
        FigureList(
            state,
            label,
            about,
            columns,
            [_item(item) for _person, some in people(_of(listed, state)) for item in some],
            urgent=state == "overdue",
        )
        for state, label in _labels().items()
    )


def _of(listed: Sequence[Item], state: str) -> list[Item]:
    return [item for item in listed if item.state == state]


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.customer.id,
        "name": item.customer.name,
        "owner": item.person,
        "due": item.due,
        "time": item.task.time or None,
        "kind": item.kind,
        "action": item.action or None,
        "ends": item.task.ends,
        "channel": list(item.task.channels) or None,
        "avoid": list(item.avoid) or None,
    }


def _numbers(listed: Sequence[Item], shown: Shown) -> FigureTable:
    counts: dict[str, Counter[str]] = {}
    for item in listed:
        counts.setdefault(item.person, Counter())[item.state] += 1
    order = sorted(counts, key=lambda person: (-counts[person].total(), person))
    return FigureTable(
        "by_owner",
        _("By colleague"),
        _("The number of lines above, by the colleague who does it."),
        (shown.person(label=_("Colleague")),),
        tuple(Column(state, label, "number") for state, label in _labels().items()),
        [Row((person,), {state: counts[person][state] for state in STATES}) for person in order],
        {state: sum(item.state == state for item in listed) for state in STATES},
        chart="stacked",
    )
