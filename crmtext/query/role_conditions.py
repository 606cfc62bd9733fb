"""The conditions of roles: `where` and `see_where`, expressions with `actor` for a member's handle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.computed.figure import Figure
from crmtext.i18n import N_
from crmtext.query import filter as query_filter
from crmtext.query.computed_names import ComputedNames, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from crmtext.schema import Schema
    from crmtext.settings import Settings

ACTOR = "actor"
#: The names beside the fields. No computed names: some depend on other records, or on the day of the check.
NAMES = ComputedNames(
    Table(
        {ACTOR: Figure(lambda _customer: "", "text", N_("Actor"), N_("the handle of the member who makes a change"))},
        lambda _snapshot: (),
    )
)


def compiled(text: str, schema: Schema, settings: Settings, today: date) -> Callable[[Mapping[str, Any], str], bool]:
    """Return the condition of an expression. Raises CrmError with the place in the text if it is not valid."""
    matches = query_filter.compiled(text, query_filter.Terms(schema, settings, today, NAMES)).matches

    def holds(data: Mapping[str, Any], actor: str) -> bool:
        return matches({**data, ACTOR: actor})

    return holds
