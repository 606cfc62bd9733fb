"""The manifest of a backup: the store, its refs, the number of records, and the digest of its bundle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.disk.nofollow import is_name
from crmtext.git import bundle
from crmtext.git.reading import tree, tree_of
from crmtext.layout import RECORDS
from crmtext.sources import is_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.git.plumbing import Repository

VERSION = 1


class Contents(NamedTuple):
    """The contents of a repository, by which it is compared with the one restored."""

    #: The branch that is checked out; empty if HEAD is detached.
    head: str
    commit: str
    tree: str
    refs: Mapping[str, str]
    #: The number of records in the commit.
    records: int


class Manifest(NamedTuple):
    """The manifest of a backup."""

    store: str
    #: The store's folder in its repository, with a slash at the end; empty for the top.
    folder: str
    created: str
    contents: Contents
    #: The digest of the bundle.
    sha256: str

    def encoded(self) -> bytes:
        """Return the manifest as JSON."""
        document = {"version": VERSION, "store": self.store, "folder": self.folder, "created": self.created}
        document |= self.contents._asdict() | {"refs": dict(self.contents.refs), "sha256": self.sha256}
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogateescape") + b"\n"


class ManifestError(ValueError):
    """The text isn't the manifest of a backup that this version can read."""


def contents(repo: Repository, folder: str, refs: bundle.Refs | None = None) -> Contents | None:
    """Return what a repository holds, of a store in this folder; None before the first commit."""
    refs = refs or bundle.refs(repo)
    if refs is None:
        return None
    paths = (entry.path.removeprefix(folder) for entry in tree(repo, refs.commit, folder + RECORDS))
    return Contents(refs.branch, refs.commit, tree_of(repo, refs.commit) or "", refs.names, sum(map(is_record, paths)))


def decoded(raw: bytes) -> Manifest:
    """Return the manifest in these bytes. Raises ManifestError."""
    try:
        data = json.loads(raw.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        raise ManifestError("no JSON") from None
    if not isinstance(data, dict) or data.get("version") != VERSION or not _is_whole(data):
        raise ManifestError("another version")
    inside = Contents(data["head"], data["commit"], data["tree"], data["refs"], data["records"])
    return Manifest(data["store"], data["folder"], data["created"], inside, data["sha256"])


def _is_whole(data: Mapping[str, Any]) -> bool:
    texts = ("store", "folder", "created", "head", "commit", "tree", "sha256")
    if not all(isinstance(data.get(name), str) for name in texts):
        return False
    refs, folder = data.get("refs"), data["folder"]
    return (
        isinstance(refs, dict)
        and all(isinstance(id_, str) for id_ in refs.values())
        and type(data.get("records")) is int
        and (not folder or (folder.endswith("/") and all(map(is_name, folder[:-1].split("/")))))
    )
