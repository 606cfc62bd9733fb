"""`crmtext changes`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.diff import sides
from crmtext.diff.masked import MaskedComparison
from crmtext.diff.sides import Range
from crmtext.diff.text import unreadable_line
from crmtext.git.moments import Moment, start
from crmtext.git.objects import opened
from crmtext.git.plumbing import resolve
from crmtext.history import digest_text
from crmtext.history.digest import Period, audience, digest
from crmtext.values import clock, dates

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.store import When


@click.command(cls=Command)
@click.option(
    "--since",
    required=True,
    metavar="DATE|REV",
    help="Since this day (monday), this long ago (3d, last week), or this commit.",
)
@click.option(
    "--for", "whose", default="", metavar="OWNER|ROLE", help="Show only changes that concern this colleague or role."
)
@options.reading
@options.masking
@options.form("table", "markdown", "json")
def changes(since: str, whose: str, form: str, *, mask: bool, when: When) -> Exit:
    r"""Show the changes of the last days: customers, their deals and cases, and what each colleague did.

    New and removed customers, status, owner, priority and value; deals opened, moved, won and lost; cases opened and
    closed; transactions, next steps done and interactions by colleague. Of a new customer, only what is dated in the
    period counts. With --for, also what the colleague did for customers of others.

    \b
    crmtext changes --since monday --for me
    """
    store = options.store()
    with opened(store.git()) as objects:
        until = store.moment(when.at, objects) if when.at else Moment(resolve(store.git(), "HEAD"), store.today)
        today = dates.parse(when.as_of, store.today) if when.as_of else until.day
        old, since_label = start(store.git(), since, today, store.zone)
        compared = sides.read(store, Range(old, until.commit), objects)
        typed = _day(since_label)
        first = options.period(typed, today) if typed else clock.day_of(objects.committed(old), store.zone)
    for_whom = None
    if whose:
        from crmtext.record.input import arguments

        # As in `list --owner`: today's team, or the one at the moment of --at.
        team = compared.new.settings if when.at else store.settings
        who = options.colleague(store, "me", team) if arguments.is_me(whose) else whose
        for_whom = audience(who, team)
    if mask:
        compared = MaskedComparison(compared)
    result = digest(compared, Period(first, today, since_label), for_whom)
    shown = digest_text.markdown(result) if form == "markdown" else digest_text.text(result)
    return emit(Text(shown, digest_text.document(result), unreadable_line(compared)), form)


def _day(label: str) -> date | None:
    """The day that a period begins with; None if it begins with a commit."""
    try:
        return date.fromisoformat(label)
    except ValueError:
        return None
