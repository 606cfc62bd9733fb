"""A sheet without a mapping whose header has changed since its last import: it looks like another source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import plural
from crmtext.importers.mapping import SHEET_SOURCE
from crmtext.importers.past.imports import Past
from crmtext.importers.plan.bases import Bases

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmtext.importers.mapping import Understanding
    from crmtext.store import Store

#: How many former sources are looked at, the newest first.
_MOST = 5


def lines(store: Store, understanding: Understanding, ids: Collection[str]) -> Iterator[str]:
    """Yield a line with the option that continues a source, if another sheet wrote most of these customers."""
    if store.repository is None or not ids or not SHEET_SOURCE.fullmatch(understanding.source):
        return
    past = Past(store.repository).in_effect()
    sources = dict.fromkeys(one.source for one in past if SHEET_SOURCE.fullmatch(one.source))
    for source in [*sources][:_MOST]:
        number = len(Bases(store, (source,), (), {}).written() & {*ids})
        if number * 2 > len(ids):
            yield plural(
                "{n} customer was imported from {source}, a sheet with another header; to continue it: {option}",
                "{n} customers were imported from {source}, a sheet with another header; to continue it: {option}",
                number,
                source=source,
                option=f"--from {source}",
            )
            return
