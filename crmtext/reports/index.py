"""The index page: today's work, the last events, open cases, figures by status and owner, and every customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.reports.day import by_customer, by_person, day
from crmtext.reports.environment import Pages
from crmtext.reports.overview import Overview, Row, overview
from crmtext.reports.people import file_names, headings, people
from crmtext.reports.searched import Searched, searched
from crmtext.reports.site import SUFFIXES
from crmtext.reports.view import as_view
from crmtext.wording import numbers
from crmtext.wording.links import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.reports.day import Due
    from crmtext.reports.overview import Case
    from crmtext.reports.site import Site
    from crmtext.reports.view import Part

#: Rows in the HTML; the script draws others on request, because 20,000 take a browser 10 s.
FIRST_ROWS = 200
#: Lines of each list in the HTML, and those that the script adds on request.
LISTED, MORE_LINES = 10, 500


def pages(site: Site, formats: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield `index.html` and `index.md`."""
    names = file_names(people(site))
    view = overview(site, by_customer(site.due), names)
    by_state = day(site.due)
    lists: Mapping[str, Sequence[Due | Case]] = {
        **{state: by_state[state] for state in ("overdue", "today", "coming")},
        "cases": view.cases,
    }
    due = by_person(site.due)
    urgent = {name: sum(one.state in ("overdue", "today") for one in due.get(name, ())) for name in names}
    words_used = {
        "statuses": {status.key: status.label for status in view.statuses},
        "owners": {owner.key: owner.label for owner in view.owners},
    }
    for form in formats:
        context = {
            "view": view,
            "lines": MORE_LINES,
            "lists": lists,
            "pipeline": _pipeline(site),
            "stream": site.stream.everyone,
            "people": names,
            "urgent": urgent,
            "listed": LISTED,
            "first": view.rows[:FIRST_ROWS],
            **words_used,
            "headings": headings(site),
        }
        if form == "html":
            text = searched(site)
            context["data"] = _data(view, lists, words_used, text)
            context["searched_since"] = text.since
        yield f"index.{SUFFIXES[form]}", Pages(form, site).page("index", context)


def _pipeline(site: Site) -> tuple[Part, ...]:
    """Return the tables of open and of closed deals; none without deals."""
    return tuple(as_view(table) for table in site.pipeline() if any(table.total.values()))


def _data(
    view: Overview,
    lists: Mapping[str, Sequence[Due | Case]],
    words_used: Mapping[str, Mapping[str, str]],
    text: Searched,
) -> Mapping[str, object]:
    """Return the data for the script."""
    return {
        "rows": [(*_values(row), text_) for row, text_ in zip(view.rows, text.texts, strict=True)],
        "pairs": text.pairs,
        "first": FIRST_ROWS,
        "lines": MORE_LINES,
        "lists": {name: [_line(one) for one in listed[LISTED:]] for name, listed in lists.items()},
        **words_used,
        "words": {
            "shown": _("{n} of {all} customers"),
            "more": _("Show {n} more"),
            "late": _("overdue"),
            "never": _("never"),
        },
    }


def _line(one: Due | Case) -> tuple[str, ...]:
    """Return a line of a list in the order in which the script reads it."""
    return (
        one.day,
        one.short_day,
        one.when,
        one.tone,
        stem(one.customer),
        one.name,
        one.text,
        " · ".join(filter(None, (one.who, one.more))),
    )


def _values(row: Row) -> tuple[object, ...]:
    """Return a row in the order in which the script reads it."""
    last = (row.last, numbers.ago(row.days), row.marks)
    value = (row.value, row.value_order)
    return row.id, stem(row.id), row.name, row.also, row.status, row.owner, *last, row.due, int(row.late), *value
