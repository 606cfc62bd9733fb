"""`crmtext list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext import lazy, listing, standing
from crmtext.cli import Command, options
from crmtext.cli.render import emit
from crmtext.cli.types import Whole
from crmtext.i18n import _
from crmtext.problem import Exit, usage
from crmtext.record import words
from crmtext.schema import near
from crmtext.shell import quoted
from crmtext.store import When

if TYPE_CHECKING:
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

_COMMAS = lazy.pattern(r"[,，、]")
#: What a shell, or an expression, would take for more than text.
_NOT_PLAIN = lazy.pattern(r"['\"`$\\!]")


@click.command("list", cls=Command)
@click.argument("view", required=False, metavar="[@VIEW]")
@click.option("--owner", default="", metavar="WHO", help="Only this colleague's: handle, name or 'me'.")
@click.option("--status", default="", metavar="STATUS", help="Only those of this status.")
@click.option("--type", "type_", default="", metavar="TYPE", help="Only those of this type.")
@click.option("--tag", default="", metavar="TAG", help="Only those with this tag.")
@click.option("--stale", type=Whole(min=0), metavar="DAYS", help="Only those without contact for this many days.")
@click.option("--where", default="", metavar="EXPR", help="Only those for which this is true, such as: 'vip' in tags.")
@click.option("--sort", default="", metavar="KEY", help="Sort by this key; -KEY reverses the order.")
@click.option("--columns", default="", metavar="A,B", help="The columns, by key or computed name.")
@click.option("--limit", type=Whole(min=1), metavar="N", help="At most this many.")
@options.reading
@options.form("table", "json", "csv", "ids")
def list_(
    view: str | None,
    owner: str,
    status: str,
    type_: str,
    tag: str,
    stale: int | None,
    where: str,
    sort: str,
    columns: str,
    limit: int | None,
    form: str,
    *,
    when: When,
) -> Exit:
    r"""List customers, key ones first.

    Values can be typed as people say them: --status 合作中 is --status active. @VIEW is an expression that
    crmtext.toml has a name for.

    \b
    crmtext list --owner me --where overdue
    crmtext list --status 合作中 --stale 30
    crmtext list --where "'vip' in tags and open_cases > 0"
    """
    store = options.store()
    # Of the records on the disk only those that are asked for are looked at.
    then = None if when == When() else store.read(when)
    schema, settings = (then or store).schema, (then or store).settings
    query = listing.Query(
        owner=options.colleague(store, owner, settings) if owner else "",
        status=words.choice(schema, "status", status) if status else "",
        type=words.choice(schema, "type", type_) if type_ else "",
        tag=tag,
        stale=stale,
        where=_both(where, _view(view, schema, settings)),
        sort=sort,
        columns=tuple(name.strip() for name in _COMMAS.split(columns) if name.strip()) or listing.DEFAULT,
        limit=limit,
    )
    return _emit(then or _now(store, query), query, form)


def _now(store: Store, query: listing.Query) -> Snapshot:
    asked = {"owner": query.owner, "status": query.status, "type": query.type}
    return standing.snapshot(store, **{name: value for name, value in asked.items() if value})


def _emit(snapshot: Snapshot, query: listing.Query, form: str) -> Exit:
    if form == "ids":
        return emit(listing.ids(snapshot, query))
    shown = listing.table(snapshot, query)
    return emit(listing.comma_separated(shown) if form == "csv" else shown, form)


def _view(name: str | None, schema: Schema, settings: Settings) -> str:
    if not name:
        return ""
    key = name.removeprefix("@")
    if not name.startswith("@"):
        hint = _("a view begins with @; a customer is shown by: crmtext show {name}").format(name=name)
        meant = _("to list: {command}").format(command=_line(name, schema, settings))
        raise usage("unknown-view", _("there is no view '{name}'").format(name=name), f"{meant}\n{hint}")
    if key in settings.views:
        return settings.views[key]
    close = near.word(key, settings.views)
    known = ", ".join(f"@{each}" for each in settings.views)
    hint = _("did you mean @{name}?").format(name=close) if close else _("views: {names}").format(names=known or "-")
    raise usage("unknown-view", _("there is no view '{name}'").format(name=name), hint)


def _line(word: str, schema: Schema, settings: Settings) -> str:
    """The command that lists what a word by itself is likely to mean."""
    for key in ("status", "type"):
        if any(word.casefold() in map(str.casefold, each.names()) for each in schema.by_path[key].choices):
            return f"crmtext list --{key} {quoted(word)}"
    if words.is_me(word) or settings.member(word):
        return f"crmtext list --owner {quoted(word)}"
    return f"crmtext list --where \"'{_NOT_PLAIN.sub('', word)}' in name\""


def _both(one: str, other: str) -> str:
    return f"({one}) and ({other})" if one and other else one or other
