"""Open next steps, cases and opportunities of a colleague, which another one takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.model import Customer, next_steps
from crmtext.record.change.steps import Step
from crmtext.text.edit.rewrite import Set
from crmtext.wording.labels import person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmtext.store import Store
    from crmtext.text.document import Document
    from crmtext.text.edit.rewrite import Operation

#: Final stages of an opportunity.
CLOSED = frozenset({"won", "lost"})


def operations(customer: Customer, giver: str, taker: str) -> Iterator[Operation]:
    """Yield the operations that give the giver's open next steps, cases and opportunities to the taker."""
    for step in next_steps(customer):
        if step.done is None and step.by == giver:
            yield Set(f"/interactions/{step.interaction}/next/by", taker, ("action", "due", "time", "channel", "by"))
    for index, case in enumerate(customer.data.get("cases", ())):
        if case["status"] != "closed" and case.get("owner") == giver:
            yield Set(f"/cases/{index}/owner", taker)
    for index, opportunity in enumerate(customer.data.get("opportunities", ())):
        if opportunity["stage"] not in CLOSED and opportunity.get("owner") == giver:
            yield Set(f"/opportunities/{index}/owner", taker)


def steps(before: Document, after: Document, typed: Collection[str], store: Store) -> Iterator[Step]:
    """Yield the step by which the new owner of a customer from a pool takes over what was left to the pool."""
    if "/owner" not in typed or not store.schema.validator.valid(after.data):
        return
    giver, taker = (str(document.data.get("owner", "")) for document in (before, after))
    pool, member = store.settings.team.get(giver), store.settings.team.get(taker)
    if giver == taker or pool is None or not pool.pool or member is None or member.pool:
        return
    if moved := tuple(operations(Customer(after), giver, taker)):
        names = (person(store.settings, handle) for handle in (giver, taker))
        yield Step(moved, _("open tasks of {giver} → {taker}").format(giver=next(names), taker=next(names)))
