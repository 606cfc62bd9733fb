"""One customer, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.computed import compute
from crmtext.find import find
from crmtext.folding import is_part
from crmtext.i18n import _, language
from crmtext.problem import CrmError, Exit, Problem
from crmtext.reports.card import card
from crmtext.reports.site import Site
from crmtext.reports.terminal import text
from crmtext.snapshot import claimed_id, claimed_names
from crmtext.text.conflicts import unsettled

if TYPE_CHECKING:
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document


def show(snapshot: Snapshot, typed: str, *, raw: bool = False) -> Text:
    """The card of the customer that is meant, or with `raw` the record's own text."""
    try:
        customer = find(snapshot.customers, typed, left_out=snapshot.left_out)
    except CrmError as error:
        if error.problem.rule == "no-customer" and (wrong := _left_out(snapshot, typed)):
            return _as_it_is(wrong, raw=raw)
        raise
    if raw:
        return Text(customer.document.text)
    site = Site(snapshot.customers, snapshot.schema, snapshot.settings, snapshot.today, language())
    names = {each.id: each.short for each in snapshot.customers}
    computed = compute(customer, snapshot.today, snapshot.settings)
    document = {"customer": customer.data, "path": customer.path, "computed": computed}
    return Text(text(card(customer, site, names), site), document)


def _left_out(snapshot: Snapshot, typed: str) -> Document | None:
    """The record with errors that is meant by its id or a part of its name."""
    by_id = [each for each in snapshot.broken if claimed_id(each).casefold() == typed.strip().casefold()]
    by_name = [each for each in snapshot.broken if any(is_part(typed, name) for name in claimed_names(each))]
    return next(iter(by_id or by_name), None)


def _as_it_is(document: Document, *, raw: bool) -> Text:
    if raw and document.text:
        return Text(document.text)
    if problem := unsettled(document.text, document.path):
        raise CrmError(problem, Exit.FOUND)
    message = _("{path} has errors and cannot be shown as a card").format(path=document.path)
    hint = _("what is wrong: crmtext check {path}; as it is: --format yaml").format(path=document.path)
    raise CrmError(Problem("left-out", message, hint=hint), Exit.FOUND)
