"""Show one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Text
from crmtext.figures.due import items
from crmtext.figures.due_kinds import KINDS
from crmtext.figures.rules import NAMES
from crmtext.i18n import _, language
from crmtext.problem import CrmError, Exit, Problem
from crmtext.query.computed_names import Lazy
from crmtext.query.listing import for_json
from crmtext.record.input.find_record import named_record
from crmtext.reports.card import card
from crmtext.reports.site import Site
from crmtext.reports.terminal import text
from crmtext.snapshot import claimed_id
from crmtext.text.explain.conflict_markers import conflict_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.model import Customer
    from crmtext.sealing.mask import Masking
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document


def show(
    snapshot: Snapshot, typed: str, *, raw: bool = False, everything: bool = False, masking: Masking | None = None
) -> Text:
    """Return a customer's card, with `everything` all interactions; with `raw` the record's own text.

    With `masking`, everything is masked, also the names of the customers that it refers to.
    """
    record = named_record(snapshot, typed, masking)
    full = next((other for other in snapshot.customers if other.path == record.path), None)
    if full is None:
        if masking:
            message = _("{id} has errors and cannot be shown masked").format(id=claimed_id(record))
            raise CrmError(Problem("left-out", message, hint=_("to see the errors: crmtext check")), Exit.FOUND)
        return _without_card(record, raw=raw)
    customer = masking.customer(full) if masking else full
    masked = masking.record(full.data) if masking else None
    if raw:
        return Text(customer.document.text)
    site = Site(snapshot.customers, snapshot.schema, snapshot.settings, snapshot.today, language())
    names = {other.id: _short(other, masking) for other in snapshot.customers}
    parts: dict[str, Callable[[], object]] = {
        "customer": lambda: customer.data,
        "path": lambda: masked.path(full.path) if masked else full.path,
        # The day of creation takes a call of git.
        "computed": lambda: for_json(NAMES.of(snapshot)(full), NAMES, masked),
    }
    document = Lazy(parts, lambda part: parts[part]())
    # The next steps are on the card, with their numbers.
    kinds = [kind for kind in KINDS if kind != "next-step"]
    due = items(snapshot.only((full,)), kinds=kinds, masking=masking)
    return Text(text(card(customer, site, names), site, due, everything=everything), document)


def _short(customer: Customer, masking: Masking | None) -> str:
    return masking.record(customer.data).named("short_name", customer.short) if masking else customer.short


def _without_card(document: Document, *, raw: bool) -> Text:
    if raw and document.text:
        return Text(document.text)
    if problem := conflict_problem(document.text, document.path):
        raise CrmError(problem, Exit.FOUND)
    message = _("{path} has errors and cannot be shown as a card").format(path=document.path)
    hint = _("to see the errors: crmtext check {path}; to see the text: --format yaml").format(path=document.path)
    raise CrmError(Problem("left-out", message, hint=hint), Exit.FOUND)
