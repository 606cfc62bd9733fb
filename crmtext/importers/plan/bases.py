"""The bases of an import: the values that earlier imports of its source wrote, from the history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from crmtext.git.clone import cut, history_missing
from crmtext.git.history import commits_of, steps
from crmtext.git.merge import contains
from crmtext.git.plumbing import resolve
from crmtext.i18n import _
from crmtext.importers.past.commit_digest import blobs, data_of, digest, parts
from crmtext.importers.past.imports import Accepted, Import, Past
from crmtext.importers.plan.base import Base, Side
from crmtext.layout import id_in
from crmtext.problem import usage
from crmtext.sources import is_record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crmtext.git.plumbing import Repository
    from crmtext.model import Customer
    from crmtext.store import Store


class Bases:
    """The imports of a source in the history of HEAD, read as far as they are needed."""

    def __init__(
        self, store: Store, sources: Collection[str], accepted: Sequence[str], known: Mapping[str, Customer]
    ) -> None:
        self._repo = store.repository
        self.sources = tuple(sources)
        #: The commits that count whatever they hold.
        self._trusted: set[str] = set()
        self._blobs: dict[str, dict[str, tuple[str, str]]] = {}
        #: By commit: the hash of what it holds.
        self._held: dict[str, str] = {}
        self._imports: list[Import] = []
        #: Decisions for the store's values, with the id that the customer has now; empty if none has its id.
        #: With each: how many newer imports the source has.
        self.kept: dict[tuple[str, ...], int] = {}
        self._ages: dict[str, int] = {}
        #: By list of texts: the columns that filled it.
        self.columns: dict[str, frozenset[str]] = {}
        #: By customer: how many rows that differ it had.
        self.rows: dict[str, int] = {}
        #: The commits that this import accepts.
        self.accepted: tuple[Accepted, ...] = ()
        #: The ids of commits that were accepted once and that HEAD doesn't have.
        self.lost: list[str] = []
        self._hashes: frozenset[str] = frozenset()
        self._is_cut = False
        if self._repo is None:
            if accepted:
                store.git()
            return
        past = [*Past(self._repo).of_source(sources)]
        earlier = [one for done in past for one in done.accepts]
        wanted = [self._commit(self._repo, typed) for typed in accepted]
        named = {one.commit.id for one in past}
        further = {id_ for id_ in (*(one.commit for one in earlier), *wanted) if id_ not in named}
        # A rebase leaves the ids of the old commits in messages.
        here = {id_ for id_ in further if contains(self._repo, "HEAD", id_)}
        self.lost = [one.commit for one in earlier if one.commit in further - here and not one.records]
        if here:
            past += map(Import, commits_of(self._repo, here).values())
            order = {step.id: number for number, step in enumerate(steps(self._repo, None, "HEAD"))}
            past.sort(key=lambda one: order[one.commit.id], reverse=True)
        self._ages = {one.commit.id: age for age, one in enumerate(past)}
        for age, one in reversed([*enumerate(past)]):
            self.kept.update(((known[id_].id if id_ in known else "", *rest), age) for id_, *rest in one.kept)
            for path, names in one.columns.items():
                self.columns[path] = self.columns.get(path, frozenset()) | names
            for id_, number in one.rows.items():
                self.rows[id_] = max(number, self.rows.get(id_, 0))
        older = cut(self._repo)
        self._is_cut = bool(older)
        self._imports = [one for one in past if one.commit.id not in older]
        self._trusted = {one.commit for one in earlier}
        self._hashes = frozenset(one.records for one in earlier if one.records)
        self.accepted = tuple(self._newly(self._imports, wanted, named))

    def _newly(self, imports: Iterable[Import], wanted: Collection[str], named: Collection[str]) -> Iterator[Accepted]:
        """Yield the commits that don't count as imports yet, and let them count."""
        for done in imports:
            if done.commit.id in wanted and not self._is_fit(done):
                self._trusted.add(done.commit.id)
                yield Accepted(done.commit.id, self._held[done.commit.id] if done.commit.id in named else "")

    @staticmethod
    def _commit(repo: Repository, typed: str) -> str:
        """The id of a commit of the current branch. Raises CrmError for anything else."""
        id_ = resolve(repo, typed)
        if not contains(repo, "HEAD", id_):
            raise usage("not-an-import", _("{commit} is not part of the current branch").format(commit=id_[:8]))
        if id_ in cut(repo):
            raise history_missing(_("this clone does not have the commit before {commit}").format(commit=id_[:8]))
        return id_

    @property
    def exist(self) -> bool:
        """Whether the source was imported before."""
        return bool(self._imports)

    def _changed(self, done: Import) -> Mapping[str, tuple[str, str]]:
        """The files that an import changed, with their blobs."""
        id_ = done.commit.id
        if self._repo and id_ not in self._blobs:
            self._blobs[id_] = {path: pair for path, pair in blobs(self._repo, done.commit).items() if is_record(path)}
        return self._blobs[id_]

    def written(self) -> frozenset[str]:
        """Return the ids of the records that imports added, by the names of their files."""
        return frozenset(
            id_in(path) for done in self._imports for path, (old, new) in self._changed(done).items() if new and not old
        )

    def changed(self) -> frozenset[str]:
        """Return the ids of all records that imports added or changed."""
        return frozenset(id_in(path) for done in self._imports for path in self._changed(done))

    def read(self, wanted: Collection[str]) -> dict[str, Base]:
        """Return the bases of customers by their ids."""
        sides: defaultdict[str, list[Side]] = defaultdict(list)
        for done in self._imports if self._repo else ():
            changed = self._changed(done)
            mine = {path: pair for path, pair in changed.items() if id_in(path) in wanted}
            if not mine or not self._is_fit(done):
                continue
            pairs: dict[str, tuple[Any, Any]] = {}
            for path, before, after in self._data(mine):
                # A renamed file has a side under each name.
                old, new = pairs.get(id_in(path), ({}, {}))
                pairs[id_in(path)] = (before or old, after or new)
            for id_, pair in pairs.items():
                sides[id_].append(Side(*pair, age=self._ages[done.commit.id]))
        return {id_: Base(pairs) for id_, pairs in sides.items()}

    def _is_fit(self, done: Import) -> bool:
        """Whether the commit of an import holds what the import wrote, or is accepted as it is."""
        id_ = done.commit.id
        if id_ in self._trusted:
            return True
        if id_ not in self._held:
            self._held[id_] = f"sha256:{digest(self._data(self._changed(done)))}"
        return self._held[id_] in {done.records, *self._hashes}

    @property
    def unfit(self) -> Iterator[Import]:
        """The commits, of those that were read, whose hash doesn't fit, and which nobody has accepted."""
        return (done for done in self._imports if done.commit.id in self._held and not self._is_fit(done))

    def needed(self) -> bool:
        """Whether earlier imports are there to be asked. Raises CrmError if the clone lacks commits."""
        self.need_all()
        return self.exist

    def need_all(self) -> None:
        """Raise CrmError if the clone lacks commits: an import among them may have written what is compared."""
        if self._is_cut:
            raise history_missing(_("this clone lacks older commits, which may hold earlier imports of the source"))

    def _data(
        self, changed: Mapping[str, tuple[str, str]]
    ) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        for part in parts(self._repo, changed) if self._repo else ():
            yield part.path, data_of(part.before, part.path), data_of(part.after, part.path)

    def warnings(self) -> Iterator[str]:
        """Yield a line for each commit that says nothing because its hash doesn't fit."""
        text = _("{commit} was squashed or amended, so it is not used as an import; to use it: {option}")
        for one in self.unfit:
            short = one.commit.id[:8]
            yield text.format(commit=short, option=f"--base {short}")
        text = _("{commit} counts as an import and is not part of the current branch; after a rebase: {option}")
        for id_ in self.lost:
            yield text.format(commit=id_[:8], option="--base COMMIT")
