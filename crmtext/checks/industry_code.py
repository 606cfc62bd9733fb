"""An industry that is given as a code is one of GB/T 4754-2017.

Why: A code nobody knows puts the customer in no industry's list.

Wrong:
    industry: C99

Right:
    industry: C39

Instead: Write a section and division such as C39, or words: 制造业-计算机、通信和其他电子设备制造业.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

#: The divisions of each section of GB/T 4754-2017, from and to.
_SECTIONS = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50), "F": (51, 52), "G": (53, 60),
    "H": (61, 62), "I": (63, 65), "J": (66, 69), "K": (70, 70), "L": (71, 72), "M": (73, 75), "N": (76, 79),
    "O": (80, 82), "P": (83, 83), "Q": (84, 85), "R": (86, 90), "S": (91, 96), "T": (97, 97),
}  # fmt: skip
_CODE = re.compile(r"([A-Za-z]?)([0-9]{2,4})?\Z")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A warning at each industry code that the standard does not know."""
    for customer in snapshot.customers:
        text = str(customer.data.get("industry", ""))
        if text and (match := _CODE.match(text)) and not is_known(match[1].upper(), match[2] or ""):
            yield customer.document.problem(
                "industry-code",
                _("'{code}' is not a code of GB/T 4754").format(code=text),
                "/industry",
                hint=_("write a section and division such as C39, or words"),
                severity=Severity.WARNING,
            )


def is_known(section: str, number: str) -> bool:
    """Whether a section's letter and a division's digits (with further ones or without) go together."""
    if not number:
        return section in _SECTIONS
    division = int(number[:2])
    ranges = [_SECTIONS.get(section, (1, 0))] if section else _SECTIONS.values()
    return any(first <= division <= last for first, last in ranges)
