"""Unified social credit codes: the check character, and the kind of customer they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
RULES = ("credit-code", "credit-code-type")

#: The types of customers by the prefix of their code: the register, and for 9 the kind of company.
_TYPES = {
    "91": frozenset({"company", "other"}),
    "93": frozenset({"company", "other"}),
    "1": frozenset({"institution", "other"}),
}
#: Current tax numbers are credit codes; older ones have 15 or 20 characters.
_CODE = lazy.pattern(r"[0-9A-HJ-NPQRTUWXY]{18}")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report codes with a wrong check character; warn if the code belongs to another type of customer."""
    for customer in snapshot.customers:
        yield from _of_tax(customer)
        code = customer.data.get("uscc")
        if not code:
            continue
        if not _is_valid(code):
            yield customer.document.problem(
                "credit-code",
                _("invalid check character in the credit code"),
                "/uscc",
                hint=_("check it against the business license"),
                quote=code[:2] != "92",  # a sole trader's is a personal number
            )
        elif message := _other_type(code, customer.type):
            yield customer.document.problem(
                "credit-code-type",
                message,
                "/uscc",
                hint=_("fix the type or the code"),
                severity=Severity.WARNING,
            )


def _of_tax(customer: Customer) -> Iterator[Problem]:
    """Warn of a tax number in the form of a credit code with a wrong check character."""
    number = str(customer.data.get("billing", {}).get("tax_number", ""))
    if _CODE.fullmatch(number) and not _is_valid(number):
        yield customer.document.problem(
            "credit-code",
            _("invalid check character in the tax number"),
            "/billing/tax_number",
            hint=_("check it against the business license"),
            severity=Severity.WARNING,
            quote=number[:2] != "92",
        )


def _other_type(code: str, type_: str) -> str:
    """The message if the code belongs to another type of customer; else empty."""
    start = next((prefix for prefix in _TYPES if code.startswith(prefix)), "")
    if not start or type_ in _TYPES[start]:
        return ""
    if "company" in _TYPES[start]:
        return _("a code that begins with {start} belongs to a company").format(start=code[:2])
    return _("a code that begins with {start} belongs to an institution").format(start=code[:2])


def _is_valid(code: str) -> bool:
    """Whether the check character is right. The library's full check rejects registers that aren't digits."""
    from stdnum.cn import uscc

    return bool(uscc.calc_check_digit(code[:-1]) == code[-1])
