"""The store: find its folder, build snapshots of its sides, lock it for writing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout, sources
from crmtext import settings as store_settings
from crmtext.git.clone import merge_base_missing, refuse_empty
from crmtext.git.first_commits import Times, first_commits
from crmtext.git.plumbing import Repository, head, merge_bases, merged_heads, parents, repository
from crmtext.git.reading import Entry, on_disk, replaced, staged, tree
from crmtext.i18n import N_, _
from crmtext.previous import kept_by_merge
from crmtext.problem import CrmError, Exit, Place, Problem, cannot, usage
from crmtext.snapshot import ParsedRecords, Previous, Snapshot, build
from crmtext.terminal.progress import Watch, unwatched
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date, tzinfo
    from pathlib import Path

    from crmtext.git.moments import Moment
    from crmtext.git.objects import Objects
    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.storage import transaction


class When(NamedTuple):
    """The options `--at` and `--as-of` as typed; empty if not given."""

    #: A revision or a day to read from git.
    at: str = ""
    #: The day that counts as today.
    as_of: str = ""


def _around(folder: Path) -> Repository | None:
    """The repository around a folder; None also if git can't use it."""
    try:
        return repository(folder)
    except CrmError:
        return None


@dataclass(frozen=True)
class Store:
    """A store, identified by its folder."""

    root: Path
    #: Shows progress while many records are read.
    watch: Watch = field(default=unwatched, compare=False)

    @classmethod
    def find(cls, directory: Path, watch: Watch = unwatched) -> Store:
        """Return the store of a folder, searched upwards as git searches for its repository."""
        start = directory.absolute()
        for folder in (start, *start.parents):
            if (folder / layout.SETTINGS).is_file():
                return cls(folder, watch)
        if repo := _around(start):
            # Otherwise a user would create a second store in a clone that only lacks its checkout.
            refuse_empty(repo)
        message = _("not a store: no {file} in {folder} or any parent folder").format(
            file=layout.SETTINGS, folder=start
        )
        raise cannot(
            "no-store", message, _("go to the store's folder, give it with -C, or create a store: crmtext init")
        )

    @classmethod
    def within(cls, root: Path, repo: Repository) -> Store:
        """Return the store in a folder whose repository is known."""
        store = cls(root)
        store.__dict__["repository"] = repo
        return store

    @cached_property
    def repository(self) -> Repository | None:
        """The git repository around the store; None if there is none."""
        return repository(self.root)

    @cached_property
    def settings(self) -> Settings:
        """The settings of the work tree."""
        return read_settings(self.disk)

    @cached_property
    def settings_around(self) -> tuple[Settings, tuple[Problem, ...]]:
        """The valid part of the work tree's settings, and the problems of the rest."""
        return store_settings.read_around(self.disk.file(layout.SETTINGS) or b"")

    @cached_property
    def schema(self) -> Schema:
        """The schema of the work tree."""
        return read_schema(self.disk)

    @cached_property
    def today(self) -> date:
        """Today in the store's time zone."""
        return clock.today(self.settings.timezone or None)

    def worktree(self) -> Snapshot:
        """The records of the work tree."""
        return self.take(self.disk)

    @property
    def disk(self) -> sources.WorkTree:
        """The files of the work tree."""
        return sources.WorkTree(self.root, absent=lambda: self.absent)

    @cached_property
    def absent(self) -> sources.Absent:
        """The files that a sparse checkout keeps off the disk."""
        return sources.Absent.of(self.repository)

    def read_file(self, path: str) -> bytes | None:
        """Return a file's current bytes; None if it is missing. Raises CrmError if it isn't a regular file."""
        from crmtext.disk import files

        content = files.read(self.root / path, within=self.root)
        if content is None:
            kept = self.absent.read(path, files.LARGEST)
            return kept if isinstance(kept, bytes) else None
        return content

    def index(self) -> Snapshot:
        """The staged records."""
        return self.take(sources.index(self.git()))

    def at(self, revision: str, kept: ParsedRecords | None = None) -> Snapshot:
        """The records of a commit; those in `kept` are not parsed again."""
        return self.take(sources.commit(self.git(), revision), kept=kept)

    def nothing(self) -> Snapshot:
        """A snapshot without records, with the work tree's settings and schema."""
        return build((), read="worktree", schema=self.schema, settings=self.settings, today=self.today)

    def read(self, when: When = When(), *, staged: bool = False) -> Snapshot:
        """The records on the disk, staged, or of the commit that `when` selects."""
        from crmtext.values import dates

        day = dates.parse(when.as_of, self.today) if when.as_of else None
        if not when.at:
            return self.take(sources.index(self.git()) if staged else self.disk, day)
        if staged:
            raise usage("two-sides", _("--staged and --at can't be combined"), _("leave out one of them"))
        then = self.moment(when.at)
        return self.take(sources.commit(self.git(), then.commit), day or then.day)

    def moment(self, typed: str, objects: Objects | None = None) -> Moment:
        """Return the commit, and its day, of a revision or date."""
        from crmtext.git.moments import moment
        from crmtext.git.objects import Objects

        return moment(objects or Objects(self.git()), typed, self.today, self.zone)

    @property
    def zone(self) -> tzinfo | None:
        """The time zone of the store's days; None for the system's."""
        return clock.time_zone(self.settings.timezone or None)

    def git(self) -> Repository:
        """The repository. Raises CrmError if there is none."""
        if self.repository is None:
            raise cannot("no-repository", _("the store is not in a git repository"), _("create one: git init"))
        return self.repository

    def refuse_view(self) -> None:
        """Raise CrmError if the store is a view, which only `role-view` may change."""
        settings = self._readable_settings
        if settings.view:
            message = _("this is a view for the role {role}; nothing can be changed here").format(role=settings.view)
            hint = _("make the change in the store that the view comes from; to get the latest view: git pull")
            if settings.name:
                hint = _("make the change in the store {name}; to get the latest view: git pull")
            problem = Problem("view-store", message, Place(layout.SETTINGS), hint.format(name=settings.name))
            raise CrmError(problem, Exit.NOT_ALLOWED)

    @property
    def home(self) -> transaction.Home:
        """The folder and repository for a transaction."""
        from crmtext.storage import transaction

        return transaction.Home(self.root, self.repository)

    @cached_property
    def notes(self) -> list[Problem]:
        """Problems that a writing command reports beside its result, such as an unfinished write."""
        return []

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Lock the store for a block, and first finish the write of a killed process. Raises CrmError in a view."""
        self.refuse_view()
        from crmtext.disk import files
        from crmtext.storage import transaction

        folder = self.repository.git_dir if self.repository else self.root
        with files.lock(folder, self._readable_settings.lock_seconds):
            # A process killed while committing leaves a lock, or a copy of git's index.
            if self.repository and (self.repository.index_lock.exists() or files.left(folder)):
                from crmtext.storage import commit

                commit.finish(self.repository)
            self.notes.extend(transaction.finish(self.home))
            yield

    @property
    def _readable_settings(self) -> Settings:
        """The settings, or their valid part while they have a merge conflict or another problem."""
        try:
            return self.settings
        except CrmError:
            return self.settings_around[0]

    def take(self, source: sources.Source, today: date | None = None, kept: ParsedRecords | None = None) -> Snapshot:
        """Return the snapshot of one side, for today in its time zone if no day is given."""
        settings, schema = self.rules(source)
        day = today or clock.today(settings.timezone or None)
        records = self.watch(source.records(), N_("records read"), 0)
        now = build(records, read=source.name, schema=schema, settings=settings, today=day, kept=kept)
        first = cache(lambda: self.first_commits(now.read))
        return replace(now, earlier=cache(lambda: self.earlier(now)), first_commits=first)

    def rules(self, source: sources.Source) -> tuple[Settings, Schema]:
        """Return the side's settings and schema; the disk's if git doesn't hold them yet."""
        disk = self.disk
        settings = read_settings(source if source.file(layout.SETTINGS) is not None else disk)
        return settings, read_schema(source if source.file(layout.SCHEMA) is not None else disk)

    def first_commits(self, read: str, before: tuple[str, Times] | None = None) -> Times:
        """Return when the first commit with each id was made, up to the current commit or the one that was read.

        `before` is a commit and its result, which is extended if possible.
        """
        repo = self.repository
        start = None if repo is None else head(repo) if read in ("worktree", "index") else read
        return first_commits(repo, start, *(before or ())) if repo and start else {}

    def earlier(self, now: Snapshot, known: Callable[[str], str | None] = lambda _path: None) -> Previous | None:
        """Return the previous versions of the records that changed; for disk and index, since the current commit.

        Git also lists files that were only touched: `known` returns the blob of a path's bytes if it is known, and
        records with the commit's blob are skipped.

        A merge, also one in progress, has several previous commits; each gives it interactions to keep. None if there
        is no previous commit, or a shallow clone lacks the merge's base.
        """
        repo = self.repository
        if repo is None:
            return None
        of_disk = now.read in ("worktree", "index")
        commits = tuple(filter(None, (head(repo), *merged_heads(repo)) if of_disk else parents(repo, now.read)))
        if not commits:
            return None
        before = commits[0]
        if any(merge_base_missing(repo, before, other) for other in commits[1:]):
            return None
        if len(commits) > 1:
            return Previous(before, (), kept_by_merge(_Past(self.root, repo, now), now.read, commits))
        new = None if of_disk else now.read
        entries = replaced(repo, repo.prefix + layout.RECORDS, before, new, staged=now.read == "index")
        changed = tuple(entry for entry in entries if known(entry.path.removeprefix(repo.prefix)) != entry.blob)
        blobs = sources.Blobs(before, repo, changed)
        old = build(blobs.records(), read=before, schema=now.schema, settings=now.settings, today=now.today)
        return Previous(before, old.customers)


