"""`crmtext history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.git.clone import unshallow_hint
from crmtext.git.objects import opened
from crmtext.git.plumbing import resolve
from crmtext.history import masked_story, story_text
from crmtext.history.removed import last_version
from crmtext.history.story import narrowed_to_field, story
from crmtext.i18n import _
from crmtext.problem import CrmError
from crmtext.query.find import find
from crmtext.record.input.find_record import target

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.sealing.mask import Masking
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store, When
    from crmtext.text.document import Document


@click.command(cls=Command)
@click.argument("customer")
@click.option(
    "--field", default="", metavar="FIELD", help="Show only changes of this field, such as owner or contacts.title."
)
@options.reading
@options.masking
@options.form("table", "markdown", "json")
def history(customer: str, field: str, form: str, *, mask: bool, when: When) -> Exit:
    """Show who changed what in a customer, when and why, newest first.

    Moves, renames and merges are followed. For uncommitted changes, use crmtext diff.

    Find a removed customer by its id.
    """
    store = options.store()
    snapshot = store.read(when) if when.at else store.nothing()
    start = snapshot.read if when.at else resolve(store.git(), "HEAD")
    document = _find(store, snapshot, customer, when, options.masking_of(snapshot.schema, mask=mask))
    with opened(store.git()) as objects:
        result = story(store, objects, snapshot, document, start)
    if field:
        result = narrowed_to_field(result, field)
    if mask:
        result = masked_story.masked(result)
    shown = story_text.markdown(result) if form == "markdown" else story_text.text(result)
    note = "" if result.events else _("no such change in git")
    if result.cut:
        note = unshallow_hint()
    return emit(Text(shown, story_text.document(result), note), form)


def _find(store: Store, snapshot: Snapshot, customer: str, when: When, masking: Masking | None) -> Document:
    """The customer's record, or its last version if it was removed; with `masking`, errors have masked names."""
    try:
        if when.at:
            return find(snapshot.customers, customer, masking=masking).document
        return target(store, customer, masking)
    except CrmError as error:
        start = snapshot.read if when.at else resolve(store.git(), "HEAD")
        document = last_version(store, customer, start) if error.problem.rule == "no-customer" else None
        if document is None:
            raise
        return document
