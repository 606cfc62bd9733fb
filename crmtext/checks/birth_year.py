"""Birth dates before 1900."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.model import exists
from crmtext.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True

_PATHS = ("person.birth_date", "contacts[].birthday")
#: A fixed year, not an age: the problems that the index keeps must not depend on the day.
_FIRST = "1900"


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of birth dates before 1900."""
    for customer in snapshot.customers:
        # A date without a year begins with "-", which sorts before all digits.
        for pointer, value in snapshot.schema.matching(customer.data, _PATHS, lambda value: "0" < str(value) < _FIRST):
            if exists(value):
                yield customer.document.problem(
                    "birth-year",
                    _("the birth date is before {year}").format(year=_FIRST),
                    pointer,
                    hint=_("fix the year, or leave it out, as in --05-01"),
                    severity=Severity.WARNING,
                )
