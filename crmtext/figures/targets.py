"""Progress of the targets in the settings."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.stats.engine import stats
from crmtext.figures.stats.measures import MEASURES
from crmtext.figures.stats.query import Query
from crmtext.figures.tables import Column, FigureTable, Row
from crmtext.figures.tables_cells import percent
from crmtext.figures.tables_values import rounded
from crmtext.i18n import _
from crmtext.wording import numbers
from crmtext.wording.labels import heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from crmtext.settings import Settings, Target
    from crmtext.snapshot import Snapshot


class Progress(NamedTuple):
    """How much of a target is reached, as of today."""

    target: Target
    #: The currency of both amounts; empty for a number.
    currency: str
    value: Decimal | int
    #: The shares of the target that is reached, and of its days that have passed, today included.
    share: Fraction
    passed: Fraction


def progress(snapshot: Snapshot, owner: str = "", since: date | None = None) -> tuple[Progress, ...]:
    """Return the progress of all targets that have begun, the team's first, or of one colleague's.

    With `since`, targets that ended before that day are left out. A customer counts for its owner.
    """
    team = [*snapshot.settings.team]
    targets = [
        target
        for target in snapshot.settings.targets
        if owner in ("", target.owner)
        and target.days[0] <= snapshot.today
        and (since is None or target.days[1] >= since)
    ]
    # The newest periods first, and of those that begin together the longest.
    targets.sort(key=lambda target: (target.days[0], target.days[1]), reverse=True)
    targets.sort(key=lambda target: team.index(target.owner) + 1 if target.owner in team else 0)
    values = {days: _values(snapshot, days, targets) for days in {target.days for target in targets}}
    return tuple(_progress(snapshot, target, values[target.days]) for target in targets)


def _values(snapshot: Snapshot, days: tuple[date, date], targets: Iterable[Target]) -> Mapping[str, Mapping[str, Any]]:
    """The figures of a period by owner, those of the team under an empty handle."""
    measures = tuple(dict.fromkeys(target.measure for target in targets if target.days == days))
    table = stats(snapshot, Query(("owner",), measures, since=days[0], until=days[1]))
    return {"": table.total} | {row.group[0]: row.values for row in table.rows}


def _progress(snapshot: Snapshot, target: Target, values: Mapping[str, Mapping[str, Any]]) -> Progress:
    first, last = target.days
    currency = (target.currency or snapshot.settings.currency) if target.is_money else ""
    value = values.get(target.owner, {}).get(target.measure) or 0
    reached = value.get(currency, 0) if isinstance(value, dict) else value
    passed = (min(snapshot.today, last) - first).days + 1
    share = Fraction(reached) / Fraction(target.amount)
    return Progress(target, currency, reached, share, Fraction(passed, (last - first).days + 1))


def words(one: Progress, settings: Settings) -> str:
    """Return the progress of a target on a line."""

    def amount(value: Decimal | int) -> str:
        return numbers.amount(rounded(Decimal(value), 2), one.currency) if one.currency else numbers.number(value)

    line = _("{owner}: {measure} {period}: {value} of {amount} ({share}, {passed} of the time passed)")
    return line.format(
        owner=settings.shown(one.target.owner) if one.target.owner else _("Team"),
        measure=_(MEASURES[one.target.measure].label),
        period=one.target.period,
        value=amount(one.value),
        amount=amount(one.target.amount),
        share=percent(one.share, 0),
        passed=percent(one.passed, 0),
    )


def table(snapshot: Snapshot, owner: str = "", since: date | None = None) -> FigureTable | None:
    """Return the progress as a table; None without targets."""
    every = progress(snapshot, owner, since)
    if not every:
        return None
    shown = snapshot.settings.shown
    by = (
        Column("owner", heading(snapshot.schema, "owner"), word=lambda handle: shown(handle) if handle else _("Team")),
        Column("measure", _("Measure"), word=lambda name: _(MEASURES[name].label)),
        Column("target_period", _("Period")),
    )
    measures = (
        Column("amount", _("Target"), "decimal"),
        Column("value", _("Reached"), "decimal"),
        Column("currency", _("Currency")),
        Column("rate", _("Reached %"), "rate"),
        Column("passed", _("Time passed"), "rate"),
    )
    rows = [
        Row(
            (one.target.owner, one.target.measure, one.target.period),
            {
                "amount": one.target.amount,
                "value": one.value,
                "currency": one.currency or None,
                "rate": one.share,
                "passed": one.passed,
            },
        )
        for one in every
    ]
    about = _("Up to today, as in stats; a customer counts for its owner. Time passed: the share of the period's days.")
    return FigureTable("targets", _("Targets"), about, by, measures, rows, {})
