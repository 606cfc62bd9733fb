"""Opportunities for a need that the customer does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.terminal.width import clip
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.model import Customer
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True

#: The number of characters of a need that a message quotes, and how many needs a hint names.
_QUOTED, _MOST = 60, 5


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of opportunities whose `need` is the description of none of the customer's needs."""
    field = snapshot.schema.by_path.get("opportunities[].need")
    if field is None or field.kind != "text":
        return
    for customer in snapshot.customers:
        needs: Sequence[str] | None = None
        for index, opportunity in enumerate(customer.data.get("opportunities", ())):
            if not (need := opportunity.get("need")):
                continue
            needs = needs if needs is not None else [str(one["description"]) for one in customer.data.get("needs", ())]
            if _form(need) not in map(_form, needs):
                message = _("this customer has no need '{need}'").format(need=_quoted(need))
                hint = did_you_mean(_quoted(nearest(need, needs, loose=True)), _otherwise(customer, needs))
                pointer = f"/opportunities/{index}/need"
                yield customer.document.problem(
                    "opportunity-need", message, pointer, hint=hint, severity=Severity.WARNING
                )


def _form(text: str) -> str:
    """A text without regard to case, width and line breaks."""
    return folded(" ".join(str(text).split()))


def _quoted(text: str) -> str:
    return clip(" ".join(text.split()), _QUOTED)


def _otherwise(customer: Customer, needs: Sequence[str]) -> str:
    if not needs:
        return _("add it: {command}").format(command=f'crmtext append {customer.id} needs description="…"')
    shown = _(", ").join([*map(_quoted, needs[:_MOST]), *(["…"] if len(needs) > _MOST else [])])
    return _("use the description of a need: {needs}").format(needs=shown)
