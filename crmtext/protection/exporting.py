"""Exports that are disclosed: they show a commit, and are written only if their disclosure is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crmtext.exporters import fields_of, run
from crmtext.exporters.columns import resolved
from crmtext.git.config import identity, identity_outside
from crmtext.git.plumbing import head
from crmtext.i18n import plural
from crmtext.index import lookup
from crmtext.protection import disclose
from crmtext.protection.disclosures import Disclosure
from crmtext.protection.selection import Selection, selected
from crmtext.record.commit_edits import uncommitted
from crmtext.record.input import arguments
from crmtext.sources import is_record
from crmtext.store import When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.exporters.export import Export
    from crmtext.exporters.run import Place
    from crmtext.query.listing import Query
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

#: The kinds of disclosed exports.
OUTSIDE, SENSITIVE = "outside-export", "sensitive-export"


class Side(NamedTuple):
    """The records that a disclosed export reads."""

    #: The records of a commit; None for those on the disk, which are the same as in the commit.
    then: Snapshot | None
    #: Empty in a store without commits.
    commit: str
    #: The number of records with uncommitted changes, which are not exported.
    uncommitted: int = 0

    def notes(self) -> list[str]:
        """Return the line about uncommitted changes, if there are any."""
        if not self.uncommitted:
            return []
        return [
            plural(
                "{n} record has uncommitted changes, which are not exported",
                "{n} records have uncommitted changes, which are not exported",
                self.uncommitted,
            )
        ]


class Given(NamedTuple):
    """The recipient and the purpose, as typed."""

    what: str
    to: str
    purpose: str
    basis: str = ""


class Wanted(NamedTuple):
    """Which customers to export, and how."""

    query: Query
    #: The customers that were named.
    names: tuple[str, ...]
    place: Place
    labels: bool
    columns: tuple[str, ...] = ()


def write_sensitive(store: Store, side: Side, wanted: Wanted, given: Given) -> list[str]:
    """Write an export with sensitive fields and its disclosure, and return lines about them for the user."""
    first = disclosure(store, given)
    export = chosen(store, side, wanted, with_sensitive=True)
    return [*written(store, export, wanted, side, first), *side.notes()]


def chosen(store: Store, side: Side, wanted: Wanted, *, with_sensitive: bool) -> Export:
    """Return the customers to export, and collect the fields that they have."""
    export = run.choose(store, side.then, wanted.query, wanted.names, wanted.place, with_sensitive=with_sensitive)
    return replace(export, labels=wanted.labels, columns=wanted.columns, seen=set())


def written(
    store: Store, export: Export, wanted: Wanted, side: Side, first: Disclosure, left_out: Sequence[str] = ()
) -> list[str]:
    """Write an export and its disclosure, and return lines about them for the user."""

    def write_disclosure() -> list[str]:
        return disclose.write(store, of_export(store, export, wanted, side, first, left_out))

    return run.write(store, export, wanted.place, write_disclosure)


def side(store: Store, when: When) -> Side:
    """Return the side to read: a commit, so that the disclosure can say later what was given."""
    repo = store.repository
    if when.at:
        return Side(store.read(when), store.moment(when.at).commit)
    commit = head(repo) if repo else None
    if repo is None or commit is None:
        return Side(store.read(when) if when.as_of else None, "")
    changed = {path.removeprefix(repo.prefix) for path in uncommitted(repo)}
    if changed:
        then = store.read(When(commit, when.as_of or str(store.today)))
        return Side(then, commit, sum(map(is_record, changed)))
    return Side(store.read(when) if when.as_of else None, commit)


def disclosure(store: Store, given: Given, *, customers: Sequence[str] = (), fields: Sequence[str] = ()) -> Disclosure:
    """Return a disclosure of today by the user.

    Raises CrmError if the user isn't on the team, or for texts that a disclosure must not hold, such as an ID number.
    """
    to, purpose, basis = map(disclose.one_line, (given.to, given.purpose, given.basis))
    who = identity(store.repository) if store.repository else identity_outside(store.root)
    by = arguments.me(who, store.settings)
    new = Disclosure(
        store.today, by, given.what, to, purpose, basis, tuple(sorted(customers)), fields=tuple(sorted(fields))
    )
    disclose.check(new)
    return new


def of_export(
    store: Store, export: Export, wanted: Wanted, side: Side, first: Disclosure, left_out: Sequence[str] = ()
) -> Disclosure:
    """Return the disclosure of an export that was written; `first` says to whom and why it is given."""
    ids = [customer.id for customer in export.customers] if export.written is None else sorted(export.written)
    if side.commit:
        whole = side.then or lookup.listed(store)
        # In a calendar, owners choose steps instead of customers.
        query = wanted.query._replace(owner=()) if wanted.place.format == "ics" else wanted.query
        who = selected(whole, ids, query, left_out)
    else:
        who = Selection(tuple(sorted(ids)))
    day = export.snapshot.today
    return first._replace(
        customers=who.customers,
        where=who.where,
        left_out=who.left_out,
        fields=fields(export, wanted.place),
        commit=side.commit,
        as_of=day if day != first.day else None,
    )


def fields(export: Export, place: Place) -> tuple[str, ...]:
    """Return the paths of the fields that an export shows, in the order of the schema."""
    if export.columns:
        return tuple(dict.fromkeys(resolved(typed, export).name for typed in export.columns))
    seen = export.seen or set()
    if only := fields_of(place.format):
        return tuple(path for path in only if path in seen)
    if place.format in ("csv", "tsv") and not place.is_folder:
        # One table has the primary contact, and no other list of maps.
        seen = {path for path in seen if "[]." not in path.removeprefix("contacts[].")}
    order = {path: number for number, path in enumerate(export.schema.by_path)}
    return tuple(sorted(seen, key=lambda path: (order.get(path, len(order)), path)))
