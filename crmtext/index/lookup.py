"""Index of all records, kept between calls and always equal to reading them.

If the index cannot be used, the records are read.
"""

from __future__ import annotations

import json
import os
from contextlib import closing, suppress
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from crmtext import i18n, layout, quick
from crmtext import settings as store_settings
from crmtext.git.plumbing import head, merged_heads
from crmtext.i18n import N_
from crmtext.index import stat
from crmtext.problem import CrmError
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from crmtext.index.changes import Changes, Side
    from crmtext.index.database import Index
    from crmtext.index.key import StateKey
    from crmtext.index.row import Row
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot, Transactions
    from crmtext.store import Store

T = TypeVar("T")

#: Reading fewer records takes no longer than reading an index of them.
WORTHWHILE = 300
#: The name of the note that differs after each change.
_STATE = "state"
#: If more records than these change, all related records are checked again.
FEW = 1_000


class Known(NamedTuple):
    """The result of a check."""

    #: The number of records.
    checked: int
    problems: tuple[Problem, ...]
    #: Warnings that are ignored by comments in the records.
    ignored: tuple[Problem, ...]
    #: The paths of all records, if requested.
    paths: frozenset[str] = frozenset()


def problems(
    store: Store,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    *,
    staged: bool = False,
    paths: bool = False,
    about: Iterable[str] | None = None,
) -> Known | None:
    """Return the problems on the disk, or of the staged files; None for a store that is too small for an index.

    If `about` names files, warnings of other records are left out.
    """
    wanted, unwanted = tuple(select), tuple(ignore)

    def ask(index: Index, terms: StateKey, _side: Side) -> Known:
        from crmtext.checks import ordered, rule_filter
        from crmtext.index.codec import decode, may_be_error

        counts = rule_filter(store_settings.read(terms.settings), wanted, unwanted)
        rows = [problem for problem in index.problems() if counts(problem[1])]
        if about is not None:
            # Problems of the settings have the number 0.
            numbers = {0, *map(index.number, about)}
            rows = [row for row in rows if row[0] in numbers or may_be_error(row[2])]
        decoded = [decode(line) for _number, _rule, line in rows]
        kept, ignored = ([problem for problem, left in decoded if left is wanted] for wanted in (False, True))
        every = frozenset(index.contents()) if paths else frozenset()
        return Known(index.counts()[0], ordered(kept), tuple(ignored), every)

    return ask_index(store, ask, staged=staged)


def snapshot(store: Store, *, make: bool = True) -> Snapshot:
    """The records on the disk; without `make`, an index that isn't there isn't made for it."""

    def ask(index: Index, terms: StateKey, side: Side) -> Snapshot:
        from crmtext.index import snapshots

        result = snapshots.snapshot(index, terms, side)
        state = (index.note(_STATE) or b"").hex()
        return replace(
            result, state=state, earlier=cache(lambda: store.earlier(result)), first_commits=first_commits(store)
        )

    result = ask_index(store, ask) if make or is_there(store) else None
    return store.worktree() if result is None else result


def is_there(store: Store) -> bool:
    """Whether an index of the records on the disk was made."""
    try:
        file = _file(store, "worktree")
    except CrmError:
        return False
    return file is not None and file.exists()


def listed(
    store: Store, wanted: Mapping[str, tuple[str, ...]] = MappingProxyType({}), *, as_of: date | None = None
) -> Snapshot:
    """The customers on the disk with one of the given values of each name, for a list; `as_of` counts as today.

    The names are `owner`, `status`, `type`, `id`, and `concerns` for colleagues who own the customer or have open work
    there. A small store is read whole. Customers are loaded one at a time; invalid records are counted, their problems
    are left out.
    """

    def ask(index: Index, terms: StateKey, side: Side) -> Snapshot:
        from crmtext.index import snapshots

        return completed(store, snapshots.listed(index, terms, side, wanted))

    result = ask_index(store, ask) or store.worktree()
    # Which records are valid depends on no day.
    return replace(result, today=as_of, last=None) if as_of else result


def around(store: Store, typed: str) -> Snapshot:
    """The records on the disk that are needed to resolve a typed name, and to name those that they refer to."""

    def ask(index: Index, terms: StateKey, side: Side) -> Snapshot:
        from crmtext.index import snapshots
        from crmtext.query.find import is_named

        # For bytes that are not text this finds too many records, which does no harm.
        text = typed.encode("utf-8", "replace").decode()
        result = snapshots.named(index, terms, side, text)
        # Phones, contacts and pinyin are tried only if no id and no name matches.
        if not is_named(result.customers, typed):
            result = snapshots.searched(index, terms, side, text)
        return completed(store, result)

    result = ask_index(store, ask)
    return store.worktree() if result is None else result


def ask_index(store: Store, ask: Callable[[Index, StateKey, Side], T], *, staged: bool = False) -> T | None:
    """Update the index and return its answer; None if there is none and the store is too small for one."""
    if not quick.on("index"):
        return None
    from crmtext.disk.nofollow import Folder
    from crmtext.index.database import FAULTS, is_damaged, opened
    from crmtext.index.key import remove_former

    try:
        side, file = _side(store, staged=staged), _file(store, "index" if staged else "worktree")
    except CrmError:
        # The records on the disk are read without git; a caller that needs git reports the error.
        return None
    if not _is_worthwhile(side, file):
        return None
    terms = _terms(store, side)
    key = terms.key | {"code": stat.program()}
    # Most staged files are the same on the disk, and their bytes have the same ids there.
    other = _file(store, "worktree") if staged else None
    beside = (other, key | {"side": b"worktree"}) if other else None
    for place in (file, file, None) if file else (None,):
        try:
            first = place is not None and not place.exists()
            with closing(opened(place, key | {"side": side.name.encode()}, beside if place else None)) as index:
                if first and place:
                    with Folder(place.parent.parent, (place.parent.name,)) as own:
                        remove_former(own)
                _renew(index, terms, side, store)
                return ask(index, terms, side)
        except FAULTS as error:
            if place and is_damaged(error):
                with suppress(OSError):
                    place.unlink()
    return None


