"""What `report NAME --context` prints: every name that a template of the report may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Column, Table
from crmtext.i18n import N_, _
from crmtext.reports import functions, view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.reports.view import ReportView

_SITE = {
    "site.customers": N_("the customers, sorted by id"),
    "site.settings": N_("the settings of the store"),
    "site.schema": N_("the fields of records"),
    "site.today": N_("the day of the report"),
    "site.language": N_("en or zh"),
    "site.commit": N_("the commit; empty if files have changed since"),
    "site.left_out": N_("how many records have errors and are not included"),
    "site.due": N_("everything due, as due() returns it"),
    "site.stream": N_("the last events"),
}
_OTHERS = {
    "linked": N_("whether the pages of customers are beside the report"),
    "_(text)": N_("a text of crmtext in the language of the report"),
    "plural(one, many, n)": N_("one of two texts by a number"),
    "stem(id)": N_("the name of a customer's page: customers/{{ stem(id) }}.html"),
    "style.text": N_("in HTML: our style sheet with the store's style.css"),
    "part|figures": N_("a table of stats, or a part, as a table of the page"),
}
_CHARTS = {
    "charts": N_('in HTML, after {% import "crmtext/charts.html.j2" as charts with context %}'),
    "charts.bars(table)": N_("bars, also: stacked_bars, lines, funnel, heat_map"),
    "charts.drawing(chart)": N_("a chart of part.charts, draw or sparkline"),
}


def describe(shown: ReportView) -> Table:
    """Return the names with what they are; those of a report's own tables as they are now."""
    rows = tuple(_rows(shown))
    document = {"report": shown.name, "names": [{"name": name, "about": about} for name, about in rows]}
    return Table((Column("name", _("Name"), fixed=True), Column("about", _("Content"))), rows, document)


def _rows(shown: ReportView) -> Iterator[tuple[str, str]]:
    for known in (view.DESCRIBED, _SITE, functions.DESCRIBED, _CHARTS, _OTHERS):
        for name, about in known.items():
            yield name, _(about)
    for where, parts in (("urgent", shown.urgent), ("parts", shown.parts)):
        for number, part in enumerate(parts):
            yield f"report.{where}[{number}]", f"{part.name}: {', '.join(head.name for head in part.heads)}"
