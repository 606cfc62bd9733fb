"""A phone number or an e-mail address is written in full.

Why: What a masked list or report shows, such as 138****8000, can be neither called nor compared, and it would take
the place of the number that was known.

Wrong:
    phones: ["138****8000"]

Right:
    phones: ["13800138000"]

Instead: Write the whole number, or remove the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import lazy
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot

_PATHS = ("phones[]", "emails[]", "contacts[].phones[]", "contacts[].emails[]", "billing.phone", "billing.tax_number")
_MASK = lazy.pattern(r"\*{2}|[•●＊]{2}")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each number or address of which a part is hidden."""
    for customer in snapshot.customers:
        if not any(is_masked(str(value)) for value in snapshot.schema.all_values(customer.data, _PATHS)):
            continue
        for path in _PATHS:
            for pointer, value in snapshot.schema.values(customer.data, path):
                if is_masked(str(value)):
                    yield customer.document.problem(
                        "masked-value",
                        _("a part of the value is hidden, as in a masked list"),
                        pointer,
                        hint=_("write it in full, or remove it"),
                    )


def is_masked(text: str) -> bool:
    """Whether a part of a value is hidden."""
    return _MASK.search(text) is not None
