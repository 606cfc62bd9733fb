"""`crmtext list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.types import Whole
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.problem import Exit, usage
from crmtext.query import listing
from crmtext.query.filter import Terms
from crmtext.record.input import arguments
from crmtext.store import When
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

_COMMAS = lazy.pattern(r"[,，、]")
#: Characters with a meaning in a shell or an expression.
_NOT_PLAIN = lazy.pattern(r"['\"`$\\!]")


@click.command("list", cls=Command)
@click.argument("view", required=False, metavar="[@VIEW]")
@click.option(
    "--owner",
    multiple=True,
    metavar="WHO",
    help="Show only this owner's customers: handle, name or me; may be repeated.",
)
@click.option(
    "--status", multiple=True, metavar="STATUS", help="Show only customers with this status; may be repeated."
)
@click.option(
    "--type", "type_", multiple=True, metavar="TYPE", help="Show only customers of this type; may be repeated."
)
@click.option("--tag", multiple=True, metavar="TAG", help="Show only customers with this tag; may be repeated.")
@click.option(
    "--stale", type=Whole(min=0), metavar="DAYS", help="Show only customers without contact for this many days."
)
@click.option(
    "--where",
    default="",
    metavar="EXPR",
    help="Show only customers that match, such as: 'vip' in tags and open_cases > 0.",
)
@click.option("--sort", default="", metavar="FIELD", help="Sort by this field; -FIELD reverses the order.")
@click.option(
    "--columns",
    default="",
    metavar="A,B",
    help="Show these columns: fields and computed fields, such as name,last_contact,contacts.name.",
)
@click.option("--limit", type=Whole(min=1), metavar="N", help="Show at most this many customers.")
@options.reading
@options.form("table", "json", "csv", "ids")
def list_(
    view: str | None,
    owner: tuple[str, ...],
    status: tuple[str, ...],
    type_: tuple[str, ...],
    tag: tuple[str, ...],
    stale: int | None,
    where: str,
    sort: str,
    columns: str,
    limit: int | None,
    form: str,
    *,
    when: When,
) -> Exit:
    r"""List customers, those of high priority first.

    Values may be typed as labels: --status 合作中 is --status active. @VIEW is a saved expression of crmtext.toml.
    A path through a list matches any of its values; any(…) matches one item that meets the whole condition.
    Dates and amounts may be typed as people write them. See docs/where.md for the whole language.

    \b
    crmtext list --owner me --where overdue
    crmtext list --status 合作中 --status 意向 --stale 30
    crmtext list --where "'vip' in tags and open_cases > 0"
    crmtext list --where "any(商机, 阶段 == '谈判' and 金额 > '50万')"
    crmtext list --where "'报价' in interactions.summary"
    crmtext list --columns name,contacts.name,opportunities.amount
    """
    store = options.store()
    # Without --at the index is used, which reads only the records that may match.
    then = None if when == When() else store.read(when)
    schema, settings = (then or store).schema, (then or store).settings
    query = listing.Query(
        owner=tuple(options.colleague(store, typed, settings) for typed in owner),
        status=tuple(arguments.choice(schema, "status", typed) for typed in status),
        type=tuple(arguments.choice(schema, "type", typed) for typed in type_),
        tag=tag,
        stale=stale,
        where=where,
        view=_view(view, schema, settings),
        sort=sort,
        columns=tuple(name.strip() for name in _COMMAS.split(columns) if name.strip()),
        limit=limit,
    )
    checked = listing.check(query, Terms(schema, settings, then.today if then else store.today))
    return _emit(then or lookup.listed(store, checked.fixed), checked, form)


def _emit(snapshot: Snapshot, query: listing.CheckedQuery, form: str) -> Exit:
    if form == "ids":
        return emit(listing.ids(snapshot, query))
    if form == "json":
        return emit(listing.data(snapshot, query), form)
    shown = listing.table(snapshot, query)
    return emit(listing.comma_separated(shown) if form == "csv" else shown, form)


def _view(name: str | None, schema: Schema, settings: Settings) -> str:
    if not name:
        return ""
    key = name.removeprefix("@")
    if not name.startswith("@"):
        hint = _("a view begins with @; to show a customer: crmtext show {name}").format(name=name)
        meant = _("to list them: {command}").format(command=_line(name, schema, settings))
        raise usage("unknown-view", _("unknown view '{name}'").format(name=name), f"{meant}\n{hint}")
    if key in settings.views:
        return settings.views[key]
    known = [f"@{view}" for view in settings.views]
    hint = did_you_mean(nearest(f"@{key}", known), _("views: {names}").format(names=", ".join(known) or "-"))
    raise usage("unknown-view", _("unknown view '{name}'").format(name=name), hint)


def _line(word: str, schema: Schema, settings: Settings) -> str:
    """The command that lists the likely meaning of a word."""
    for key in ("status", "type"):
        if any(word.casefold() in map(str.casefold, choice.names()) for choice in schema.by_path[key].choices):
            return f"crmtext list --{key} {quoted(word)}"
    if arguments.is_me(word) or settings.member(word):
        return f"crmtext list --owner {quoted(word)}"
    return f"crmtext list --where \"'{_NOT_PLAIN.sub('', word)}' in name\""
