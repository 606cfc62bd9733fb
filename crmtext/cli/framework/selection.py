"""The options that choose customers, for lists and exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.types import Whole
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.query.listing import Query
from crmtext.record.input import arguments
from crmtext.values import lazy
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

F = Callable[..., Any]
_COMMAS = lazy.pattern(r"[,，、]")


class Typed(NamedTuple):
    """The filters and the order as typed."""

    owner: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    stale: int | None = None
    where: str = ""
    sort: str = ""

    def query(self, store: Store, rules: Store | Snapshot, view: str | None) -> Query:
        """Return the query, by the schema and the team of a store or a snapshot. Raises CrmError for unknown words."""
        schema, settings = rules.schema, rules.settings
        return Query(
            owner=tuple(options.colleague(store, typed, settings) for typed in self.owner),
            status=tuple(arguments.choice(schema, "status", typed) for typed in self.status),
            type=tuple(arguments.choice(schema, "type", typed) for typed in self.type),
            tag=self.tag,
            stale=self.stale,
            where=self.where,
            view=_view(view, settings),
            sort=self.sort,
        )


def choosing(command: F) -> F:
    """Add the options that choose customers, passed as one argument `typed`."""

    @click.option(
        "--owner",
        multiple=True,
        metavar="WHO",
        help="Only this owner's customers: handle, name or me; may be repeated.",
    )
    @click.option("--status", multiple=True, metavar="STATUS", help="Only customers with this status; may be repeated.")
    @click.option(
        "--type", "type_", multiple=True, metavar="TYPE", help="Only customers of this type; may be repeated."
    )
    @click.option("--tag", multiple=True, metavar="TAG", help="Only customers with this tag; may be repeated.")
    @click.option(
        "--stale", type=Whole(min=0), metavar="DAYS", help="Only customers without contact for this many days."
    )
    @click.option(
        "--where",
        default="",
        metavar="EXPR",
        help="Only customers that match, such as: 'vip' in tags and open_cases > 0.",
    )
    @click.option("--sort", default="", metavar="FIELD", help="Sort by this field; -FIELD reverses the order.")
    @wraps(command)
    def wrapped(*args: Any, type_: tuple[str, ...], **given: Any) -> Any:
        own = {name: given.pop(name) for name in Typed._fields if name != "type"}
        return command(*args, typed=Typed(type=type_, **own), **given)

    return wrapped


def words_and_view(typed: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """Return the typed words, and the view among them. Raises UsageError for several views."""
    given = tuple(typed)
    views = [name for name in given if name.startswith("@")]
    if len(views) > 1:
        raise click.UsageError(_("name one view: {names}").format(names=" ".join(views)))
    return tuple(name for name in given if name not in views), views[0] if views else None


def separated(typed: str) -> tuple[str, ...]:
    """Return the names in a typed list, which Chinese commas may separate."""
    return tuple(name.strip() for name in _COMMAS.split(typed) if name.strip())


def _view(name: str | None, settings: Settings) -> str:
    if not name:
        return ""
    key = name.removeprefix("@")
    if key in settings.views:
        return settings.views[key]
    known = [f"@{view}" for view in settings.views]
    hint = did_you_mean(nearest(f"@{key}", known), _("views: {names}").format(names=", ".join(known) or "-"))
    raise usage("unknown-view", _("unknown view '{name}'").format(name=name), hint)
