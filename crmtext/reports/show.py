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
from crmtext.record.input.find_record import named_record
from crmtext.reports.card import card
from crmtext.reports.site import Site
from crmtext.reports.terminal import text
from crmtext.text.explain.conflict_markers import conflict_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document


def show(snapshot: Snapshot, typed: str, *, raw: bool = False, everything: bool = False) -> Text:
    """Return a customer's card, with `everything` all interactions; with `raw` the record's own text."""
    record = named_record(snapshot, typed)
    customer = next((other for other in snapshot.customers if other.path == record.path), None)
    if customer is None:
        return _without_card(record, raw=raw)
    if raw:
        return Text(record.text)
    site = Site(snapshot.customers, snapshot.schema, snapshot.settings, snapshot.today, language())
    names = {other.id: other.short for other in snapshot.customers}
    parts: dict[str, Callable[[], object]] = {
        "customer": lambda: customer.data,
        "path": lambda: customer.path,
        # The day of creation takes a call of git.
        "computed": lambda: NAMES.for_json(NAMES.of(snapshot)(customer)),
    }
    document = Lazy(parts, lambda part: parts[part]())
    # The next steps are on the card, with their numbers.
    kinds = [kind for kind in KINDS if kind != "next-step"]
    due = items(snapshot.only((customer,)), kinds=kinds)
    return Text(text(card(customer, site, names), site, due, everything=everything), document)


def _without_card(document: Document, *, raw: bool) -> Text:
    if raw and document.text:
        return Text(document.text)
    if problem := conflict_problem(document.text, document.path):
        raise CrmError(problem, Exit.FOUND)
    message = _("{path} has errors and cannot be shown as a card").format(path=document.path)
    hint = _("to see the errors: crmtext check {path}; to see the text: --format yaml").format(path=document.path)
    raise CrmError(Problem("left-out", message, hint=hint), Exit.FOUND)
