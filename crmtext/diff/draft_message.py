"""The message of a commit that a command makes of its drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.diff import message as diff_message
from crmtext.diff.customers import Comparison
from crmtext.diff.text import words
from crmtext.i18n import _, speaking
from crmtext.record.change.commit import trailers
from crmtext.snapshot import Snapshot, take

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.record.change.draft import Draft
    from crmtext.store import Store
    from crmtext.text.document import Document


def message(store: Store, drafts: Sequence[Draft], action: str) -> str:
    """What the drafts change, told as the comparison tells it; records that do not parse are named by id."""
    found = Comparison(_side(store, (each.before for each in drafts)), _side(store, (each.after for each in drafts)))
    if found.differences:
        return diff_message.message(found.differences, words(found), action)
    with speaking(store.settings.language or "en"):
        return f"{action}: {_('text only')}\n\n{trailers(drafts, action)}"


def _side(store: Store, documents: Iterable[Document | None]) -> Snapshot:
    records = [(each.path, each.text.encode()) for each in documents if each]
    return take(records, read="worktree", schema=store.schema, settings=store.settings, today=store.today)