@dataclass(frozen=True)
class _Past:
    """A snapshot and its parent commits, read with the snapshot's settings and schema."""

    root: Path
    repository: Repository
    now: Snapshot
    _files: dict[str, Mapping[str, Entry]] = field(default_factory=dict)

    def files(self, commit: str) -> Mapping[str, Entry]:
        """The records of a commit, of the index or of the disk."""
        if commit not in self._files:
            prefix = self.repository.prefix
            entries = self._entries(commit, prefix + layout.RECORDS)
            self._files[commit] = {entry.path.removeprefix(prefix): entry for entry in entries}
        return self._files[commit]

    def _entries(self, commit: str, folder: str) -> Iterator[Entry]:
        if commit == "worktree":
            return on_disk(self.repository, folder)
        return staged(self.repository, folder) if commit == "index" else tree(self.repository, commit, folder)

    def customers(self, commit: str, paths: AbstractSet[str]) -> Sequence[Customer]:
        """The commit's valid records among these paths."""
        files, now = self.files(commit), self.now
        wanted = sorted(files.keys() & paths)
        records: Iterator[sources.RecordBytes]
        if commit == "worktree":
            disk = Store.within(self.root, self.repository).disk
            records = ((path, disk.record(path)) for path in wanted if sources.is_record(path))
        else:
            records = sources.Blobs(commit, self.repository, tuple(files[path] for path in wanted)).records()
        return build(records, read=commit, schema=now.schema, settings=now.settings, today=now.today).customers

    def bases(self, one: str, other: str) -> tuple[str, ...]:
        """The merge bases of two commits."""
        return merge_bases(self.repository, one, other)


def read_settings(source: sources.Source) -> Settings:
    """Return the settings of one side. Raises CrmError with the place of the first problem."""
    return store_settings.read(source.file(layout.SETTINGS) or b"")


def read_schema(source: sources.Source) -> Schema:
    """Return the team's schema of one side; the shipped one if the team has none."""
    from crmtext.schema import Schema

    raw = source.file(layout.SCHEMA)
    return Schema.shipped() if raw is None else schema_in(raw, layout.SCHEMA)


@lru_cache(maxsize=2)
def schema_in(raw: bytes, path: str) -> Schema:
    """Return the team's schema in these bytes. Raises CrmError if it can't be used."""
    from crmtext.schema import Schema

    try:
        return Schema.read(raw, path)
    except RecursionError:
        raise CrmError(Problem("schema-form", _("the schema is nested too deeply"))) from None
