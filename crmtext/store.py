"""The folder that holds the customers: find it, take snapshots of it, write one record safely."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from crmtext import layout, sources
from crmtext import settings as store_settings
from crmtext.git.clone import is_parted, refuse_empty
from crmtext.git.plumbing import Repository, head, merge_bases, merged_heads, parents, repository
from crmtext.git.reading import Entry, on_disk, replaced, staged, tree
from crmtext.i18n import N_, _
from crmtext.previous import kept_by_merge
from crmtext.problem import CrmError, Problem, cannot, usage
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
    """The moment that a reading command was asked about, as it was typed; empty where nothing was."""

    #: A revision or a day: what git holds of it.
    at: str = ""
    #: The day that is to be today.
    as_of: str = ""


def _around(folder: Path) -> Repository | None:
    """The repository that a folder without a store lies in; None also where git cannot use it."""
    try:
        return repository(folder)
    except CrmError:
        return None


@dataclass(frozen=True)
class Store:
    """A store, known by its folder."""

    root: Path
    #: Sees how far the reading of many records is.
    watch: Watch = field(default=unwatched, compare=False)

    @classmethod
    def find(cls, directory: Path, watch: Watch = unwatched) -> Store:
        """The store that a folder lies in, looked for upwards as git looks for its repository."""
        start = directory.absolute()
        for folder in (start, *start.parents):
            if (folder / layout.SETTINGS).is_file():
                return cls(folder, watch)
        if found := _around(start):
            # Else a colleague would make a second store in a clone that only lacks its checkout.
            refuse_empty(found)
        message = _("not a store: no {file} in {folder} or any parent folder").format(
            file=layout.SETTINGS, folder=start
        )
        raise cannot(
            "no-store", message, _("go to the store's folder, give it with -C, or create a store: crmtext init")
        )

    @classmethod
    def within(cls, root: Path, found: Repository) -> Store:
        """The store in a folder whose repository is known already."""
        store = cls(root)
        store.__dict__["repository"] = found
        return store

    @cached_property
    def repository(self) -> Repository | None:
        """The git repository that the store lies in."""
        return repository(self.root)

    @cached_property
    def settings(self) -> Settings:
        """The settings of the work tree."""
        return read_settings(self.disk)

    @cached_property
    def settings_around(self) -> tuple[Settings, tuple[Problem, ...]]:
        """The settings of the work tree without what is wrong in them, and what that is."""
        return store_settings.read_around(self.disk.file(layout.SETTINGS) or b"")

    @cached_property
    def schema(self) -> Schema:
        """The schema of the work tree."""
        return read_schema(self.disk)

    @cached_property
    def today(self) -> date:
        """The day, in the store's time zone."""
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
        """Those of the files that a sparse checkout keeps off the disk."""
        return sources.Absent.of(self.repository)

    def read_file(self, path: str) -> bytes | None:
        """A file's bytes as they are now; None where it isn't there. Raises CrmError where it is no plain file."""
        from crmtext.disk import files

        found = files.read(self.root / path, within=self.root)
        if found is None:
            kept = self.absent.read(path, files.LARGEST)
            return kept if isinstance(kept, bytes) else None
        return found

    def index(self) -> Snapshot:
        """The records as they are staged."""
        return self.take(sources.index(self.git()))

    def at(self, revision: str, kept: ParsedRecords | None = None) -> Snapshot:
        """The records of a commit; those that are `kept` are not read again."""
        return self.take(sources.commit(self.git(), revision), kept=kept)

    def nothing(self) -> Snapshot:
        """No records: the settings and the schema of the work tree, for who reads records by other ways."""
        return build((), read="worktree", schema=self.schema, settings=self.settings, today=self.today)

    def read(self, when: When = When(), *, staged: bool = False) -> Snapshot:
        """The records of the moment that was asked about: on the disk, staged, or of a commit."""
        from crmtext.values import dates

        day = dates.parse(when.as_of, self.today) if when.as_of else None
        if not when.at:
            return self.take(sources.index(self.git()) if staged else self.disk, day)
        if staged:
            raise usage("two-sides", _("--staged and --at can't be combined"), _("leave out one of them"))
        then = self.moment(when.at)
        return self.take(sources.commit(self.git(), then.commit), day or then.day)

    def moment(self, typed: str, objects: Objects | None = None) -> Moment:
        """The commit, and its day, that a revision or a date means."""
        from crmtext.git.moments import moment
        from crmtext.git.objects import Objects

        return moment(objects or Objects(self.git()), typed, self.today, self.zone)

    @property
    def zone(self) -> tzinfo | None:
        """The time zone whose days count; None for the system's."""
        return clock.place_of(self.settings.timezone or None)

    def git(self) -> Repository:
        """The repository. Raises CrmError where the store is in none."""
        if self.repository is None:
            raise cannot("no-repository", _("the store is not in a git repository"), _("create one: git init"))
        return self.repository

    @property
    def home(self) -> transaction.Home:
        """The store as its writer sees it."""
        from crmtext.storage import transaction

        return transaction.Home(self.root, self.repository)

    @cached_property
    def notes(self) -> list[Problem]:
        """What a writer is to tell beside its answer, such as what it found unfinished."""
        return []

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer for the length of a block; what a killed one has left is finished first."""
        from crmtext.disk import files
        from crmtext.storage import transaction

        folder = self.repository.git_dir if self.repository else self.root
        with files.lock(folder, self._patience):
            # Whoever was killed while it committed has left a lock, or a copy of git's index.
            if self.repository and (self.repository.index_lock.exists() or files.left(folder)):
                from crmtext.storage import commit

                commit.finish(self.repository)
            self.notes.extend(transaction.finish(self.home))
            yield

    @property
    def _patience(self) -> float:
        """How many seconds to wait for another writer, also where a merge has left the settings in conflict."""
        try:
            return self.settings.lock_seconds
        except CrmError:
            return self.settings_around[0].lock_seconds

    def take(self, source: sources.Source, today: date | None = None, kept: ParsedRecords | None = None) -> Snapshot:
        """The records of one side, on its own day if none is given."""
        settings, schema = self.rules(source)
        day = today or clock.today(settings.timezone or None)
        records = self.watch(source.records(), N_("records read"), 0)
        now = build(records, read=source.name, schema=schema, settings=settings, today=day, kept=kept)
        return replace(now, earlier=cache(lambda: self.earlier(now)))

    def rules(self, source: sources.Source) -> tuple[Settings, Schema]:
        """Settings and schema: of the side itself, and of the disk where git does not hold them yet."""
        disk = self.disk
        settings = read_settings(source if source.file(layout.SETTINGS) is not None else disk)
        return settings, read_schema(source if source.file(layout.SCHEMA) is not None else disk)

    def earlier(self, now: Snapshot, known: Callable[[str], str | None] = lambda _path: None) -> Previous | None:
        """What the commit before a snapshot held otherwise: for disk and index that is the one checked out.

        Git names files that were merely touched too, after a copy all of them: a record is passed over where `known`
        tells that its bytes have git's name for those of the commit.

        A merge, and what is to become one, has several before it, and does again what their commits did. None as well
        where a shallow clone does not hold what they come from.
        """
        repo = self.repository
        if repo is None:
            return None
        of_disk = now.read in ("worktree", "index")
        commits = tuple(filter(None, (head(repo), *merged_heads(repo)) if of_disk else parents(repo, now.read)))
        if not commits:
            return None
        before = commits[0]
        if any(is_parted(repo, before, each) for each in commits[1:]):
            return None
        if len(commits) > 1:
            return Previous(before, (), kept_by_merge(_Past(self.root, repo, now), now.read, commits))
        new = None if of_disk else now.read
        entries = replaced(repo, repo.prefix + layout.RECORDS, before, new, staged=now.read == "index")
        changed = tuple(each for each in entries if known(each.path.removeprefix(repo.prefix)) != each.blob)
        blobs = sources.Blobs(before, repo, changed)
        old = build(blobs.records(), read=before, schema=now.schema, settings=now.settings, today=now.today)
        return Previous(before, old.customers)


@dataclass(frozen=True)
class _Past:
    """A snapshot and the commits before it, as its settings and its schema see them."""

    root: Path
    repository: Repository
    now: Snapshot
    _files: dict[str, Mapping[str, Entry]] = field(default_factory=dict)

    def files(self, commit: str) -> Mapping[str, Entry]:
        """The records of a commit, of the index or of the disk."""
        if commit not in self._files:
            prefix = self.repository.prefix
            entries = self._entries(commit, prefix + layout.RECORDS)
            self._files[commit] = {each.path.removeprefix(prefix): each for each in entries}
        return self._files[commit]

    def _entries(self, commit: str, folder: str) -> Iterator[Entry]:
        if commit == "worktree":
            return on_disk(self.repository, folder)
        return staged(self.repository, folder) if commit == "index" else tree(self.repository, commit, folder)

    def customers(self, commit: str, paths: AbstractSet[str]) -> Sequence[Customer]:
        """Those of the valid records there that have these paths."""
        files, now = self.files(commit), self.now
        wanted = sorted(files.keys() & paths)
        records: Iterator[sources.Found]
        if commit == "worktree":
            disk = Store.within(self.root, self.repository).disk
            records = ((path, disk.record(path)) for path in wanted if sources.is_record(path))
        else:
            records = sources.Blobs(commit, self.repository, tuple(files[path] for path in wanted)).records()
        return build(records, read=commit, schema=now.schema, settings=now.settings, today=now.today).customers

    def bases(self, one: str, other: str) -> tuple[str, ...]:
        """The commits in which two lines were one."""
        return merge_bases(self.repository, one, other)


def read_settings(source: sources.Source) -> Settings:
    """The settings of one side. Raises CrmError with the place of what is wrong."""
    return store_settings.read(source.file(layout.SETTINGS) or b"")


def read_schema(source: sources.Source) -> Schema:
    """The team's schema on one side; the shipped one where the team has none."""
    from crmtext.schema import Schema

    raw = source.file(layout.SCHEMA)
    return Schema.shipped() if raw is None else schema_in(raw, layout.SCHEMA)


@lru_cache(maxsize=2)
def schema_in(raw: bytes, path: str) -> Schema:
    """The team's schema in these bytes. Raises CrmError where it cannot be used."""
    from crmtext.schema import Schema

    try:
        return Schema.read(raw, path)
    except RecursionError:
        raise CrmError(Problem("schema-form", _("the schema is nested too deeply"))) from None
