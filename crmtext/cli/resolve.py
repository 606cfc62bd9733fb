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
from crmtext.sync import carry, conflicts
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
    listed, note = _shown(store, customer, key)
    emit(_table(store, listed, note), form)
    return Exit.FOUND if listed else options.report_settings(store)


def _shown(store: Store, customer: str, key: str) -> tuple[tuple[Conflict, ...], str]:
    """The selected conflicts, and the note if there are none."""
    if key:
        return sync_resolve.requested_conflicts(store, customer, key), ""
    every = conflicts.conflicts(store)
    if not customer:
        return every, _("no conflicts")
    path = sync_resolve.conflict_path(store, every, customer)
    listed = tuple(conflict for conflict in every if path in (conflict.path, conflict.other))
    return listed, _("'{customer}' has no conflict: {path}").format(customer=customer, path=path)


def _table(store: Store, listed: tuple[Conflict, ...], note: str) -> Table:
    columns = (
        Column("customer", _("Customer"), fixed=True),
        Column("name", _("Name")),
        Column("key", _("Conflict")),
        Column("ours", _("Local (--ours)")),
        Column("theirs", _("Remote (--theirs)")),
    )
    people = {conflict: changed_by(store, conflict) for conflict in listed}
    rows = tuple(
        (
            conflict.customer,
            conflict.name,
            describe(store, conflict),
            *map(_cell, _shown_sides(store, conflict), people[conflict]),
        )
        for conflict in listed
    )
    document = {
        "conflicts": [
            {
                "customer": conflict.customer,
                "name": conflict.name,
                "path": conflict.path,
                "kind": conflict.kind.value,
                "keys": list(conflict.keys),
                **_sides(store, conflict),
                **dict(zip(("ours_by", "theirs_by"), map(_named, people[conflict]), strict=True)),
            }
            for conflict in listed
        ]
    }
    return Table(columns, rows, document, hint(store, listed) if listed else note)


def describe(store: Store, conflict: Conflict) -> str:
    """Return the subject of a conflict in words."""
    if into := carry.survivor(store, conflict):
        text = _("changed locally, merged into {name} ({id}) remotely")
        if conflict.kind is Kind.REMOVED_HERE:
            text = _("merged into {name} ({id}) locally, changed remotely")
        return text.format(name=into.name, id=into.id)
    words = {
        Kind.CUSTOMERS: _("two customers with the same id"),
        Kind.REMOVED_HERE: _("removed locally, changed remotely"),
        Kind.REMOVED_THERE: _("changed locally, removed remotely"),
        Kind.RENAMED: _("renamed differently on both sides"),
        Kind.NEW: _("a new customer that git took for a renamed one; either side keeps it"),
        Kind.OTHER: _("resolved in the file, but not added in git") if conflict.name else _("not a record"),
    }
    return words.get(conflict.kind) or conflicts.field_names(store, conflict) or _("the whole file")


def describe_with_sides(store: Store, conflict: Conflict) -> str:
    """Return the subject of a conflict, with each side's value and author."""
    what = describe(store, conflict)
    if conflict.kind is not Kind.FIELD:
        return what
    ours, theirs = map(_cell, _shown_sides(store, conflict), changed_by(store, conflict))
    return _("{what}: local {ours} | remote {theirs}").format(what=what, ours=ours or "–", theirs=theirs or "–")


def hint(store: Store, listed: tuple[Conflict, ...]) -> str:
    """Return the commands that resolve the first conflict, and the steps for the first file that isn't a record."""
    ours = [conflict for conflict in listed if conflict.kind is not Kind.OTHER]
    others = [sync_resolve.by_hand(conflict) for conflict in listed if conflict.kind is Kind.OTHER]
    return "\n".join((*(line for conflict in ours[:1] for line in _commands(store, conflict)), *others[:1]))


def _commands(store: Store, first: Conflict) -> Iterator[str]:
    words = ["crmtext resolve", first.customer]
    if first.keys:
        key = first.keys[0]
        # A shell takes the brackets of `contacts[0]` for a pattern.
        words.append(shlex.quote(key) if "[" in key or not is_plain(key) else key)
    command = " ".join(words)
    if into := carry.survivor(store, first):
        command += " --theirs" if first.kind is Kind.REMOVED_THERE else " --ours"
        yield _("to move the changes to {name}: {command}").format(name=into.name, command=command)
        return
    yield _("to take the local version: {command}").format(command=f"{command} --ours")
    yield _("to take the remote version: {command}").format(command=f"{command} --theirs")
    if first.kind is Kind.CUSTOMERS:
        yield _("to keep both customers: {command}").format(command=f"{command} --both")


def _sides(store: Store, conflict: Conflict) -> dict[str, str | None]:
    """The value of each side; None if it is sensitive or contains a sensitive one."""
    keys = {field.key for field in store.schema.marked("x-sensitive")}
    secret = any(store.schema.sensitive(pointer) for pointer in conflict.pointers)
    if secret or any(key in side for key in keys for side in (conflict.ours, conflict.theirs)):
        return {"ours": None, "theirs": None}
    return {"ours": conflict.ours, "theirs": conflict.theirs}


def _shown_sides(store: Store, conflict: Conflict) -> tuple[str | None, ...]:
    """The values of both sides in words, or None if they are sensitive."""
    if None in (sides := tuple(_sides(store, conflict).values())):
        return sides
    return conflicts.values(store, conflict)


def _cell(text: str | None, by: By | None) -> str:
    """A side's value, with the author and the date of the change."""
    shown = hidden() if text is None else clip(" ".join(text.split()), _WIDTH)
    return _("{value} ({name}, {date})").format(value=shown, name=by.name, date=by.day).lstrip() if by else shown


def _named(by: By | None) -> dict[str, str] | None:
    return {"name": by.name, "date": f"{by.day}"} if by else None