def completed(store: Store, part: Snapshot) -> Snapshot:
    """Return a snapshot of some customers with what figures need of the history, and of all others."""

    @cache
    def transactions() -> Sequence[Transactions]:
        def ask(index: Index, _terms: StateKey, _side: Side) -> Sequence[Transactions]:
            return [(path, json.loads(items)) for path, items in index.transactions()]

        result = ask_index(store, ask)
        return tuple(store.worktree().transactions()) if result is None else result

    elsewhere = part.elsewhere._replace(transactions=transactions)
    return replace(part, first_commits=first_commits(store), elsewhere=elsewhere)


def first_commits(store: Store) -> Callable[[], Mapping[str, int | None]]:
    """Return a function that reads and updates the note about first commits on the first call."""

    @cache
    def first() -> Mapping[str, int | None]:
        from crmtext.index import first_commits

        with suppress(CrmError):
            file = _file(store, "worktree")
            key = _terms(store, _side(store, staged=False)).key | {"code": stat.program(), "side": b"worktree"}
            if file and file.exists():
                return first_commits.kept(store, file, key)
        return store.first_commits("worktree")

    return first


def _side(store: Store, *, staged: bool) -> Side:
    from crmtext.index.changes import StagedSide, WorkTreeSide

    if staged:
        return StagedSide(store.git())
    return (
        WorkTreeSide(store.root, store.repository.object_format, store.absent)
        if store.repository
        else WorkTreeSide(store.root)
    )


def _file(store: Store, name: str) -> Path | None:
    """The file of the index, in the clone's git folder; None for a store outside of a repository."""
    repo = store.repository
    return repo.own / layout.INDEX[name] if repo else None


def _is_worthwhile(side: Side, file: Path | None) -> bool:
    return bool(file and file.exists()) or side.count >= WORTHWHILE


def _terms(store: Store, side: Side) -> StateKey:
    from crmtext.index.key import StateKey

    settings, schema = (_text(store, side, name) for name in (layout.SETTINGS, layout.SCHEMA))
    zone = store_settings.read(settings or b"").timezone
    today = clock.today(zone or None)
    return StateKey(side.name, schema, settings or b"", today, clock.latest(today, zone), i18n.language())


def _text(store: Store, side: Side, name: str) -> bytes | None:
    """The content of a file on this side; from the disk if git does not hold it yet."""
    content = side.file(name)
    return store.disk.file(name) if content is None else content


def _renew(index: Index, terms: StateKey, side: Side, store: Store) -> None:
    """Update the index to its side."""
    expired = frozenset(index.expired(f"{terms.latest}"))
    news = side.news(index)
    before = _before(store)
    if news is None and not expired and index.note("before") == before:
        return
    with index.writing():
        _learn(index, terms, side, news, expired, store)
        _compare(index, terms, side, store)
        index.set_note("before", before)
        index.set_note(_STATE, os.urandom(16))


def _before(store: Store) -> bytes:
    """The state that the comparison with the previous commit depends on besides the records."""
    repo = store.repository
    if repo is None:
        return b""
    commits = " ".join((f"{head(repo)}", *merged_heads(repo)))
    try:
        # Git's index decides which files are compared.
        stats = repo.index_file.stat()
    except FileNotFoundError:
        return commits.encode()
    return f"{commits} {stats.st_mtime_ns} {stats.st_size} {stats.st_ino}".encode()


def _compare(index: Index, terms: StateKey, side: Side, store: Store) -> None:
    from crmtext.index import previous_commit
    from crmtext.index import rows as index_rows

    # The note `settings` is a part of the key.
    if index.note("of settings") is None:
        index.add_problems(index_rows.of_settings(terms))
        index.set_note("of settings", b"told")
    previous_commit.renew(index, terms, side, store.earlier(index_rows.empty_snapshot(terms), index.content))


def _learn(
    index: Index, terms: StateKey, side: Side, news: Changes | None, expired: frozenset[str], store: Store
) -> None:
    from crmtext.index import update, workers

    gone = news.gone if news else ()
    wanted = {record.path: record for record in (news.wanted if news else ())}
    again = expired - wanted.keys() - {*gone}
    wanted |= {path: side.again(path, index.content(path) or "") for path in again}
    unreadable: set[str] = set()

    def rows() -> Iterator[Row]:
        results = workers.rows(terms, side, tuple(wanted.values()), expired)
        for row in store.watch(results, N_("records read"), len(wanted)):
            # A string is the path of a record with the same bytes: all of them, if the folder was copied.
            if not isinstance(row, str):
                unreadable.update([row.path] if row.content.startswith("unreadable: ") else [])
                yield row

    update.write_rows(index, terms, side, rows(), gone, few=FEW)
    if news:
        news.remember(frozenset(unreadable))
