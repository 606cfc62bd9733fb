"""A named report as its templates see it: plain values, in words of the current language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmtext.figures.tables import FigureList, FigureTable
from crmtext.figures.tables_text import grid, notes
from crmtext.i18n import N_
from crmtext.reports.context import shifted
from crmtext.reports.drawing import draw
from crmtext.terminal.width import display_width
from crmtext.wording import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmtext.figures.tables_cells import Cell, Grid, Head
    from crmtext.reports.context import Context, Report
    from crmtext.reports.drawing import Drawing

#: A table with more columns, rows or signs in a row takes the whole width of a page.
_WIDE, _LONG, _SIGNS = 5, 24, 64


@dataclass(frozen=True, slots=True)
class Part:
    """A table or list of a report."""

    name: str
    label: str
    #: Whether it is a list, of which the number of rows is shown.
    is_list: bool
    about: str
    notes: tuple[str, ...]
    heads: tuple[Head, ...]
    rows: Sequence[tuple[Cell, ...]]
    total: tuple[Cell, ...]
    charts: tuple[Drawing, ...]
    wide: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """A named report."""

    name: str
    label: str
    since: date
    until: date
    #: The name of the owner, and the expression, that customers are limited to; empty for all.
    owner: str
    where: str
    #: The day compared with; None without a comparison.
    compare: date | None
    #: The first and last day of the events at that moment; the same as above without a comparison.
    compare_since: date
    compare_until: date
    notes: tuple[str, ...]
    #: Lists that people should act on.
    urgent: tuple[Part, ...]
    parts: tuple[Part, ...]


#: The fields above, and those of their values, for `report NAME --context`.
DESCRIBED: Mapping[str, str] = {
    "report.name": N_("the name of the report"),
    "report.label": N_("its title"),
    "report.since": N_("the first day of the period"),
    "report.until": N_("the last day of the period"),
    "report.owner": N_("the colleague given by --owner; empty for all"),
    "report.where": N_("the expression given by --where"),
    "report.compare": N_("the day given by --compare; none without it"),
    "report.compare_since": N_("the first day of the period compared with"),
    "report.compare_until": N_("the last day of the period compared with"),
    "report.notes": N_("lines about what needs action"),
    "report.urgent": N_("lists that people should act on, each as below"),
    "report.parts": N_("tables and lists of a report of ours with the same name, each with these values"),
    "part.name": N_("the name of the table"),
    "part.label": N_("its title"),
    "part.is_list": N_("whether it is a list of customers or items"),
    "part.about": N_("how its figures are computed"),
    "part.notes": N_("lines that readers must know"),
    "part.heads": N_("columns: name, label, right (numbers)"),
    "part.rows": N_("rows of cells: text, few (fewer than 3 values), customer (an id)"),
    "part.total": N_("the cells of the total; empty if there is none"),
    "part.charts": N_("its charts, for charts.drawing(chart)"),
    "part.wide": N_("whether it takes the whole width of a page"),
}


def view(name: str, label: str, report: Report, context: Context) -> ReportView:
    """Return a report in words of the current language."""
    urgent = [part for part in report.parts if isinstance(part, FigureList) and part.urgent]
    then = shifted(context)
    return ReportView(
        name=name,
        label=label,
        since=context.since,
        until=context.until,
        owner=labels.person(context.snapshot.settings, context.owner) if context.owner else "",
        where=context.where,
        compare=context.earlier.today if context.earlier else None,
        compare_since=then.since,
        compare_until=then.until,
        notes=report.notes,
        urgent=tuple(map(as_view, urgent)),
        parts=tuple(as_view(part) for part in report.parts if not (isinstance(part, FigureList) and part.urgent)),
    )


def as_view(part: FigureTable | FigureList, chart: str = "") -> Part:
    """Return a table or list in words of the current language, with its charts."""
    if isinstance(part, FigureTable) and (is_off := part.off_pages):
        part = part._replace(rows=[row for row in part.rows if not is_off(row)])
    own = grid(part)
    drawings = draw(part, chart) if isinstance(part, FigureTable) else ()
    compared = isinstance(part, FigureTable) and part.compare is not None
    wide = len(own.heads) > _WIDE or len(own.rows) > _LONG or compared or _signs(own) > _SIGNS
    is_list = isinstance(part, FigureList)
    return Part(part.name, part.label, is_list, part.about, notes(part), own.heads, own.rows, own.total, drawings, wide)


def _signs(own: Grid) -> int:
    """About the width of a row, in which figures are never folded, and texts may be."""
    columns = zip(own.heads, *own.rows, *([own.total] if own.total else []), strict=True)
    widths = ((head.right, max((display_width(cell.text) for cell in cells), default=0)) for head, *cells in columns)
    return sum(width if right else min(width, 16) for right, width in widths) + 2 * len(own.heads)
