"""Dates of past events that lie in the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.model import exists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD

#: Dates of birth and foundation are in the past, even if a store's schema doesn't mark them with `x-past`.
_BIRTHS = ("person.birth_date", "contacts[].birthday", "company.founded")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report dates after today in fields about past events."""
    paths = list(dict.fromkeys((*(field.path for field in snapshot.schema.marked("x-past")), *_BIRTHS)))
    today = f"{snapshot.latest}"
    for customer in snapshot.customers:
        # Dates in this form sort as text.
        for pointer, value in snapshot.schema.matching(customer.data, paths, lambda value: str(value) > today):
            text = str(value)[: len("2024-05-01")]
            # `left` is a date or `true`; of a partial date, the known part is compared.
            if text[:4].isdigit() and text > today and exists(text):
                yield _problem(snapshot, customer, pointer, str(value))


def _problem(snapshot: Snapshot, customer: Customer, pointer: str, value: str) -> Problem:
    # Without today's date: the message is kept in the index, and would change every day.
    sensitive = snapshot.schema.sensitive(pointer)
    message = _("the value is in the future") if sensitive else _("{date} is in the future").format(date=value)
    field = snapshot.schema.at(pointer)
    born = field is not None and field.path in _BIRTHS
    hint = _("fix the date") if born else _("fix the date; enter a plan as a next step with 'due'")
    return customer.document.problem("future-date", message, pointer, hint=hint)
