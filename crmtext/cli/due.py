"""`crmtext due`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit, say
from crmtext.cli.framework.types import Whole
from crmtext.exporters.delimited import comma_separated
from crmtext.exporters.output import is_terminal, stdout
from crmtext.figures import due as figures
from crmtext.figures import due_kinds, due_text, recipients_text
from crmtext.figures.due_text import Asked
from crmtext.figures.recipients import check_channels
from crmtext.figures.rules import NAMES
from crmtext.git.upstream import unpushed
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.problem import Exit
from crmtext.query import listing
from crmtext.query.filter import Terms
from crmtext.record.input import arguments
from crmtext.terminal.color import columns
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import printable
from crmtext.values import clock, dates
from crmtext.values.calendar import write_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.figures.due import Item
    from crmtext.model import Customer
    from crmtext.settings import Settings
    from crmtext.store import Store, When

#: The owner that stands for everybody.
_ALL = ("all", "全部", "所有人")


@click.command(cls=Command)
@click.option(
    "--owner", default="", metavar="WHO|all", help="Show the work of this colleague: handle, name, me or all."
)
@click.option(
    "--days",
    type=Whole(min=0),
    default=figures.AHEAD,
    show_default=True,
    metavar="N",
    help="Show what is due within this many days.",
)
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Show only this kind; may be repeated.")
@click.option(
    "--where",
    default="",
    metavar="EXPR",
    help="Only customers that match, such as: 'vip' in tags and open_cases > 0.",
)
@click.option("--limit", type=Whole(min=1), metavar="N", help="Show at most this many items.")
@options.for_channel
@options.reading
@options.masking
@options.form("table", "json", "markdown", "ics", "csv", "ids")
def due(
    owner: str,
    days: int,
    kinds: tuple[str, ...],
    where: str,
    limit: int | None,
    for_channel: str,
    form: str,
    *,
    when: When,
    mask: bool,
) -> Exit:
    r"""Show what is overdue, due today and coming: your own work if you are on the team, else everybody's.

    Promises come first: next-step, case, deal, unanswered, payment. The other kinds are rule, contract, satisfaction,
    birthday, retention, no-next-step and budget. Channels that the customer rejects are named. The table shows 20 items
    of each state; --kind or --limit shows more. `today`, `agenda` and `todo` are the same command.

    \b
    crmtext due
    crmtext due --owner 韩梅 --days 14
    crmtext due --kind case --kind 催款
    crmtext due --owner all --format markdown --limit 30
    crmtext due --format ics
    """
    store = options.store()
    chosen = [due_kinds.known(typed) for typed in kinds]
    then = store.read(when) if when.at else None
    day = dates.parse(when.as_of, store.today) if when.as_of else None
    rules = then or store
    whose = _owner(owner, store, rules.settings)
    terms = Terms(rules.schema, rules.settings, then.today if then else day or store.today, NAMES)
    query = listing.check(listing.Query(where=where), terms)
    wanted = {**query.fixed, **({"concerns": (whose,)} if whose else {})}
    snapshot = then or lookup.listed(store, wanted, as_of=day)
    values_of = NAMES.of(snapshot)

    def matches(customer: Customer) -> bool:
        return all(test.matches(values_of(customer)) for test in query.tests)

    channel = arguments.reach_channel(snapshot.schema, for_channel) if for_channel else ""
    if channel:
        check_channels(snapshot)
    listed = figures.items(
        snapshot,
        owner=whose,
        days=days,
        kinds=chosen,
        matches=matches if where else None,
        masking=options.masking_of(snapshot.schema, mask=mask),
        channel=channel,
    )
    asked = Asked(snapshot, whose, days, _command(owner, days, where, channel, when, mask=mask))
    allowed = tuple(item for item in listed if not item.refused)
    refused = Counter(rule for _id, rule in {(item.customer.id, item.refused) for item in listed if item.refused})
    left_out = [*recipients_text.left_out(refused, channel, snapshot.schema)]
    return _emit(allowed, asked, chosen, limit, form, store, left_out, now=not when.at)


def _emit(
    listed: Sequence[Item],
    asked: Asked,
    kinds: Sequence[str],
    limit: int | None,
    form: str,
    store: Store,
    refused: Sequence[str],
    *,
    now: bool,
) -> Exit:
    shown = listed[:limit]
    rest = [due_text.more(len(listed) - len(shown), " ".join((asked.command, *(f"--kind {kind}" for kind in kinds))))]
    rest = rest if len(shown) < len(listed) else []
    lines = [
        *(rest if form != "markdown" else ()),
        *_notes(listed, asked),
        *refused,
        *(unpushed(store.repository) if now else ()),
    ]
    note = "".join(f"{line}\n" for line in lines)
    if form == "ics":
        zone = clock.time_zone(asked.snapshot.settings.timezone or None)
        with stdout(whole=False) as file:
            write_events(due_text.events(shown, asked.snapshot), file, asked.snapshot.today, zone)
        say("", printable(note))
        return Exit.FINE
    if form == "json":
        return emit(Text("", due_text.document(shown, asked), note), form)
    if form == "csv":
        return emit(comma_separated(due_text.table(shown)._replace(note=note)))
    if form == "ids":
        return emit(Text(due_text.ids(shown), note=note))
    if form == "markdown":
        written = due_text.as_markdown(shown, asked)
        return emit(Text(written + "".join(f"\n{line}\n" for line in rest), note=note))
    capped = not kinds and limit is None
    return emit(Text(due_text.text(shown, asked, capped=capped, width=columns() if is_terminal() else 0), note=note))


def _notes(listed: Sequence[Item], asked: Asked) -> list[str]:
    snapshot = asked.snapshot
    if not snapshot.checked:
        return [_("no customers yet; add one: crmtext add NAME")]
    left_out = listing.left_out(snapshot)
    return [*([] if listed else [_nothing(asked)]), *([left_out] if left_out else [])]


def _nothing(asked: Asked) -> str:
    member = asked.snapshot.settings.team.get(asked.owner)
    if member and member.pool:
        return _("{name} is a pool, which has no list").format(name=member.shown)
    if member and member.has_left:
        return _("{name} has left; open work is under: crmtext due --owner all").format(name=member.shown)
    return _("nothing is due until {date}").format(date=figures.later(asked.snapshot.today, asked.days))


def _owner(typed: str, store: Store, settings: Settings) -> str:
    """The handle of the colleague; empty for everybody."""
    if typed.strip().casefold() in _ALL:
        return ""
    if typed:
        return options.colleague(store, typed, settings)
    own = options.me(store, settings)
    return own if own in settings.team and settings.team[own].active else ""


def _command(owner: str, days: int, where: str, channel: str, when: When, *, mask: bool) -> str:
    """The command line without kinds and limit, to be typed again; masked, without the words of the expression."""
    where = "…" if where and mask else where
    given = {"owner": owner, "days": str(days) if days != figures.AHEAD else "", "where": where}
    given["for-channel"] = channel
    words = (f"--{name} {quoted(value)}" for name, value in given.items() if value)
    return " ".join(("crmtext due", *["--mask"] * mask, *words)) + options.again(when)
