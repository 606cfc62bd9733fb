"""A record that gets another path: the new file is there before the old one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.record.change.draft import Draft
from crmtext.text.document import Document

if TYPE_CHECKING:
    from crmtext.store import Store


def moved(store: Store, before: Document, after: Document, path: str) -> tuple[Draft, ...]:
    """The drafts that put a record, changed or not, at a path. Raises CrmError if that is taken."""
    if path == before.path:
        return (Draft(before, after),)
    if (store.root / path).exists() or path in store.absent.entries:
        raise usage("file-exists", _("there is a file {path} already").format(path=path), _("choose another name"))
    return (Draft(None, Document(path, after.text, after.data, after.problems)), Draft(before, None))
