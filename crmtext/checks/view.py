"""Views whose expression is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError, Place, Problem
from crmtext.text.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.SETTINGS


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report views that are no valid expression, or use names that the schema doesn't have."""
    settings = snapshot.settings
    if not settings.views:
        return
    # Most stores have no views.
    from crmtext.figures.rules import NAMES
    from crmtext.query import filter as query_filter

    terms = query_filter.Terms(snapshot.schema, settings, snapshot.today, NAMES)
    for name, text in settings.views.items():
        try:
            query_filter.compiled(text, terms)
        except CrmError as error:
            inner = error.problem
            message = _("the view '{name}' is invalid: {message}").format(name=name, message=inner.message)
            line, column, excerpt = settings.views_at.get(name, (0, 0, ""))
            place = Place(SETTINGS, line, column, line, column + len(name), f"/views/{escape(name)}")
            start = excerpt.find(text, column)
            if inner.place.column and start >= 0 and "\n" not in text:
                place = place._replace(column=start + inner.place.column, end_column=start + inner.place.end_column)
            yield Problem("view", message, place, inner.hint, excerpt=excerpt)
