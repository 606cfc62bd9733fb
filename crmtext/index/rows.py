"""What is found out about a record from its own bytes, as the index keeps it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtext import checks, i18n, store
from crmtext import settings as store_settings
from crmtext.checks.related import traits
from crmtext.checks.scope import Scope, comparing, of
from crmtext.index.codec import encode
from crmtext.index.database import SEEN, Row
from crmtext.layout import SCHEMA
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, Traits, build
from crmtext.values.folding import spellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.index.changes import Side, ToRead
    from crmtext.index.key import StateKey
    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.text.document import Document

_EVER = ("", "9999-99-99")
#: A date, or a part of one: `2027` and `2027-05` come, too.
_DATE = re.compile(r'"(?:: )?(\d{4}(?:-\d\d){0,2})(?!\d)', re.ASCII)


@lru_cache(maxsize=1)
def empty_snapshot(terms: StateKey) -> Snapshot:
    """No records, under these terms. Raises CrmError where the schema or the settings are wrong."""
    settings = store_settings.read(terms.settings)
    schema = Schema.shipped() if terms.schema is None else store.schema_in(terms.schema, SCHEMA)
    found = build((), read=terms.read, schema=schema, settings=settings, today=terms.today)
    return replace(found, last=terms.latest)


def of_settings(terms: StateKey) -> list[tuple[int, str, str, str]]:
    """What is wrong with the settings, which are no record."""
    found = checks.run_checks(empty_snapshot(terms), of(Scope.SETTINGS))
    return [(0, "settings", each.rule, encode(each, ignored=False)) for each in found]


def rows(terms: StateKey, side: Side, wanted: Sequence[ToRead], fresh: frozenset[str] = frozenset()) -> list[Row | str]:
    """What is found out about these records; the path alone where the bytes are those that are known already.

    `fresh` names those whose answer is to be found anew all the same.
    """
    with i18n.speaking(terms.language):
        names = {each.path: each.known for each in wanted}
        found = list(side.read(wanted))
        same = {path for path, name, _raw in found if name == names[path] and path not in fresh}
        called = {path: name for path, name, _raw in found}
        snapshot = _snapshot(terms, ((path, raw) for path, _name, raw in found if path not in same))
        return [*same, *_rows(snapshot, called)]


def of_snapshot(snapshot: Snapshot) -> Iterator[Row]:
    """What is found out about records as they would be, whose bytes have no name yet."""
    return _rows(snapshot, defaultdict(str))


def _snapshot(terms: StateKey, found: Iterable[tuple[str, bytes | Problem]]) -> Snapshot:
    base = empty_snapshot(terms)
    taken = build(found, read=terms.read, schema=base.schema, settings=base.settings, today=base.today)
    return replace(taken, last=terms.latest)


def _rows(snapshot: Snapshot, called: Mapping[str, str]) -> Iterator[Row]:
    own = tuple(checks.run_checks(snapshot, of(Scope.RECORD)))
    beside = comparing()
    # As if nobody else were there: who is related to another record is looked at once more, with all of them.
    among = tuple(checks.run_checks(snapshot, (each.name for each in beside)))
    ignored = {id(each) for each in checks.without_ignored(snapshot, (*snapshot.problems, *own, *among))[1]}
    told: dict[str, list[tuple[str, str, str]]] = {}
    for kind, problems in (("text", snapshot.problems), ("own", own), ("among", among)):
        for each in problems:
            line = encode(each, ignored=id(each) in ignored)
            told.setdefault(each.place.path, []).append((kind, each.rule, line))
    about = traits(snapshot, beside)
    for customer in snapshot.customers:
        facts = (*_facts(about[customer.path]), *_names(customer))
        yield _row(snapshot, customer.document, called, tuple(told.get(customer.path, ())), facts, customer)
    for document in snapshot.broken:
        facts = _facts(about[document.path])
        yield _row(snapshot, document, called, tuple(told.get(document.path, ())), facts, None)


def _row(
    snapshot: Snapshot,
    document: Document,
    called: Mapping[str, str],
    problems: tuple[tuple[str, str, str], ...],
    facts: tuple[tuple[str, str, int], ...],
    customer: Customer | None,
) -> Row:
    path, content = document.path, called[document.path]
    # As `list` writes it.
    data = json.dumps(document.data, ensure_ascii=False)
    since, until = _days(data, f"{snapshot.latest}")
    if customer is None:
        return Row(path, content, False, "", "", "", "", "", since, until, "", problems, facts)
    about = (customer.id, customer.owner, customer.status, customer.type, customer.priority)
    return Row(path, content, True, *about, since, until, data, problems, facts)


def _days(data: str, today: str) -> tuple[str, str]:
    """From which day, and until which, no date that a text of these JSON data begins with turns from future into past.

    One that stands in another place only has the answer found anew sooner.
    """
    dates = [each + "-01-01"[len(each) - len("2027") :] for each in _DATE.findall(data)]
    past, future = [each for each in dates if each <= today], [each for each in dates if each > today]
    return max(past, default=_EVER[0]), min(future, default=_EVER[1])


def _facts(about: Traits) -> tuple[tuple[str, str, int], ...]:
    return (*((*fact, role) for fact, role in about.facts.items()), (SEEN, about.seen, 0))


def _names(customer: Customer) -> Iterator[tuple[str, str, int]]:
    """What else a record is looked for by: what a person types, beside the id."""
    for called in {spelling for name in customer.names for spelling in spellings(name)}:
        yield "called", called, 0
    people = customer.data.get("contacts", ())
    for called in {spelling for person in people for spelling in spellings(str(person["name"]))}:
        yield "contact", called, 0
    for kind in ("emails", "phones"):
        for typed in {str(each) for holder in (customer.data, *people) for each in holder.get(kind, ())}:
            yield kind, typed, 0
    if "\r\n" in customer.document.text:
        # Told of what git holds, and not of the disk.
        yield "side", "crlf", 0


def without_text(snapshot: Snapshot, customers: Iterable[Customer]) -> Snapshot:
    """The snapshot with these customers only."""
    return replace(snapshot, customers=tuple(customers))
