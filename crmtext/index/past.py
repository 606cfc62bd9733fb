"""Values computed from objects of git, which never change: kept between calls, for stores with an index."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, TypeVar

from crmtext import layout, quick
from crmtext.index import lookup, stat
from crmtext.index.database import FAULTS, is_damaged, opened
from crmtext.index.key import LAYOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmtext.index.database import Index
    from crmtext.store import Store

T = TypeVar("T")


def kept(store: Store, kind: str, names: Iterable[str]) -> dict[str, bytes]:
    """Return the values of one kind that were kept under these names; a new version of the program starts without."""

    def ask(index: Index) -> dict[str, bytes]:
        pairs = ((name, index.past(kind, name)) for name in names)
        return {name: value for name, value in pairs if value is not None}

    return _ask(store, ask) or {}


def keep(store: Store, kind: str, values: Mapping[str, bytes]) -> None:
    """Keep values of one kind, if there is room."""

    def ask(index: Index) -> None:
        with index.writing():
            index.set_past((kind, *pair) for pair in values.items())

    if values:
        _ask(store, ask)


def _ask(store: Store, ask: Callable[[Index], T]) -> T | None:
    repo = store.repository
    if repo is None or not quick.on("past") or not lookup.is_there(store):
        return None
    file = repo.own / layout.PAST
    try:
        with closing(opened(file, {"layout": LAYOUT, "code": stat.program()})) as index:
            return ask(index)
    except FAULTS as error:
        if is_damaged(error):
            with suppress(OSError):
                file.unlink()
    return None
