"""The two sides of a comparison, read so that only the records that differ are parsed."""

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

#: How a revision ends that no customer is called.
_REVISION = lazy.pattern(r"[~^]\d*\Z|@\{")


class Range(NamedTuple):
    """Two sides, each `worktree`, `index`, a commit's id, or empty for nothing at all."""

    old: str
    new: str


def span(store: Store, typed: str = "", *, staged: bool = False) -> Range:
    """The sides that `A..B`, `A...B`, `A` or nothing means: without B the disk, or with `staged` what is staged."""
    repo = store.git()
    for dots in ("...", ".."):
        one, found, other = typed.partition(dots)
        if found:
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
        # A day before the first commit is a day all the same.
        if error.problem.rule != "unknown-revision" and head(store.git()):
            raise
        return False
    return True


def read(store: Store, asked: Range, objects: Objects | None = None) -> Comparison:
    """The two sides as snapshots of what differs between them, none of it checked against the schema."""
    if not {asked.old, asked.new} & {WORKTREE, INDEX, ""}:
        return _compared(store, *_replaced(objects or Objects(store.git()), asked))
    return thoroughly(store, asked)


def _replaced(objects: Objects, asked: Range) -> tuple[sources.Blobs, sources.Blobs]:
    """The records of two commits that are not the same in both: git leaves out folders that are."""
    repo = objects.repository
    old, new = differing(repo, repo.prefix + layout.RECORDS, asked.old, asked.new)
    rules = objects.tree(asked.new, repo.prefix + SETTINGS, repo.prefix + layout.SCHEMA)
    return sources.Blobs(asked.old, repo, old, objects), sources.Blobs(asked.new, repo, (*rules, *new), objects)


def thoroughly(store: Store, asked: Range) -> Comparison:
    """The two sides, all of whose records are listed: git does not compare any two of disk, index and nothing."""
    old, new = (_state(store, side) for side in (asked.old, asked.new))
    differing = frozenset(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    on_disk = frozenset(path for state in (old, new) for path, what in state.items() if what == _ON_DISK)
    return _compared(store, *(_part(store, side, differing | on_disk) for side in (asked.old, asked.new)))


def _compared(store: Store, old: sources.Source, new: sources.Source) -> Comparison:
    """The records of two sides as documents: whether they fit the schema makes no difference here, and takes time.

    Settings and schema are those of the newer side, in whose words both are told.
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

    def records(self) -> Iterator[sources.Found]:
        return iter(())


_ON_DISK = ("disk", "")


def _state(store: Store, side: str) -> Mapping[str, tuple[str, str]]:
    """Each record's path with what stands for its bytes and mode."""
    repo = store.git()
    if side != WORKTREE:
        blobs = _blobs(repo, side)
        named = ((blobs.path(each), each) for each in blobs.entries)
        return {path: (each.blob, each.mode) for path, each in named if sources.is_record(path)}
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
    old, new = (store.moment(each or "HEAD").commit for each in (one, other))
    if not merge_base:
        return Range(old, new)
    found = ask(store.git(), "merge-base", "--end-of-options", old, new)
    if not found and clone.is_parted(store.git(), old, new):
        message = _("this clone does not contain the common ancestor of '{one}' and '{other}'")
        raise clone.history_missing(message.format(one=one, other=other))
    if not found:
        raise usage("no-merge-base", _("'{one}' and '{other}' have no common ancestor").format(one=one, other=other))
    return Range(resolve(store.git(), found), new)
