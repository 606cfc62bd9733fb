"""The disclosures of a store, or those that a customer is in, as a table and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.answer import Column, Table
from crmtext.git.objects import opened
from crmtext.git.plumbing import head
from crmtext.history.removed import last_version
from crmtext.history.story import story
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Problem
from crmtext.protection.disclosures import KINDS, register
from crmtext.protection.selection import Past, Undecided
from crmtext.record.input.find_record import target
from crmtext.snapshot import claimed_id
from crmtext.wording.labels import person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from crmtext.protection.disclosures import Disclosure
    from crmtext.settings import Settings
    from crmtext.store import Store
    from crmtext.text.document import Document


class Entry(NamedTuple):
    """A disclosure in a list; `undecided` says why it can't be said any more whether the customer was in it."""

    disclosure: Disclosure
    undecided: str = ""


class Listed(NamedTuple):
    """The disclosures, newest first, and the problems of files that can't be read."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def undecided(self) -> int:
        """The number of disclosures that the customer may have been in."""
        return sum(bool(entry.undecided) for entry in self.entries)


def every(store: Store, since: date | None = None) -> Listed:
    """Return all disclosures, or those since a day."""
    whole = register(store)
    return Listed(tuple(Entry(one) for one in whole.disclosures if since is None or one.day >= since), whole.problems)


def of_customer(store: Store, ids: Collection[str], since: date | None = None) -> Listed:
    """Return the disclosures that a customer with one of these ids is in, or may be in."""
    past, kept = Past(store), []
    whole = every(store, since)
    for entry in whole.entries:
        included = past.includes(entry.disclosure, ids)
        if isinstance(included, Undecided):
            kept.append(Entry(entry.disclosure, included.reason))
        elif included:
            kept.append(entry)
    return Listed(tuple(kept), whole.problems)


def ids_of(store: Store, typed: str) -> frozenset[str]:
    """Return the ids that a customer has and had. Raises CrmError if no record, not even a removed one, matches."""
    document = record_or_last(store, typed)
    ids = {claimed_id(document), *map(str, document.data.get("merged_from") or ())}
    repo = store.repository
    if repo and (start := head(repo)):
        with opened(repo) as objects:
            ids |= story(store, objects, store.nothing(), document, start).ids
    return frozenset(ids)


def record_or_last(store: Store, typed: str) -> Document:
    """Return a customer's record, or its last version if it was removed."""
    try:
        return target(store, typed)
    except CrmError as error:
        repo = store.repository
        start = head(repo) if repo and error.problem.rule == "no-customer" else None
        document = last_version(store, typed, start) if start else None
        if document is None:
            raise
        return document


def table(listed: Listed, settings: Settings) -> Table:
    """Return the disclosures as a table, with their JSON document."""
    columns = (
        Column("date", _("Date"), fixed=True), Column("by", _("By")), Column("what", _("Kind")),
        Column("to", _("Recipient")), Column("purpose", _("Purpose")),
        Column("customers", _("Customers"), right=True), Column("file", _("File")),
    )  # fmt: skip
    rows = tuple(_row(entry, settings) for entry in listed.entries)
    return Table(columns, rows, {"disclosures": [as_json(entry) for entry in listed.entries]}, note(listed))


def _row(entry: Entry, settings: Settings) -> tuple[str, ...]:
    one = entry.disclosure
    who = _("undecided") if entry.undecided else one.where if one.customers is None else str(len(one.customers))
    return str(one.day), person(settings, one.by), _(KINDS[one.what]), one.to, one.purpose, who, one.path


def note(listed: Listed) -> str:
    """Return what to know beside the list; empty for nothing."""
    lines = []
    if not listed.entries and not listed.problems:
        lines.append(_("no disclosures"))
    if many := listed.undecided:
        lines.append(
            plural(
                "{n} disclosure may include the customer: what it was made from can't be read any more",
                "{n} disclosures may include the customer: what they were made from can't be read any more",
                many,
            )
        )
        lines += _reasons(listed.entries)
    if many := len({problem.place.path for problem in listed.problems}):
        lines.append(plural("{n} file can't be read: the list may not be complete",
                            "{n} files can't be read: the list may not be complete", many))  # fmt: skip
    return "\n".join(lines)


def _reasons(entries: Iterable[Entry]) -> list[str]:
    return [f"  {entry.disclosure.path}: {entry.undecided}" for entry in entries if entry.undecided]


def as_json(entry: Entry) -> Mapping[str, Any]:
    """Return a disclosure as JSON."""
    one = entry.disclosure
    return {
        "date": one.day,
        **{name: getattr(one, name) for name in ("by", "what", "to", "purpose", "basis")},
        "customers": None if one.customers is None else list(one.customers),
        "where": one.where or None,
        "left_out": list(one.left_out),
        "fields": list(one.fields),
        "commit": one.commit or None,
        "as_of": one.as_of,
        "file": one.path,
        "undecided": entry.undecided or None,
    }
