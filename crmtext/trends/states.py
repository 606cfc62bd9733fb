"""The store at the end of earlier days."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout, quick
from crmtext.figures.stats.query import no_states
from crmtext.git.moments import last_commits
from crmtext.git.reading import differing_along, tree
from crmtext.snapshot import Outside, Snapshot
from crmtext.sources import Blobs, is_link, is_record, why_unread
from crmtext.trends.first_commits import FirstCommits
from crmtext.trends.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from crmtext.figures.stats.query import States
    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry
    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import ParsedRecords
    from crmtext.store import Store

_RULES = (layout.SETTINGS, layout.SCHEMA)
#: A customer with the values by which customers are sorted.
_Sorted = tuple[str, str, "Customer"]


class _State(NamedTuple):
    """The valid records of a commit, and how many are not."""

    commit: str
    settings: Settings
    schema: Schema
    customers: tuple[Customer, ...]
    broken: int


def states(store: Store, present: Snapshot | None = None) -> States:
    """Return a function that yields the store at the end of days, equal to reading the commit of each day.

    Customers with the same file and the same bytes are the same object in all these snapshots and in the `present`
    one, by default that of the disk. Invalid records are counted, their problems are left out.
    """

    def at(days: Sequence[date]) -> Iterator[Snapshot | None]:
        repo = store.repository
        commits = last_commits(repo, days, store.zone) if repo else ()
        line = tuple(dict.fromkeys(filter(None, commits)))
        if repo is None or not line:
            yield from no_states(days)
            return
        taken = (
            _by_changes(store, repo, line, Versions(store, present)) if quick.on("past") else _whole(store, repo, line)
        )
        first = FirstCommits(store, line)

        def times(state: _State) -> Mapping[str, int | None]:
            return first.of(state.commit, state.customers) if quick.on("past") else store.first_commits(state.commit)

        state: _State | None = None
        for day, commit in zip(days, commits, strict=True):
            if commit and (state is None or state.commit != commit):
                state = next(taken)
            yield state and _snapshot(store, state, day, cache(partial(times, state)))

    return at


def _snapshot(store: Store, state: _State, day: date, times: Callable[[], Mapping[str, int | None]]) -> Snapshot:
    outside = Outside(checked=state.broken, left_out=state.broken)
    now = Snapshot(state.commit, state.schema, state.settings, day, state.customers, (), (), elsewhere=outside)
    return replace(now, earlier=cache(lambda: store.earlier(now)), first_commits=times)


def _whole(store: Store, repo: Repository, line: Sequence[str]) -> Iterator[_State]:
    """The plain way: each commit is read whole."""
    kept: ParsedRecords = {}
    for commit in line:
        one = store.take(Blobs(commit, repo, tuple(tree(repo, commit, repo.prefix))), kept=kept)
        yield _State(commit, one.settings, one.schema, tuple(one.customers), len(one.broken))


def _by_changes(store: Store, repo: Repository, line: Sequence[str], versions: Versions) -> Iterator[_State]:
    """The quick way: only records that differ between these commits, or from the present, are read."""
    steps = tuple(_steps(repo, line))
    every = chain.from_iterable(step.items() for step in steps)
    versions.learn(entry.blob for path, entry in every if entry and path not in _RULES and not why_unread(entry, path))
    rules: dict[tuple[Entry | None, ...], tuple[Settings, Schema]] = {}
    here: dict[str, Entry] = {}
    rows: list[_Sorted] = []
    broken: set[str] = set()
    digest = ""
    for commit, changed in zip(line, steps, strict=True):
        for path, entry in changed.items():
            if entry:
                here[path] = entry
            else:
                here.pop(path, None)
        files = tuple(map(here.get, _RULES))
        if files not in rules:
            rules[files] = store.rules(Blobs(commit, repo, tuple(filter(None, files))))
        settings, schema = rules[files]
        again: Iterable[str] = changed
        if schema.digest != digest:
            digest, again, rows, broken = schema.digest, here, [], set()
        broken.difference_update(again)
        rows = [row for row in rows if row[1] not in again]
        for path in again:
            entry = here.get(path)
            if entry and path not in _RULES:
                customer = None if why_unread(entry, path) else versions.customer(path, entry.blob, schema)
                if customer:
                    rows.append((customer.id, path, customer))
                else:
                    broken.add(path)
        # Nearly sorted already; no two have the same path, so customers are never compared.
        rows.sort()
        yield _State(commit, settings, schema, tuple(row[2] for row in rows), len(broken))


def _steps(repo: Repository, line: Sequence[str]) -> Iterator[Mapping[str, Entry | None]]:
    """The records, settings and schema of the first commit, and the differences up to each later one; None if gone."""
    yield _named(repo, tree(repo, line[0], repo.prefix))
    for old, new in differing_along(repo, repo.prefix, pairwise(line)):
        yield {**dict.fromkeys(_named(repo, old)), **_named(repo, new)}


def _named(repo: Repository, entries: Iterable[Entry]) -> dict[str, Entry]:
    named = ((entry.path.removeprefix(repo.prefix), entry) for entry in entries)
    return {path: entry for path, entry in named if path in _RULES or is_record(path) or is_link(entry.mode, path)}
