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
    from crmtext.store import Store


def narrowed(store: Store, found: Comparison, typed: str) -> Comparison:
    """The part that is about the customer who is meant: one of the store's, else one who went."""
    wanted = _meant(store, found, typed)
    ids = {wanted} | {
        claimed_id(side)
        for each in found.differences
        if wanted in (claimed_id(side) for side in (each.before, each.after) if side)
        for side in (each.before, each.after)
        if side
    }
    return replace(found, old=_only(found.old, ids), new=_only(found.new, ids))


def _meant(store: Store, found: Comparison, typed: str) -> str:
    try:
        return claimed_id(target(store, typed))
    except CrmError as error:
        if error.problem.rule != "no-customer":
            raise
        valid = found.new.schema.validator.valid
        every = (*found.new.broken, *found.old.broken)
        gone = [Customer(each) for each in every if each.data is not None and valid(each.data)]
        if not gone:
            raise
        return find({each.id: each for each in reversed(gone)}.values(), typed).id


def _only(side: Snapshot, ids: set[str]) -> Snapshot:
    customers = tuple(each for each in side.customers if each.id in ids)
    return replace(side, customers=customers, broken=tuple(each for each in side.broken if claimed_id(each) in ids))
