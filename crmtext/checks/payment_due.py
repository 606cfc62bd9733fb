"""Payments that are due before their transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of transactions whose payment is due before their date."""
    field = snapshot.schema.by_path.get("transactions[].payment_due")
    if field is None or field.kind != "date":
        return
    for customer in snapshot.customers:
        for index, transaction in enumerate(customer.data.get("transactions", ())):
            date, due = str(transaction["date"])[:10], str(transaction.get("payment_due", ""))[:10]
            if due and due < date:
                message = _("the payment is due on {due}, before the transaction of {date}").format(due=due, date=date)
                pointer, hint = f"/transactions/{index}/payment_due", _("fix one of the two dates")
                yield customer.document.problem("payment-due", message, pointer, hint=hint, severity=Severity.WARNING)
