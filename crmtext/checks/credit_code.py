"""A unified social credit code has the right check character.

Why: Invoices with a wrong code come back. The check character (GB 32100-2015) finds every single mistyped one.

Wrong:
    uscc: 91320505MA6WEBUA6X

Right:
    uscc: 91320505MA6WEBUA6L

Instead: Compare it with the business licence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

_COMPANY = frozenset({"91", "93"})

#: What else is found here: the page of each rule.
RULES = {
    "credit-code-type": """\
A credit code fits the customer's type.

Why: The first two characters say what was registered: 91 a company, 92 a sole trader, 12 an institution.

Wrong:
    type: person
    uscc: 91320505MA6WEBUA6L

Right:
    type: company
    uscc: 91320505MA6WEBUA6L

Instead: Correct the type or the code.
""",
}


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each code that cannot be one; a warning where its kind is not the customer's type."""
    for customer in snapshot.customers:
        code = customer.data.get("uscc")
        if not code:
            continue
        if not _is_valid(code):
            yield customer.document.problem(
                "credit-code",
                _("the credit code's check character is wrong"),
                "/uscc",
                hint=_("compare it with the business licence"),
                quote=code[:2] != "92",  # a sole trader's is a personal number
            )
        elif code[:2] in _COMPANY and customer.type in ("person", "institution"):
            yield customer.document.problem(
                "credit-code-type",
                _("a code that begins with {start} is a company's").format(start=code[:2]),
                "/uscc",
                hint=_("correct the type or the code"),
                severity=Severity.WARNING,
            )


def _is_valid(code: str) -> bool:
    from stdnum.cn import uscc

    return bool(uscc.is_valid(code)) and code == uscc.compact(code)
