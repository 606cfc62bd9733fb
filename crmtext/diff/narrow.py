"""A comparison narrowed to one customer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext.model import Customer
from crmtext.problem import CrmError
from crmtext.query.find import find
from crmtext.record.input.find_record import target
from crmtext.snapshot import Snapshot, claimed_id

if TYPE_CHECKING:
    from crmtext.diff.customers import Comparison
    from crmtext.sealing.mask import Masking
    from crmtext.store import Store


def narrowed(store: Store, comparison: Comparison, typed: str, masking: Masking | None = None) -> Comparison:
    """Return the part about one customer, typed in any way; it may have been removed.

    Raises CrmError if none or several match, with masked names if `masking` is given.
    """
    wanted = _meant(store, comparison, typed, masking)
    ids = {wanted} | {
        claimed_id(side)
        for difference in comparison.differences
        if wanted in (claimed_id(side) for side in (difference.before, difference.after) if side)
        for side in (difference.before, difference.after)
        if side
    }
    return replace(comparison, old=_only(comparison.old, ids), new=_only(comparison.new, ids))


def _meant(store: Store, comparison: Comparison, typed: str, masking: Masking | None) -> str:
    try:
        return claimed_id(target(store, typed, masking))
    except CrmError as error:
        if error.problem.rule != "no-customer":
            raise
        valid = comparison.new.schema.validator.valid
        every = (*comparison.new.broken, *comparison.old.broken)
        gone = [Customer(document) for document in every if document.data is not None and valid(document.data)]
        if not gone:
            raise
        return find({customer.id: customer for customer in reversed(gone)}.values(), typed, masking=masking).id


def _only(side: Snapshot, ids: set[str]) -> Snapshot:
    customers = tuple(customer for customer in side.customers if customer.id in ids)
    broken = tuple(document for document in side.broken if claimed_id(document) in ids)
    return replace(side, customers=customers, broken=broken)
