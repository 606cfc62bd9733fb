"""`crmtext resolve`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from crmtext.answer import Column, Table
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.i18n import _
from crmtext.problem import Exit
from crmtext.sync import conflicts
from crmtext.sync import resolve as sync_resolve
from crmtext.sync.changed_by import changed_by
from crmtext.sync.conflicts import Conflict, Kind
from crmtext.terminal.quoting import is_plain
from crmtext.terminal.width import clip
from crmtext.wording.values import hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.store import Store
    from crmtext.sync.changed_by import By

_WIDTH = 30


@click.command(cls=Command)
@click.argument("customer", default="")
@click.argument("key", default="", metavar="[FIELD]")
@click.option("--ours", "side", flag_value="ours", help="Take the local version.")
@click.option("--theirs", "side", flag_value="theirs", help="Take the remote version.")
@click.option(
    "--both", "side", flag_value="both", help="Keep both customers that have the same id; the remote one gets a new id."
)
@click.option("--dry-run", is_flag=True, help="Show the change as a diff, write nothing.")
@options.form("table", "json")
def resolve(customer: str, key: str, side: str | None, form: str, *, dry_run: bool) -> Exit:
    r"""Resolve a merge conflict by choosing a side.

    Without a side, list the remaining conflicts; the exit code is 1 if there are any. Without FIELD, the side is taken
    for all conflicts of the customer.

    \b
    crmtext resolve C20240501001 status --theirs
    crmtext resolve C20240501001 "contacts[张三].title" --ours
    """
    store = options.faulty_store()
    if side is not None:
        if not customer:
            raise click.UsageError(_("give the customer whose conflict to resolve"))
        return emit(sync_resolve.chosen(store, customer, key, sync_resolve.Side(side), dry_run=dry_run), form)
    found, note = _shown(store, customer, key)
    emit(_table(store, found, note), form)
    return Exit.FOUND if found else options.own_up(store)


def _shown(store: Store, customer: str, key: str) -> tuple[tuple[Conflict, ...], str]:
    """The conflicts that are asked for, and what is said of none."""
    if key:
        return sync_resolve.meaning(store, customer, key), ""
    every = conflicts.conflicts(store)
    if not customer:
        return every, _("no conflicts")
    path = sync_resolve.meant(store, every, customer)
    found = tuple(each for each in every if path in (each.path, each.other))
    return found, _("'{customer}' has no conflict: {path}").format(customer=customer, path=path)


def _table(store: Store, found: tuple[Conflict, ...], note: str) -> Table:
    columns = (
        Column("customer", _("Customer"), fixed=True),
        Column("name", _("Name")),
        Column("key", _("Conflict")),
        Column("ours", _("Local (--ours)")),
        Column("theirs", _("Remote (--theirs)")),
    )
    people = {each: changed_by(store, each) for each in found}
    rows = tuple(
        (each.customer, each.name, says(store, each), *map(_cell, _shown_sides(store, each), people[each]))
        for each in found
    )
    document = {
        "conflicts": [
            {
                "customer": each.customer,
                "name": each.name,
                "path": each.path,
                "kind": each.kind.value,
                "keys": list(each.keys),
                **_sides(store, each),
                **dict(zip(("ours_by", "theirs_by"), map(_named, people[each]), strict=True)),
            }
            for each in found
        ]
    }
    return Table(columns, rows, document, how(found) if found else note)


def says(store: Store, each: Conflict) -> str:
    """What is in conflict, in words."""
    words = {
        Kind.CUSTOMERS: _("two customers with the same id"),
        Kind.REMOVED_HERE: _("removed locally, changed remotely"),
        Kind.REMOVED_THERE: _("changed locally, removed remotely"),
        Kind.RENAMED: _("renamed differently on both sides"),
        Kind.NEW: _("a new customer that git took for a renamed one; either side keeps it"),
        Kind.OTHER: _("resolved in the file, but not added in git") if each.name else _("not a record"),
    }
    return words.get(each.kind) or conflicts.called(store, each) or _("the whole file")


def told(store: Store, each: Conflict) -> str:
    """What is in conflict, with what each side has and who changed it there."""
    what = says(store, each)
    if each.kind is not Kind.FIELD:
        return what
    ours, theirs = map(_cell, _shown_sides(store, each), changed_by(store, each))
    return _("{what}: local {ours} | remote {theirs}").format(what=what, ours=ours or "–", theirs=theirs or "–")


def how(found: tuple[Conflict, ...]) -> str:
    """The commands that decide the first conflict; and what to do with the first file that git alone knows of."""
    ours = [each for each in found if each.kind is not Kind.OTHER]
    others = [sync_resolve.by_hand(each) for each in found if each.kind is Kind.OTHER]
    return "\n".join((*(line for each in ours[:1] for line in _commands(each)), *others[:1]))


def _commands(first: Conflict) -> Iterator[str]:
    words = ["crmtext resolve", first.customer]
    if first.keys:
        key = first.keys[0]
        # A shell may take the brackets of `contacts[0]` for a pattern.
        words.append(shlex.quote(key) if "[" in key or not is_plain(key) else key)
    command = " ".join(words)
    yield _("to take the local version: {command}").format(command=f"{command} --ours")
    yield _("to take the remote version: {command}").format(command=f"{command} --theirs")
    if first.kind is Kind.CUSTOMERS:
        yield _("to keep both customers: {command}").format(command=f"{command} --both")


def _sides(store: Store, each: Conflict) -> dict[str, str | None]:
    """What each side has; null where that is sensitive, or has something in it that is."""
    keys = {field.key for field in store.schema.marked("x-sensitive")}
    secret = any(store.schema.sensitive(pointer) for pointer in each.pointers)
    if secret or any(key in side for key in keys for side in (each.ours, each.theirs)):
        return {"ours": None, "theirs": None}
    return {"ours": each.ours, "theirs": each.theirs}


def _shown_sides(store: Store, each: Conflict) -> tuple[str | None, ...]:
    """The values of both sides in words, or None if they are sensitive."""
    if None in (sides := tuple(_sides(store, each).values())):
        return sides
    return conflicts.values(store, each)


def _cell(text: str | None, by: By | None) -> str:
    """What a side has, with who changed it when."""
    shown = hidden() if text is None else clip(" ".join(text.split()), _WIDTH)
    return _("{value} ({name}, {date})").format(value=shown, name=by.name, date=by.day).lstrip() if by else shown


def _named(by: By | None) -> dict[str, str] | None:
    return {"name": by.name, "date": f"{by.day}"} if by else None
