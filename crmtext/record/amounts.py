"""Amounts as people type them: their currency is the store's, or is given beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import money
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.standards import currencies

if TYPE_CHECKING:
    from decimal import Decimal


def exact(typed: str, home: str, field: str = "currency") -> Decimal:
    """The amount that a text such as `￥50万` means. Raises CrmError if it names another currency than the store's.

    A number is stored without its currency, which `field` holds: `$500` must not become 500 of the store's own.
    """
    number, code = currencies.of_amount(typed, home)
    if code and code != (currencies.named(home) or home):
        message = _("'{value}' is an amount in {code}, and the store's currency is {home}").format(
            value=typed, code=code, home=home
        )
        hint = _("write the number alone, and the currency as a field of its own: {field}={code}").format(
            field=field, code=code
        )
        raise usage("amount-currency", message, hint)
    return money.decimal(number)
