"""The commit message of a command, made from its drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.diff import message as diff_message
from crmtext.diff.customers import Comparison
from crmtext.diff.text import words
from crmtext.i18n import _, speaking
from crmtext.record.change.commit import trailers
from crmtext.snapshot import Snapshot, build

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.record.change.draft import Draft
    from crmtext.store import Store
    from crmtext.text.document import Document


def message(store: Store, drafts: Sequence[Draft], action: str) -> str:
    """Return a message that describes the changes; records that do not parse are named by id."""
    comparison = compared(store, drafts)
    if comparison.differences:
        return diff_message.message(comparison.differences, words(comparison), action)
    with speaking(store.settings.language or "en"):
        return f"{action}: {_('text only')}\n\n{trailers(drafts, action)}"


def compared(store: Store, drafts: Sequence[Draft]) -> Comparison:
    """Return the comparison of the records before and after the drafts."""
    return Comparison(_side(store, (draft.before for draft in drafts)), _side(store, (draft.after for draft in drafts)))


def _side(store: Store, documents: Iterable[Document | None]) -> Snapshot:
    records = [(document.path, document.text.encode()) for document in documents if document]
    return build(records, read="worktree", schema=store.schema, settings=store.settings, today=store.today)
