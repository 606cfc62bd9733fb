"""`crmtext stats`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.selection import separated
from crmtext.exporters.delimited import comma_separated
from crmtext.figures.rules import NAMES
from crmtext.figures.stats.engine import counted
from crmtext.figures.stats.engine import stats as figures
from crmtext.figures.stats.measures import MEASURES, named
from crmtext.figures.stats.periods import unit_of
from crmtext.figures.stats.query import Query, no_states
from crmtext.figures.tables_text import as_markdown, notes, terminal
from crmtext.figures.tables_values import table_document, values_table
from crmtext.i18n import _, plural
from crmtext.index import lookup
from crmtext.problem import usage
from crmtext.query import listing
from crmtext.query.filter import Terms
from crmtext.values import dates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.figures.stats.query import States
    from crmtext.figures.tables import FigureTable
    from crmtext.problem import Exit
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store, When


@click.command(cls=Command)
@click.option(
    "--by",
    "groups",
    default="",
    metavar="A[,B]",
    help="One row for each value of these fields, computed fields or paths.",
)
@click.option(
    "--measure", "measures", default="customers", show_default=True, metavar="M[,M]", help="Show these measures."
)
@click.option(
    "--period", default="", metavar="UNIT", help="One row for each day, week, month, quarter or year; the last 12."
)
@click.option("--since", default="", metavar="DATE", help="Count events from this day on: 2026-10, last month, 90d.")
@click.option("--until", default="", metavar="DATE", help="Count events up to this day: 2026-Q3, yesterday.")
@click.option("--where", default="", metavar="EXPR", help="Count only customers that match.")
@click.option("--owner", default="", metavar="WHO", help="Count only this owner's customers: handle, name or me.")
@click.option("--compare", default="", metavar="DATE", help="Show the figures of this day, too: last-week, 2026-09-30.")
@options.reading
@options.form("table", "json", "csv", "markdown")
def stats(
    groups: str,
    measures: str,
    period: str,
    since: str,
    until: str,
    where: str,
    owner: str,
    compare: str,
    form: str,
    *,
    when: When,
) -> Exit:
    r"""Count customers, deals, money, contacts and cases, by groups and periods.

    Measures of a moment, such as open_value, describe the store at the end of the day or of each period. Measures of
    events, such as revenue, count what happened, without --since and --until of all time. See docs/figures.md for all
    measures. A date can be grouped by a part: transactions.date:month. Names can be typed as labels.

    \b
    crmtext stats --by status,owner
    crmtext stats --by 省份 --measure 成交额 --since 今年
    crmtext stats --measure revenue,won_amount --period month --format csv
    crmtext stats --by opportunities.stage --measure open_deals,open_value
    crmtext stats --by interactions.by --measure followups --period week
    crmtext stats --by status --compare last-week
    """
    store = options.store()
    then = store.read(when) if when.at else None
    day = dates.parse(when.as_of, store.today) if when.as_of and not then else None
    rules = then or store
    today = then.today if then else day or store.today
    query = Query(
        by=_groups(groups),
        measures=_measures(measures),
        period=unit_of(period) if period else "",
        since=dates.since(since, today) if since else None,
        until=dates.until(until, today) if until else None,
        where=where,
        owner=options.colleague(store, owner, rules.settings) if owner else "",
        compare=_compared(compare, today) if compare else None,
    )
    _check(query, today)
    terms = Terms(rules.schema, rules.settings, today, NAMES)
    fixed = listing.check(listing.Query(owner=(query.owner,) if query.owner else (), where=where), terms).fixed
    snapshot = then or lookup.listed(store, fixed, as_of=day)
    table = figures(snapshot, query, _states(store, query))
    return _emit(table._replace(notes=(*counted(query, today), *table.notes)), snapshot, form)


def _groups(typed: str) -> tuple[str, ...]:
    if (names := separated(typed)) or not typed.strip():
        return names
    raise usage("unknown-group", _("--by names no group"), _("for example: {form}").format(form="--by status,owner"))


def _measures(typed: str) -> tuple[str, ...]:
    if names := separated(typed):
        return tuple(map(named, names))
    raise usage("unknown-measure", _("--measure names no measure"), _("all measures: crmtext explain measures"))


def _states(store: Store, query: Query) -> States:
    """The states of earlier days, if a measure needs them."""
    if not (query.period or query.compare) or all(MEASURES[name].day for name in query.measures):
        return no_states
    # Slow to load, and most figures are of the present.
    from crmtext.trends.states import states

    return states(store)


def _compared(typed: str, today: date) -> date:
    day = dates.until(typed, today)
    if day >= today:
        raise click.UsageError(_("--compare {date} is not before {today}").format(date=day, today=today))
    return day


def _check(query: Query, today: date) -> None:
    """Raise an error for days that the measures can't be limited to."""
    if query.since:
        options.period(query.since, query.until or today)
    if not query.period and (query.since or query.until):
        for name in query.measures:
            if MEASURES[name].day is None:
                message = _("'{name}' describes a moment, so --since and --until need --period")
                raise usage(
                    "needs-period", message.format(name=name), _("add --period month, or use --at DATE instead")
                )


def _emit(table: FigureTable, snapshot: Snapshot, form: str) -> Exit:
    out = _left_out(snapshot)
    note = "\n".join(filter(None, (*notes(table), out)))
    if form == "csv":
        return emit(comma_separated(values_table(table)._replace(note=note)))
    if form == "markdown":
        return emit(Text(f"{as_markdown(table)}\n{table.about}\n", note=note))
    return emit(terminal(table, _document(table, snapshot), out), form)


def _left_out(snapshot: Snapshot) -> str:
    """The line about records that are not counted, or about a store without customers; else empty."""
    if not snapshot.checked:
        return _("no customers yet; add one: crmtext add NAME")
    if not (n := snapshot.left_out):
        return ""
    shown = plural("{n} record with errors not included", "{n} records with errors not included", n)
    return shown + _("; see: crmtext check")


def _document(table: FigureTable, snapshot: Snapshot) -> Mapping[str, object]:
    own = table_document(table)
    commit = None if snapshot.read == "worktree" else snapshot.read
    return {"today": snapshot.today, "commit": commit, **own, "left_out": snapshot.left_out, "sealed": 0}
