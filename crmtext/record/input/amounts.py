"""Amounts as people type them, in the store's currency or the one that they name."""

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
    """An amount, and the code of the currency typed with it; empty if there was none."""

    number: Decimal
    currency: str


def read(typed: str, home: str) -> Amount:
    """Return the amount that a text such as `￥50万`, `120k EUR` or `60.000 €` means. Raises CrmError if it means none.

    `home` is the currency of an amount without one.
    """
    number, code = currencies.of_amount(typed, home)
    # Money has two decimals, so three digits after a point are thousands in countries that write them so.
    if (code or home) in _WITH_POINTS and _POINTS.fullmatch(number.strip()):
        number = number.strip().replace(".", "").replace(",", ".")
    return Amount(money.decimal(number), code)


def currency_field(schema: Schema, field: Field) -> Field | None:
    """Return the field beside an amount that holds its currency; None if there is none."""
    if field.kind != "number" or field.resolved.get("maximum") == 100:
        return None
    holder = schema.by_path.get(field.path.rpartition(".")[0])
    currency = holder.child("currency") if holder else None
    return currency if currency and currency.definition == "currency" else None


def currency_above(schema: Schema, field: Field) -> str:
    """Return the nearest field above an amount that holds its currency, as people type it; empty if none does."""
    path = field.path.rpartition(".")[0]
    while path:
        if (holder := schema.by_path.get(path)) and holder.child("currency"):
            return schema.typed(f"{path}.currency")
        path = path.rpartition(".")[0]
    return ""


def foreign_currency(typed: str, code: str, home: str, holder: str = "") -> CrmError:
    """Error for an amount in another currency that no field beside it can hold."""
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
    """Error for two currencies of one amount."""
    message = _("the amount has two currencies, {one} and {other}").format(one=one, other=other)
    return usage("amount-currency", message, _("use one of them"))


def refuse_mixed(schema: Schema, field: Field, holder: Any, typed: str, code: str, now: str) -> None:
    """Raise CrmError if a new currency would also apply to other amounts of the same entry."""
    home = schema.by_path[field.path.rpartition(".")[0]]
    for other in home.walk():
        if other.definition in _AMOUNTS and other.path != field.path:
            below = other.path.removeprefix(f"{home.path}.")
            if next(iter(schema.values(holder, below)), None):
                message = _("'{value}' is an amount in {code}, but '{key}' next to it is in {now}").format(
                    value=typed, code=code, key=other.typed, now=now
                )
                raise usage(
                    "amount-currency", message, _("use {now} for both, or remove the other one first").format(now=now)
                )
