"""Customers that were removed, as git last had them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.history import deleted
from crmtext.git.reading import read_blobs
from crmtext.layout import RECORDS
from crmtext.text.read.load import parse
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.store import Store
    from crmtext.text.document import Document

_ID = lazy.pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}\Z")


def last_version(store: Store, id_: str, start: str) -> Document | None:
    """Return the last version of a record with this id that was deleted before a commit; None if there is none."""
    if not _ID.match(id_):
        return None
    repo = store.git()
    names = (f"{repo.prefix}{RECORDS}/**/{name}.yaml" for name in (id_, f"{id_}-*"))
    if (deletion := deleted(repo, start, names)) is None:
        return None
    path, blob = deletion
    ((_blob, raw),) = read_blobs(repo, (blob,))
    return parse(raw, path.removeprefix(repo.prefix))
