"""Dates that the calendar doesn't have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.model import exists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report partial dates that don't exist; the schema checks complete dates."""
    schema = snapshot.schema
    paths = [field.path for field in schema.by_path.values() if field.is_partial]
    for customer in snapshot.customers:
        for pointer, value in schema.matching(customer.data, paths, lambda value: not exists(value)):
            text = _("the value") if schema.sensitive(pointer) else _("'{value}'").format(value=value)
            yield customer.document.problem(
                "impossible-date",
                _("{value} does not exist in the calendar").format(value=text),
                pointer,
                hint=_("fix the date, or leave out the part you don't know, as in 1990-05"),
            )
