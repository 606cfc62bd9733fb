"""The records that an import wrote, where they are now, and who refers to them."""

from __future__ import annotations

import re
from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import head, run
from crmtext.i18n import _
from crmtext.importers.past.commit_digest import blobs, data_of, fits, parts
from crmtext.layout import is_mapping
from crmtext.problem import cannot
from crmtext.snapshot import claimed_id
from crmtext.sources import is_record
from crmtext.text.read.load import peek

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from crmtext.git.plumbing import Repository
    from crmtext.importers.past.imports import Import
    from crmtext.schema import Schema
    from crmtext.storage.journal import Part
    from crmtext.store import Store

_WORD = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_-]{3,63}")
#: More renamed files than these are not compared.
_MOST_RENAMES = 2000


class Written(NamedTuple):
    """A file in the commit of an import: before and after it; None if missing."""

    part: Part
    id: str
    #: Whether the import didn't write it.
    foreign: bool = False
    #: The commit of an import on another branch that wrote it, too: what that one wrote is there before and after.
    also: str = ""

    @property
    def path(self) -> str:
        """The path in the import."""
        return self.part.path


class Here(NamedTuple):
    """A record of the import on the disk now: its path and bytes, or the record that it was merged into."""

    path: str
    raw: bytes
    #: Whether it is another record, into which this one was merged.
    merged: bool = False


class Around(NamedTuple):
    """The store around the records of an import."""

    #: By path in the import; no entry for a record that is gone.
    here: Mapping[str, Here]
    #: The records that name one of the ids, other than in their own: path, bytes, ids.
    naming: Mapping[str, tuple[bytes, AbstractSet[str]]]


def written(repo: Repository, done: Import) -> tuple[Written, ...]:
    """Return what the import's commit changed. Raises CrmError if other changes of records are mixed in."""
    changed = tuple(parts(repo, blobs(repo, done.commit)))
    data = {part.path: (data_of(part.before, part.path), data_of(part.after, part.path)) for part in changed}
    if done.source and done.records and not fits(done, ((path, *both) for path, both in data.items())):
        message = _("{commit} holds other changes than the import wrote").format(commit=done.commit.id[:8])
        hint = _("it was squashed or amended; to undo all of it: {command}")
        raise cannot("import-changed", message, hint.format(command=f"git revert {done.commit.id[:8]}"))
    return tuple(
        Written(part, str((data[part.path][1] or data[part.path][0]).get("id", "")), _is_foreign(part, done))
        for part in changed
    )


def _is_foreign(part: Part, done: Import) -> bool:
    """Whether somebody else changed a file: the import, or its undoing, has records and the mapping that it saved."""
    mappings = {f"sha256:{sha256(side).hexdigest()}" for side in (part.before, part.after) if side is not None}
    return not is_record(part.path) and not (is_mapping(part.path) and done.mapping in mappings)


def around(store: Store, wanted: Collection[Written], commit: str) -> Around:
    """Return where the records are on the disk, followed by id and by git's renames, and which others name them."""
    by_path = {one.path: one for one in wanted if is_record(one.path)}
    ids = {one.id.encode(): one for one in by_path.values() if one.id}
    here: dict[str, Here] = {}
    naming: dict[str, tuple[bytes, AbstractSet[str]]] = {}
    for path, raw in store.disk.records():
        if not isinstance(raw, bytes):
            continue
        one = by_path.get(path)
        if one and (raw == one.part.after or claimed_id(peek(raw, path)) == one.id):
            here[path] = Here(path, raw)
        else:
            one = None
        named = ids.keys() & set(_WORD.findall(raw))
        if more := frozenset(id_.decode() for id_ in named if one is None or id_ != one.id.encode()):
            naming[path] = (raw, more)
    left = {one.id: one for one in by_path.values() if one.path not in here}
    for path, (raw, named_ids) in naming.items() if left else ():
        if not named_ids.isdisjoint(left):
            here |= _moved(path, raw, left)
    if missing := [one.path for one in left.values() if one.path not in here]:
        here |= _renamed(store, commit, missing)
    return Around(here, naming)


def _moved(path: str, raw: bytes, left: Mapping[str, Written]) -> dict[str, Here]:
    """A record of the import under another name, or merged into this one."""
    document = peek(raw, path)
    if one := left.get(claimed_id(document)):
        return {one.path: Here(path, raw)}
    former = document.data.get("merged_from") if isinstance(document.data, dict) else None
    ids = former if isinstance(former, list) else ()
    return {left[id_].path: Here(path, raw, merged=True) for id_ in ids if isinstance(id_, str) and id_ in left}


def _renamed(store: Store, commit: str, missing: Iterable[str]) -> dict[str, Here]:
    """The files that got another id and name since, as git finds them."""
    repo = store.git()
    asked = (
        "-r",
        "-z",
        "--name-status",
        "--no-ext-diff",
        f"-l{_MOST_RENAMES}",
        "--find-renames=50%",
        "--diff-filter=R",
    )
    output = run(repo, "diff-tree", *asked, "--end-of-options", commit, head(repo) or commit, "--", repo.prefix or ".")
    names = iter(output.decode("utf-8", "surrogateescape").split("\0")[:-1])
    wanted, renamed = set(missing), dict[str, Here]()
    for _status in names:
        old, new = (next(names).removeprefix(repo.prefix) for _side in range(2))
        raw = store.read_file(new) if old in wanted and is_record(new) else None
        if raw is not None:
            renamed[old] = Here(new, raw)
    return renamed


def referred(
    schema: Schema, going: Mapping[str, str], naming: Mapping[str, tuple[bytes, AbstractSet[str]]]
) -> dict[str, str]:
    """Return the ids that must stay, with the path of a record that refers to them.

    `going` maps the ids of records to be removed to their paths; `naming` has the records that name some of them, as
    they will be. A record that stays keeps those that it refers to itself.
    """
    fields = [field.path for field in schema.marked("x-reference")]
    targets: dict[str, set[str]] = defaultdict(set)
    for path, (raw, ids) in naming.items():
        if not ids.isdisjoint(going):
            data = peek(raw, path).data
            pairs = (pair for field in fields for pair in schema.values(data, field)) if isinstance(data, dict) else ()
            targets[path] = {str(value) for _pointer, value in pairs} & going.keys()
    leaving = set(going.values())
    queue = [path for path in targets if path not in leaving]
    stays: dict[str, str] = {}
    while queue:
        path = queue.pop()
        for id_ in targets.get(path, set()) - stays.keys():
            stays[id_] = path
            queue.append(going[id_])
    return stays
