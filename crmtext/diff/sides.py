"""The two sides of a comparison; only records that differ are parsed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout, sources
from crmtext.diff.customers import Comparison
from crmtext.git import clone
from crmtext.git.objects import Objects
from crmtext.git.plumbing import ask, head, resolve
from crmtext.git.reading import changed_on_disk, differing
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError, usage
from crmtext.text.read.load import peek
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.git.plumbing import Repository
    from crmtext.store import Store

WORKTREE = "worktree"
INDEX = "index"

#: Endings of a revision that no customer's name has.
_REVISION = lazy.pattern(r"[~^]\d*\Z|@\{")


class Range(NamedTuple):
    """Two sides, each `worktree`, `index`, a commit's id, or empty for nothing."""

    old: str
    new: str


def span(store: Store, typed: str = "", *, staged: bool = False) -> Range:
    """Return the sides of `A..B`, `A...B`, `A` or nothing; without B the disk, or with `staged` the staged files."""
    repo = store.git()
    for dots in ("...", ".."):
        one, separator, other = typed.partition(dots)
        if separator:
            return _between(store, one, other, merge_base=dots == "...", staged=staged)
    old = store.moment(typed).commit if typed else head(repo) or ""
    return Range(old, INDEX if staged else WORKTREE)


def is_span(store: Store, typed: str) -> bool:
    """Whether an argument names sides rather than a customer."""
    if ".." in typed or _REVISION.search(typed):
        return True
    try:
        store.moment(typed)
    except CrmError as error:
        # A date before the first commit is still a date, not a customer.
        if error.problem.rule != "unknown-revision" and head(store.git()):
            raise
        return False
    return True


def read(store: Store, asked: Range, objects: Objects | None = None) -> Comparison:
    """Return the two sides as snapshots of the records that differ, not checked against the schema."""
    if not {asked.old, asked.new} & {WORKTREE, INDEX, ""}:
        return _compared(store, *_replaced(objects or Objects(store.git()), asked))
    return by_listing(store, asked)


def _replaced(objects: Objects, asked: Range) -> tuple[sources.Blobs, sources.Blobs]:
    """Return the records that differ between two commits; git skips folders that are the same."""
    repo = objects.repository
    old, new = differing(repo, repo.prefix + layout.RECORDS, asked.old, asked.new)
    rules = objects.tree(asked.new, repo.prefix + SETTINGS, repo.prefix + layout.SCHEMA)
    return sources.Blobs(asked.old, repo, old, objects), sources.Blobs(asked.new, repo, (*rules, *new), objects)


def by_listing(store: Store, asked: Range) -> Comparison:
    """Compare by listing all records: git cannot compare the disk, the index and nothing with each other."""
    old, new = (_state(store, side) for side in (asked.old, asked.new))
    differing = frozenset(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    on_disk = frozenset(path for state in (old, new) for path, what in state.items() if what == _ON_DISK)
    return _compared(store, *(_part(store, side, differing | on_disk) for side in (asked.old, asked.new)))


def _compared(store: Store, old: sources.Source, new: sources.Source) -> Comparison:
    """Return the comparison of two sides, without checking records against the schema, which is slow and not needed.

    Settings and schema are those of the newer side.
    """
    empty = store.take(_Settings(new))
    one, other = (tuple(peek(raw, path) for path, raw in side.records()) for side in (old, new))
    return Comparison(replace(empty, read=old.name, broken=one), replace(empty, broken=other))


class _Settings(NamedTuple):
    """A side without its records."""

    whole: sources.Source

    @property
    def name(self) -> str:
        return self.whole.name

    def file(self, path: str) -> bytes | None:
        return self.whole.file(path)

    def records(self) -> Iterator[sources.RecordBytes]:
        return iter(())


_ON_DISK = ("disk", "")


def _state(store: Store, side: str) -> Mapping[str, tuple[str, str]]:
    """Return each record's path with its blob and mode, or a mark for a file on the disk."""
    repo = store.git()
    if side != WORKTREE:
        blobs = _blobs(repo, side)
        named = ((blobs.path(entry), entry) for entry in blobs.entries)
        return {path: (entry.blob, entry.mode) for path, entry in named if sources.is_record(path)}
    changed = {path.removeprefix(repo.prefix) for path in changed_on_disk(repo, repo.prefix + layout.RECORDS)}
    kept = {path: what for path, what in _state(store, INDEX).items() if path not in changed}
    there = (path for path in changed if sources.is_record(path) and (store.root / path).is_file())
    return kept | dict.fromkeys(there, _ON_DISK)


def _part(store: Store, side: str, paths: frozenset[str]) -> sources.Source:
    if side == WORKTREE:
        return store.disk._replace(only=paths)
    return _blobs(store.git(), side).part(paths)


def _blobs(repo: Repository, side: str) -> sources.Blobs:
    if not side:
        return sources.Blobs("", repo, ())
    return sources.index(repo) if side == INDEX else sources.commit(repo, side)


def _between(store: Store, one: str, other: str, *, merge_base: bool, staged: bool) -> Range:
    if staged:
        hint = _("give one commit, or leave out --staged")
        raise usage("two-sides", _("--staged compares the staged files with one commit"), hint)
    old, new = (store.moment(revision or "HEAD").commit for revision in (one, other))
    if not merge_base:
        return Range(old, new)
    ancestor = ask(store.git(), "merge-base", "--end-of-options", old, new)
    if not ancestor and clone.merge_base_missing(store.git(), old, new):
        message = _("this clone does not contain the common ancestor of '{one}' and '{other}'")
        raise clone.history_missing(message.format(one=one, other=other))
    if not ancestor:
        raise usage("no-merge-base", _("'{one}' and '{other}' have no common ancestor").format(one=one, other=other))
    return Range(resolve(store.git(), ancestor), new)
