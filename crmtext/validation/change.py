"""What a change adds, found before it is written: new errors and new warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.checks import masked_name
from crmtext.checks.scope import Scope, of
from crmtext.index.effect import At
from crmtext.model import Customer
from crmtext.problem import Problem, Severity, unknown
from crmtext.snapshot import Snapshot
from crmtext.storage.journal import Part
from crmtext.validation.readable import readable
from crmtext.validation.verdict import between, sides

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.store import Store
    from crmtext.text.document import Document

    #: A record before and after a change; None before is a new one, None after one that goes.
    Pair = tuple[Document | None, Document | None]

#: What a new customer may still lack without a word.
_NOT_YET = frozenset({"no-contact"})


def judged(store: Store, pairs: Sequence[Pair]) -> tuple[Problem, ...]:
    """The errors that a change of these records adds anywhere; where there are none, the warnings that it adds."""
    read = [tuple(_read(each, store) for each in pair) for pair in pairs]
    # A side that cannot be read leaves nothing to compare the other one with.
    both = [now for then, now in zip(pairs, read, strict=True) if (then[0] is None) == (now[0] is None)]
    before, after = (_found(store, (each[side] for each in both)) for side in (0, 1))
    new = unknown(after, before, moved=True)
    new += [each for old, now in both if old and now for each in masked_name.over(old, now, store.schema)]
    parts = tuple(_part(pair) for pair in pairs)
    found = between(store, At.DISK, *sides(parts))
    if wrong := tuple(each for each in (*new, *found) if each.severity is Severity.ERROR):
        return wrong
    paths = {each.path for each in parts}
    fresh = {after.path for before, after in pairs if before is None and after}
    warnings = [each for each in new if not (each.place.path in fresh and each.rule in _NOT_YET)]
    # Whom a new customer is like has been told, or asked about, before it was made.
    warnings += [each for each in found if each.place.path in paths - fresh]
    return tuple(warnings)


def _part(pair: Pair) -> Part:
    """The change as bytes of a file."""
    old, new = (each.text.encode() if each else None for each in pair)
    return Part(next(each.path for each in reversed(pair) if each), old, new)


def _read(document: Document | None, store: Store) -> Document | None:
    return readable(document, store.schema) if document else None


def _found(store: Store, documents: Iterable[Document | None]) -> tuple[Problem, ...]:
    customers = tuple(Customer(each) for each in documents if each)
    snapshot = Snapshot("worktree", store.schema, store.settings, store.today, customers, (), ())
    return checks.run(snapshot, names=of(Scope.RECORD))
