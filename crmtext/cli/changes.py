"""`crmtext changes`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from crmtext import dates
from crmtext.answer import Text
from crmtext.cli import Command, options
from crmtext.cli.render import emit
from crmtext.diff import sides
from crmtext.diff.sides import Range
from crmtext.diff.tell import unreadable_line
from crmtext.git.moments import at_end_of, named
from crmtext.history import post
from crmtext.history.digest import audience, digest
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.store import Store, When


@click.command(cls=Command)
@click.option("--since", required=True, metavar="DATE|REV", help="From this day, or since this commit.")
@click.option("--for", "whose", default="", metavar="OWNER|ROLE", help="Only what concerns this colleague or role.")
@options.reading
@options.form("table", "markdown", "json")
def changes(since: str, whose: str, form: str, *, when: When) -> Exit:
    r"""Tell what the last days brought: new customers, status moves, handovers, interactions by colleague.

    \b
    crmtext changes --since monday --for me
    """
    store = options.store()
    until = store.moment(when.at) if when.at else store.moment("HEAD")
    old, called = _start(store, since)
    found = sides.read(store, Range(old, until.commit))
    for_whom = None
    if whose:
        typed = options.colleague(store, "me", found.new.settings) if whose == "me" else whose
        for_whom = audience(typed, found.new.settings)
    made = digest(found, called, str(until.day if when.at else store.today), for_whom)
    shown = post.markdown(made) if form == "markdown" else post.text(made)
    return emit(Text(shown, post.document(made), unreadable_line(found)), form)


def _start(store: Store, typed: str) -> tuple[str, str]:
    """The commit to compare with, nothing where the store is younger, and what to call it."""
    try:
        day = dates.parse(typed, store.today, past=True)
    except CrmError:
        return named(store.git(), typed), typed
    try:
        return at_end_of(store.git(), day - timedelta(days=1), store.zone).commit, str(day)
    except CrmError:
        return "", str(day)
