"""The index page: an overview of the store and a table of every customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.reports.environment import Pages
from crmtext.reports.overview import Overview, Row, overview
from crmtext.reports.site import SUFFIXES
from crmtext.wording import labels, numbers
from crmtext.wording.links import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.reports.site import Site

#: Rows in the HTML; the script draws others on request, because 20,000 take a browser 10 s.
FIRST_ROWS = 200
#: Lines of due or stale customers listed beside the table, which has all of them.
LISTED = 10


def pages(site: Site, formats: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield `index.html` and `index.md`."""
    view = overview(site)
    words_used = {
        "statuses": {status.key: status.label for status in view.statuses},
        "owners": {owner.key: owner.label for owner in view.owners},
    }
    for form in formats:
        context = {
            "view": view,
            "listed": LISTED,
            "first": view.rows[:FIRST_ROWS],
            **words_used,
            "headings": _headings(site),
        }
        if form == "html":
            context["data"] = _data(view, words_used)
        yield f"index.{SUFFIXES[form]}", Pages(form, site).page("index", context)


def _headings(site: Site) -> Mapping[str, str]:
    return {
        "name": labels.heading(site.schema, "name"),
        "status": labels.heading(site.schema, "status"),
        "owner": labels.heading(site.schema, "owner"),
        "last": _("Last contact"),
        "due": _("Next step"),
        "value": _("Open opportunities"),
    }


def _data(view: Overview, words_used: Mapping[str, Mapping[str, str]]) -> Mapping[str, object]:
    """Return the data for the script."""
    return {
        "rows": [_values(row) for row in view.rows],
        "first": FIRST_ROWS,
        **words_used,
        "words": {
            "shown": _("{n} of {all} customers"),
            "more": _("Show {n} more"),
            "late": _("overdue"),
            "never": _("never"),
        },
    }


def _values(row: Row) -> tuple[object, ...]:
    """Return a row in the order in which the script reads it."""
    last = (row.last, numbers.ago(row.days), row.marks)
    value = (row.value, row.value_order, row.found_by)
    return row.id, stem(row.id), row.name, row.also, row.status, row.owner, *last, row.due, int(row.late), *value
