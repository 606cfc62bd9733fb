"""The report `effect`: how often colleagues reach customers, and what it takes to move them on."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any

from crmtext.computed.contacts import contacts
from crmtext.figures.stages import status_moves
from crmtext.figures.stats.measures import MEASURES, Moment
from crmtext.figures.stats.order import ordered
from crmtext.figures.stats.values import FIGURES
from crmtext.figures.tables import Column, FigureTable, Row
from crmtext.i18n import _
from crmtext.reports.context import Report
from crmtext.reports.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.figures.stages import Moves, StatusMove
    from crmtext.model import Customer
    from crmtext.reports.context import Context


def report(context: Context) -> Report:
    """Return contacts and answered calls by colleague and channel, and contacts before each change of status."""
    moves = context.moves()
    changes = _changes(moves, context)
    if changes is not None:
        return Report((_answers(context), changes))
    note = _("contacts before a change of status need git: they are left out")
    if moves.since:
        note = _("no status has changed in the period: contacts before a change are left out")
    return Report((_answers(context),), (note,))


def _answers(context: Context) -> FigureTable:
    contacts_, calls = MEASURES["followups"], MEASURES["answer_rate"]
    moment = Moment(context.snapshot, context.snapshot.today.isoformat(), context.snapshot.settings)
    first, last = context.since.isoformat(), min(context.until.isoformat(), moment.today)
    reached: dict[tuple[str, str], list[Any]] = defaultdict(list)
    answered: dict[tuple[str, str], list[Any]] = defaultdict(list)
    # One pass of its own: there are more interactions than anything else.
    for customer in context.customers:
        for entry in customer.data.get("interactions", ()):
            if first <= str(entry["date"])[:10] <= last:
                group, frame = (str(entry["by"]), str(entry["channel"])), (entry,)
                if contacts_.value(frame, moment) is not None:
                    reached[group].append(1)
                if (missed := calls.value(frame, moment)) is not None:
                    answered[group].append(missed)

    def values(groups: Iterable[tuple[str, str]]) -> dict[str, Any]:
        counts = [one for group in groups for one in reached.get(group, ())]
        missed = [one for group in groups for one in answered.get(group, ())]
        return {"followups": FIGURES["number"](counts), "answer_rate": FIGURES["answers"](missed)}

    shown, every = Shown(context.snapshot), {*reached, *answered}
    columns = (Column("followups", _(contacts_.label), "number"), Column("answer_rate", _(calls.label), "answers"))
    rows = ordered(
        [Row(group, values([group])) for group in every],
        (None, shown.place("interactions", "channel")),
        columns[0],
        moment.settings.currency,
    )
    return FigureTable(
        "answers",
        _("Contacts and answered calls"),
        _(
            "By colleague and channel. Contacts: interactions that reached the customer; answer rate: of the phone "
            "calls made, the share that was answered."
        ),
        (shown.column("interactions", "by", label=_("Colleague")), shown.column("interactions", "channel")),
        columns,
        rows,
        values(every),
        since=context.since,
        until=context.until,
        exhaustive=True,
        chart="stacked",
    )


def _changes(moves: Moves, context: Context) -> FigureTable | None:
    """Return contacts and days before the changes of status in the period; None if no change has been seen."""
    customers = {customer.id: customer for customer in context.customers}
    seen: dict[tuple[str, str], list[StatusMove]] = defaultdict(list)
    for move in status_moves(moves.of(customers.keys())):
        if context.since <= move.day <= context.until:
            seen[move.before, move.after].append(move)
    if not seen:
        return None
    shown = Shown(context.snapshot)
    column = shown.column("status")
    place = shown.place("status")
    order = sorted(seen, key=lambda group: [place(status) for status in group])
    return FigureTable(
        "moves",
        _("Contacts before a change of status"),
        _(
            "From git. Contacts after the change of status before, or after the customer was added, up to the day of "
            "the change: the mean; days between the two: the median. Without a known change before, only counted."
        ),
        (
            column._replace(name="before", label=_("Status before")),
            column._replace(name="after", label=_("Status after")),
        ),
        (
            Column("moves", _("Changes"), "number"),
            Column("contacts", _("Contacts before"), "average"),
            Column("days", _("Days between changes"), "days"),
        ),
        [Row(group, _before(seen[group], customers)) for group in order],
        _before([move for many in seen.values() for move in many], customers),
        since=context.since,
        until=context.until,
        data_since=moves.since,
        chart="heat",
        charted="contacts",
    )


def _before(moves: Sequence[StatusMove], customers: Mapping[str, Customer]) -> dict[str, Any]:
    counts, days = [], []
    for move in moves:
        if move.since is not None:
            first, last = move.since.isoformat(), move.day.isoformat()
            entries = contacts(customers[move.customer], move.day)
            counts.append(sum(first < str(entry["date"])[:10] <= last for entry in entries))
            # The dates of commits may go back.
            days.append(max((move.day - move.since).days, 0))
    average = Fraction(sum(counts), len(counts)) if counts else None
    return {
        "moves": len(moves),
        "contacts": {"average": average, "n": len(counts)},
        "days": {"median": median(map(Decimal, days)) if days else None, "n": len(days)},
    }
