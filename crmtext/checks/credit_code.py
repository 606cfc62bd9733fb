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

#: Which types of customers a code may belong to, by how it begins: the register, and for 9 the kind in it.
_TYPES = {
    "91": frozenset({"company", "other"}),
    "93": frozenset({"company", "other"}),
    "1": frozenset({"institution", "other"}),
}
#: A tax number of today is the credit code; older ones have 15 or 20 signs.
_CODE = lazy.pattern(r"[0-9A-HJ-NPQRTUWXY]{18}")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each code that cannot be one; a warning where its kind is not the customer's type."""
    for customer in snapshot.customers:
        yield from _of_tax(customer)
        code = customer.data.get("uscc")
        if not code:
            continue
        if not _is_valid(code):
            yield customer.document.problem(
                "credit-code",
                _("the credit code's check character is wrong"),
                "/uscc",
                hint=_("compare it with the business license"),
                quote=code[:2] != "92",  # a sole trader's is a personal number
            )
        elif told := _other_type(code, customer.type):
            yield customer.document.problem(
                "credit-code-type",
                told,
                "/uscc",
                hint=_("correct the type or the code"),
                severity=Severity.WARNING,
            )


def _of_tax(customer: Customer) -> Iterator[Problem]:
    """A warning at a tax number that has the form of a credit code, and not its check character."""
    number = str(customer.data.get("billing", {}).get("tax_number", ""))
    if _CODE.fullmatch(number) and not _is_valid(number):
        yield customer.document.problem(
            "credit-code",
            _("the tax number's check character is wrong"),
            "/billing/tax_number",
            hint=_("compare it with the business license"),
            severity=Severity.WARNING,
            quote=number[:2] != "92",
        )


def _other_type(code: str, type_: str) -> str:
    """What speaks against a customer's type; empty where nothing does."""
    start = next((each for each in _TYPES if code.startswith(each)), "")
    if not start or type_ in _TYPES[start]:
        return ""
    if "company" in _TYPES[start]:
        return _("a code that begins with {start} belongs to a company").format(start=code[:2])
    return _("a code that begins with {start} belongs to an institution").format(start=code[:2])


def _is_valid(code: str) -> bool:
    """Whether the check character is right. Only that is asked of the library: it knows no registers beside digits."""
    from stdnum.cn import uscc

    return bool(uscc.calc_check_digit(code[:-1]) == code[-1])
