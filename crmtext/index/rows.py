"""The rows of the index: data, problems and facts of records, from their bytes."""

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
from crmtext.index.database import SEEN
from crmtext.index.row import Row
from crmtext.layout import SCHEMA
from crmtext.model import working_on
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
#: A date, or the beginning of one: `2027`, `2027-05`.
_DATE = re.compile(r'"(?:: )?(\d{4}(?:-\d\d){0,2})(?!\d)', re.ASCII)


@lru_cache(maxsize=1)
def empty_snapshot(terms: StateKey) -> Snapshot:
    """A snapshot without records, for these settings and schema. Raises CrmError if those are invalid."""
    settings = store_settings.read(terms.settings)
    schema = Schema.shipped() if terms.schema is None else store.schema_in(terms.schema, SCHEMA)
    snapshot = build((), read=terms.read, schema=schema, settings=settings, today=terms.today)
    return replace(snapshot, last=terms.latest)


def of_settings(terms: StateKey) -> list[tuple[int, str, str, str]]:
    """The problems of the settings."""
    problems = checks.run_checks(empty_snapshot(terms), of(Scope.SETTINGS))
    return [(0, "settings", problem.rule, encode(problem, ignored=False)) for problem in problems]


def rows(terms: StateKey, side: Side, wanted: Sequence[ToRead], fresh: frozenset[str] = frozenset()) -> list[Row | str]:
    """The rows of these records, or the path alone of one whose bytes are the same as in the index.

    The records in `fresh` are checked again even so.
    """
    with i18n.speaking(terms.language):
        names = {record.path: record.known for record in wanted}
        files = list(side.read(wanted))
        same = {path for path, name, _raw in files if name == names[path] and path not in fresh}
        ids = {path: name for path, name, _raw in files}
        snapshot = _snapshot(terms, ((path, raw) for path, _name, raw in files if path not in same))
        return [*same, *_rows(snapshot, ids)]


def of_snapshot(snapshot: Snapshot) -> Iterator[Row]:
    """The rows of records that are not written yet, whose bytes have no id."""
    return _rows(snapshot, defaultdict(str))


def _snapshot(terms: StateKey, files: Iterable[tuple[str, bytes | Problem]]) -> Snapshot:
    base = empty_snapshot(terms)
    taken = build(files, read=terms.read, schema=base.schema, settings=base.settings, today=base.today)
    return replace(taken, last=terms.latest)


def _rows(snapshot: Snapshot, ids: Mapping[str, str]) -> Iterator[Row]:
    own = tuple(checks.run_checks(snapshot, of(Scope.RECORD)))
    beside = comparing()
    # Checked without the others here; records that are related to others are checked again together with them.
    among = tuple(checks.run_checks(snapshot, (check.name for check in beside)))
    ignored = {id(problem) for problem in checks.without_ignored(snapshot, (*snapshot.problems, *own, *among))[1]}
    problems_by_path: dict[str, list[tuple[str, str, str]]] = {}
    for kind, problems in (("text", snapshot.problems), ("own", own), ("among", among)):
        for problem in problems:
            line = encode(problem, ignored=id(problem) in ignored)
            problems_by_path.setdefault(problem.place.path, []).append((kind, problem.rule, line))
    about = traits(snapshot, beside)
    for customer in snapshot.customers:
        facts = (*_facts(about[customer.path]), *_names(customer))
        yield _row(snapshot, customer.document, ids, tuple(problems_by_path.get(customer.path, ())), facts, customer)
    for document in snapshot.broken:
        facts = _facts(about[document.path])
        yield _row(snapshot, document, ids, tuple(problems_by_path.get(document.path, ())), facts, None)


def _row(
    snapshot: Snapshot,
    document: Document,
    ids: Mapping[str, str],
    problems: tuple[tuple[str, str, str], ...],
    facts: tuple[tuple[str, str, int], ...],
    customer: Customer | None,
) -> Row:
    path, content = document.path, ids[document.path]
    # The form that `list` prints.
    data = json.dumps(document.data, ensure_ascii=False)
    since, until = _days(data, f"{snapshot.latest}")
    if customer is None:
        return Row(path, content, False, "", "", "", "", "", since, until, "", problems, facts)
    about = (customer.id, customer.owner, customer.status, customer.type, customer.priority)
    return Row(path, content, True, *about, since, until, data, problems, facts)


def _days(data: str, today: str) -> tuple[str, str]:
    """The range of days in which no date at the beginning of a text in this JSON passes from future into past.

    Dates that no check reads count as well: they only shorten the range.
    """
    dates = [date + "-01-01"[len(date) - len("2027") :] for date in _DATE.findall(data)]
    past, future = [date_ for date_ in dates if date_ <= today], [date_ for date_ in dates if date_ > today]
    return max(past, default=_EVER[0]), min(future, default=_EVER[1])


def _facts(about: Traits) -> tuple[tuple[str, str, int], ...]:
    return (*((*fact, role) for fact, role in about.facts.items()), (SEEN, about.seen, 0))


def _names(customer: Customer) -> Iterator[tuple[str, str, int]]:
    """The facts that a record is searched by, besides the id."""
    for spelling in {text for name in customer.names for text in spellings(name)}:
        yield "called", spelling, 0
    people = customer.data.get("contacts", ())
    for spelling in {text for person in people for text in spellings(str(person["name"]))}:
        yield "contact", spelling, 0
    for kind in ("emails", "phones"):
        for typed in {str(value) for holder in (customer.data, *people) for value in holder.get(kind, ())}:
            yield kind, typed, 0
    for handle in working_on(customer):
        yield "concerns", handle, 0
    if "\r\n" in customer.document.text:
        # A problem of the bytes in git, not of those on the disk.
        yield "side", "crlf", 0


def without_text(snapshot: Snapshot, customers: Iterable[Customer]) -> Snapshot:
    """The snapshot with only these customers."""
    return replace(snapshot, customers=tuple(customers))
