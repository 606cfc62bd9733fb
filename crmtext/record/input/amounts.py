"""Amounts as people type them: their currency is the store's, or the one that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.values import lazy, money
from crmtext.values.standards import currencies

if TYPE_CHECKING:
    from decimal import Decimal

    from crmtext.schema import Field, Schema

#: Currencies of countries that write 60.000,50 for sixty thousand and a half.
_WITH_POINTS = frozenset({"ARS", "BRL", "CLP", "COP", "DKK", "EUR", "IDR", "TRY", "VND"})
_POINTS = lazy.pattern(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|[+-]?\d+,\d{1,2}")
_AMOUNTS = frozenset({"amount", "amount-from-zero"})


class Amount(NamedTuple):
    """An amount, and the code of the currency that was typed with it; empty if none was."""

    number: Decimal
    currency: str


def read(typed: str, home: str) -> Amount:
    """The amount that a text such as `￥50万`, `120k EUR` or `60.000 €` means. Raises CrmError if it means none.

    `home` is the currency that is meant where none is named.
    """
    number, code = currencies.of_amount(typed, home)
    # Money has two decimals: three digits behind a point are thousands where people write them so.
    if (code or home) in _WITH_POINTS and _POINTS.fullmatch(number.strip()):
        number = number.strip().replace(".", "").replace(",", ".")
    return Amount(money.decimal(number), code)


def beside(schema: Schema, field: Field) -> Field | None:
    """The field beside an amount that holds its currency; None where there is none."""
    if field.kind != "number" or field.resolved.get("maximum") == 100:
        return None
    holder = schema.by_path.get(field.path.rpartition(".")[0])
    found = holder.child("currency") if holder else None
    return found if found and found.definition == "currency" else None


def above(schema: Schema, field: Field) -> str:
    """The nearest field further up that holds the currency of an amount, as people type it; empty if none does."""
    path = field.path.rpartition(".")[0]
    while path:
        if (holder := schema.by_path.get(path)) and holder.child("currency"):
            return schema.typed(f"{path}.currency")
        path = path.rpartition(".")[0]
    return ""


def foreign(typed: str, code: str, home: str, holder: str = "") -> CrmError:
    """The error for an amount in another currency where no field beside it can hold that one."""
    message = _("'{value}' is an amount in {code}, but the store's currency is {home}").format(
        value=typed, code=code, home=home
    )
    if holder:
        return usage(
            "amount-currency", message, _("use the number alone, and put the currency in {field}").format(field=holder)
        )
    hint = _("use the number alone; the currency is store.currency in crmtext.toml")
    return usage("amount-currency", message, hint)


def two_currencies(one: str, other: str) -> CrmError:
    """The error for two currencies of one amount."""
    message = _("the amount has two currencies, {one} and {other}").format(one=one, other=other)
    return usage("amount-currency", message, _("use one of them"))


def refuse_mixed(schema: Schema, field: Field, holder: Any, typed: str, code: str, now: str) -> None:
    """Raise CrmError where a new currency would be that of other amounts of the same entry as well."""
    home = schema.by_path[field.path.rpartition(".")[0]]
    for each in home.walk():
        if each.definition in _AMOUNTS and each.path != field.path:
            below = each.path.removeprefix(f"{home.path}.")
            if next(iter(schema.values(holder, below)), None):
                message = _("'{value}' is an amount in {code}, but '{key}' next to it is in {now}").format(
                    value=typed, code=code, key=each.typed, now=now
                )
                raise usage(
                    "amount-currency", message, _("use {now} for both, or remove the other one first").format(now=now)
                )
