"""The bases of an import: the values that earlier imports of its source wrote, from the history."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.git.clone import cut, history_missing
from crmtext.git.history import commits_of, steps
from crmtext.git.merge import contains
from crmtext.git.plumbing import resolve
from crmtext.i18n import _
from crmtext.importers.past.commit_digest import blobs, data_of, digest, parts
from crmtext.importers.past.imports import Accepted, Import, Past
from crmtext.importers.plan.items import places, plain, same_people
from crmtext.layout import id_in
from crmtext.problem import usage
from crmtext.sources import is_record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crmtext.git.plumbing import Repository
    from crmtext.importers.plan.items import Keys
    from crmtext.model import Customer
    from crmtext.store import Store


class Last(NamedTuple):
    """The value that an import wrote; None if it took it away."""

    value: Any


class Base:
    """A place of a record before and after each import of a source that changed the record, the newest first."""

    __slots__ = ("sides",)

    def __init__(self, sides: Iterable[tuple[Any, Any]] = ()) -> None:
        self.sides = tuple(sides)

    def child(self, key: str) -> Base:
        """Return the base of a key."""
        return Base((_value(before, key), _value(after, key)) for before, after in self.sides) if self.sides else self

    def items(self, items: Sequence[Any], keys: Keys) -> list[Base]:
        """Return the bases of items of a list."""
        sides: list[list[tuple[Any, Any]]] = [[] for _item in items]
        for before, after in self.sides:
            old, new = ([one for one in side if one] if isinstance(side, list) else [] for side in (before, after))
            old_at, new_at = (_places(side, items, keys) if side else {} for side in (old, new))
            for number in {*old_at, *new_at}:
                pair = (old[old_at[number]] if number in old_at else None,
                        new[new_at[number]] if number in new_at else None)  # fmt: skip
                sides[number].append(pair)
        return [Base(side) for side in sides]

    def last(self) -> Last | None:
        """Return what the newest import that wrote here wrote; None if none did."""
        return next((Last(after) for before, after in self.sides if before != after), None)

    def has(self, text: Any) -> bool | None:
        """Whether the newest import that added or removed a text of a list added it; None if none did."""
        wanted = plain(text)
        for before, after in self.sides:
            was, is_ = (wanted in map(plain, side if isinstance(side, list) else [side]) for side in (before, after))
            if was != is_:
                return is_
        return None

    def every(self) -> Iterator[Any]:
        """Yield the values that imports left here."""
        return (after for before, after in self.sides if before != after)


class Probe(Base):
    """A base that isn't read yet: it knows nothing, and notes whether anything asks for it."""

    __slots__ = ("asked",)

    def __init__(self) -> None:
        super().__init__()
        self.asked = False

    def child(self, _key: str) -> Base:
        """Return itself."""
        return self

    def items(self, items: Sequence[Any], _keys: Keys) -> list[Base]:
        """Return itself for each item."""
        return [self for _item in items]

    def last(self) -> Last | None:
        """Return nothing, and note it."""
        self.asked = True
        return None

    def has(self, _text: Any) -> bool | None:
        """Return nothing, and note it."""
        self.asked = True
        return None

    def every(self) -> Iterator[Any]:
        """Yield nothing, and note it."""
        self.asked = True
        yield from ()


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
        #: By id: the numbers of the imports that the sides of its base are from.
        self._order: defaultdict[str, list[int]] = defaultdict(list)
        #: Decisions for the store's values, with the id that the customer has now; empty if none has its id.
        self.kept: frozenset[tuple[str, ...]] = frozenset()
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
        self.kept = frozenset((known[id_].id if id_ in known else "", *rest) for one in past for id_, *rest in one.kept)
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
        sides: defaultdict[str, list[tuple[Any, Any]]] = defaultdict(list)
        self._order.clear()
        for number, done in enumerate(self._imports if self._repo else ()):
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
                sides[id_].append(pair)
                self._order[id_].append(number)
        return {id_: Base(pairs) for id_, pairs in sides.items()}

    def together(self, read: Mapping[str, Base], ids: Sequence[str]) -> list[tuple[Any, Any]]:
        """Return what imports wrote under several ids that were just read, the newest first."""
        sides = [pair for id_ in ids for pair in zip(self._order[id_], read[id_].sides, strict=True)]
        return [side for _number, side in sorted(sides, key=itemgetter(0))]

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


def _places(side: Sequence[Any], items: Sequence[Any], keys: Keys) -> dict[int, int]:
    """The items of an import's record by the numbers of these; people also without words in brackets after a name."""
    known = places(side, items, keys)
    return known | same_people(side, items, known) if [*map(tuple, keys)] == [("name",)] else known


def _value(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None
