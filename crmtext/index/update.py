"""Updates of the index: rows of changed records, and problems between related records."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.checks.related import Around, Change, check_again
from crmtext.checks.scope import Scope, comparing
from crmtext.index.codec import decode, encode
from crmtext.index.lazy_document import LazyDocument, reader
from crmtext.index.rows import empty_snapshot, without_text
from crmtext.model import Customer
from crmtext.snapshot import Outside, Traits
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.checks.scope import Declared
    from crmtext.index.changes import Bytes
    from crmtext.index.database import Index
    from crmtext.index.key import StateKey
    from crmtext.index.row import Row
    from crmtext.snapshot import Snapshot

#: How many records are checked together.
TOGETHER = 250


def write_rows(
    index: Index, terms: StateKey, side: Bytes, rows: Iterable[Row], gone: Iterable[str], *, few: int = sys.maxsize
) -> set[int]:
    """Write these rows, delete the records that are gone, and return the related records that were checked again.

    If more than a `few` records changed, all related records are checked again.
    """
    changes: list[Change[int]] = []
    changed = 0
    for path in gone:
        changed += 1
        changes += [Change(None, index.traits(path), Traits())] if changed <= few else []
        index.forget(path)
    for row in rows:
        changed += 1
        before = index.traits(row.path) if changed <= few else Traits()
        number = index.put(row)
        changes += [Change(number, before, index.traits(number))] if changed <= few else []
    compared = comparing() if changed else ()
    again = check_again(index, changes, compared) if changed <= few else all_related(index, compared)
    index.drop_problems("among", again)
    renew(index, terms, side, again, compared)
    return again


def all_related(index: Index, compared: Sequence[Declared]) -> set[int]:
    """All records that may be related to another one."""
    if any(check.scope is Scope.STORE for check in compared):
        return {*index.everybody()}
    crowds = {kind: (crowd.limit, crowd.by) for check in compared if (crowd := check.crowd) for kind in crowd.kinds}
    # Also records that are not related any more: their old problems must go.
    return index.entangled(crowds) | {number for number, _rule, _line in index.problems("among")}


def renew(index: Index, terms: StateKey, side: Bytes, numbers: Iterable[int], compared: Sequence[Declared]) -> None:
    """Check these records together with those that they are related to."""
    wanted = sorted(numbers)
    names = tuple(check.name for check in compared)
    around = Around(index, compared)
    for start in range(0, len(wanted), TOGETHER):
        here = wanted[start : start + TOGETHER]
        snapshot = part(index, terms, side, here, around.of(here))
        asked = frozenset(path for _number, path, _content, _valid in index.known(here))
        elsewhere = Outside(values=index.values, crowds=around.crowds, asked=asked)
        problems = check(index, replace(snapshot, elsewhere=elsewhere), here, names)
        index.add_problems((number, "among", rule, line) for number, rule, line in problems)


def part(index: Index, terms: StateKey, side: Bytes, here: Iterable[int], around: Iterable[int]) -> Snapshot:
    """A snapshot of some records and those around them, with the problems in the text of the former."""
    base = empty_snapshot(terms)
    known = tuple(index.known(sorted(around)))
    contents = {path: content for _number, path, content, _valid in known}
    read = reader(side, contents.__getitem__)
    customers = [
        Customer(LazyDocument(path, read, json.loads(index.data(number))))
        for number, path, _content, valid in known
        if valid
    ]
    customers.sort(key=lambda customer: (customer.id, customer.path))
    wrong = [side.again(path, content) for _number, path, content, valid in known if not valid]
    broken = tuple(parse(raw, path) for path, _name, raw in side.read(wrong))
    problems = tuple(decode(line)[0] for number in here for line in index.problem_lines(number, "text"))
    return replace(base, customers=tuple(customers), broken=broken, problems=problems)


def check(
    index: Index, snapshot: Snapshot, here: Iterable[int], names: Iterable[str]
) -> Iterator[tuple[int, str, str]]:
    """Run checks of a snapshot, and return the problems of these records as number, rule and JSON."""
    paths = {path: number for number, path, _content, _valid in index.known(here)}
    problems = [problem for problem in checks.run_checks(snapshot, names) if problem.place.path in paths]
    about = {problem.place.path for problem in problems}
    shown = without_text(snapshot, (customer for customer in snapshot.customers if customer.path in about))
    ignored = {id(problem) for problem in checks.without_ignored(shown, problems)[1]}
    for problem in problems:
        yield paths[problem.place.path], problem.rule, encode(problem, ignored=id(problem) in ignored)
