"""`crmtext history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli import Command, options
from crmtext.cli.render import emit
from crmtext.find import find
from crmtext.git.plumbing import resolve
from crmtext.history import tell
from crmtext.history.story import only, story
from crmtext.i18n import _
from crmtext.record.target import target

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.store import When


@click.command(cls=Command)
@click.argument("customer")
@click.option("--field", default="", metavar="KEY", help="Only changes of this key, such as owner or contacts.title.")
@options.reading
@options.form("table", "markdown", "json")
def history(customer: str, field: str, form: str, *, when: When) -> Exit:
    """Tell who changed what of a customer, when and why, newest first.

    Moves and renames are followed, and merges. What is not committed yet is told by crmtext diff.
    """
    store = options.store()
    if when.at:
        snapshot = store.read(when)
        document, start = find(snapshot.customers, customer).document, snapshot.read
    else:
        document, start = target(store, customer), resolve(store.git(), "HEAD")
        snapshot = store.nothing()
    told = story(store, snapshot, document, start)
    if field:
        told = only(told, field)
    shown = tell.markdown(told) if form == "markdown" else tell.text(told)
    note = "" if told.events else _("git knows no such change yet")
    return emit(Text(shown, tell.document(told), note), form)
