"""The records as they stand, known between calls: what a command asks of all of them is answered from the index.

The answer is always the one that reading every record would give; where the index cannot be used, they are read.
"""

from __future__ import annotations

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
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from crmtext.index.changes import Changes, Side
    from crmtext.index.database import Index, Row
    from crmtext.index.key import StateKey
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store

T = TypeVar("T")

#: A store of fewer records is read as quickly as an index of it.
WORTHWHILE = 300
#: After a change of more records than these, all are looked at for what they have in common.
FEW = 1_000


class Known(NamedTuple):
    """The answer of a check."""

    #: How many records there are.
    checked: int
    problems: tuple[Problem, ...]
    #: Warnings that comments in the records have ignored.
    ignored: tuple[Problem, ...]
    #: All records, where they were asked for.
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
    """The problems of the disk, or of what is staged; None for a store that is too small for an index.

    Where it is said which files it is `about`, warnings of other records are left out.
    """
    wanted, unwanted = tuple(select), tuple(ignore)

    def ask(index: Index, terms: StateKey, _side: Side) -> Known:
        from crmtext.checks import ordered, rule_filter
        from crmtext.index.codec import decode, may_be_error

        counts = rule_filter(store_settings.read(terms.settings), wanted, unwanted)
        told = [each for each in index.problems() if counts(each[1])]
        if about is not None:
            # The settings, which are no record, have the number 0.
            numbers = {0, *map(index.number, about)}
            told = [each for each in told if each[0] in numbers or may_be_error(each[2])]
        found = [decode(line) for _number, _rule, line in told]
        kept, ignored = ([problem for problem, left in found if left is wanted] for wanted in (False, True))
        every = frozenset(index.contents()) if paths else frozenset()
        return Known(index.counts()[0], ordered(kept), tuple(ignored), every)

    return asked(store, ask, staged=staged)


def snapshot(store: Store) -> Snapshot:
    """The records on the disk."""

    def ask(index: Index, terms: StateKey, side: Side) -> Snapshot:
        from crmtext.index import snapshots

        found = snapshots.snapshot(index, terms, side)
        return replace(found, earlier=cache(lambda: store.earlier(found)))

    found = asked(store, ask)
    return store.worktree() if found is None else found


def listed(store: Store, wanted: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> Snapshot:
    """The customers on the disk with one of the values of `owner`, `status`, `type` or `id` given, for a list.

    Of many, each is held while it is looked at; what is wrong with records is counted, not told.
    """

    def ask(index: Index, terms: StateKey, side: Side) -> Snapshot:
        from crmtext.index import snapshots

        return snapshots.listed(index, terms, side, wanted)

    found = asked(store, ask)
    return store.worktree() if found is None else found


def around(store: Store, typed: str) -> Snapshot:
    """Enough of the records on the disk to find who is meant, and to name those whom that record refers to."""

    def ask(index: Index, terms: StateKey, side: Side) -> Snapshot:
        from crmtext.index import snapshots
        from crmtext.query.find import is_named

        # Where what no text can hold was typed, this finds too much, and no error.
        text = typed.encode("utf-8", "replace").decode()
        found = snapshots.named(index, terms, side, text)
        # Phones, contacts and pinyin are tried only where no id and no name is meant.
        return found if is_named(found.customers, typed) else snapshots.sought(index, terms, side, text)

    found = asked(store, ask)
    return store.worktree() if found is None else found


def asked(store: Store, ask: Callable[[Index, StateKey, Side], T], *, staged: bool = False) -> T | None:
    """What an index that knows all that is new says; None where there is none and none is worth while."""
    if not quick.on("index"):
        return None
    from crmtext.disk.nofollow import Folder
    from crmtext.index.database import FAULTS, is_damaged, opened
    from crmtext.index.key import remove_former

    try:
        side, file = _side(store, staged=staged), _file(store, "index" if staged else "worktree")
    except CrmError:
        # A git that fails is told by who needs it: the records on the disk are read without.
        return None
    if not _is_worthwhile(side, file):
        return None
    terms = _terms(store, side)
    key = terms.key | {"code": stat.program()}
    # What is staged is mostly what lies on the disk, and its bytes have the same names there.
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
    """Where the index is kept: in the clone's git folder; a store in no repository has none that stays."""
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
    """A file of the same side; one that git does not hold yet is taken from the disk."""
    found = side.file(name)
    return store.disk.file(name) if found is None else found


def _renew(index: Index, terms: StateKey, side: Side, store: Store) -> None:
    """Have the index know all that is new on its side."""
    expired = frozenset(index.expired(f"{terms.latest}"))
    news = side.news(index)
    before = _before(store)
    if news is None and not expired and index.note("before") == before:
        return
    with index.writing():
        _learn(index, terms, side, news, expired, store)
        _compare(index, terms, side, store)
        index.set_note("before", before)


def _before(store: Store) -> bytes:
    """What the answers depend on that compare a record with the commit before, beside the records themselves."""
    repo = store.repository
    if repo is None:
        return b""
    commits = " ".join((f"{head(repo)}", *merged_heads(repo)))
    try:
        # A file is compared, or not, by what git's index says of it.
        found = repo.index_file.stat()
    except FileNotFoundError:
        return commits.encode()
    return f"{commits} {found.st_mtime_ns} {found.st_size} {found.st_ino}".encode()


def _compare(index: Index, terms: StateKey, side: Side, store: Store) -> None:
    from crmtext.index import previous_commit
    from crmtext.index import rows as index_rows

    # The key has the settings themselves under their own name.
    if index.note("of settings") is None:
        index.add_problems(index_rows.of_settings(terms))
        index.set_note("of settings", b"told")
    previous_commit.renew(index, terms, side, store.earlier(index_rows.empty_snapshot(terms), index.content))


def _learn(
    index: Index, terms: StateKey, side: Side, news: Changes | None, expired: frozenset[str], store: Store
) -> None:
    from crmtext.index import update, workers

    gone = news.gone if news else ()
    wanted = {each.path: each for each in (news.wanted if news else ())}
    again = expired - wanted.keys() - {*gone}
    wanted |= {path: side.again(path, index.content(path) or "") for path in again}
    unreadable: set[str] = set()

    def rows() -> Iterator[Row]:
        found = workers.rows(terms, side, tuple(wanted.values()), expired)
        for row in store.watch(found, N_("records read"), len(wanted)):
            # The path alone of one that is as it was: after a copy of the whole folder that is every one.
            if not isinstance(row, str):
                unreadable.update([row.path] if row.content.startswith("unreadable: ") else [])
                yield row

    update.learn(index, terms, side, rows(), gone, few=FEW)
    if news:
        news.remember(frozenset(unreadable))
