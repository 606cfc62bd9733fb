"""Move a customer's file to the archive, or back. It stays a record: lists, checks and references still include it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.layout import RECORDS
from crmtext.problem import usage
from crmtext.record.change.draft import moved
from crmtext.record.change.write import WriteOptions, check_and_write, writing
from crmtext.record.input.find_record import reread, target
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from crmtext.answer import Change
    from crmtext.store import Store

#: Folder of archived records; they keep their folders below it.
ARCHIVE = f"{RECORDS}/archive"


def run(store: Store, typed: str, how: WriteOptions, *, back: bool) -> Change:
    """Move a customer into the archive, or with `back` to its old place."""
    record = target(store, typed)
    with writing(store, how):
        document = reread(store, record)
        name = customer_name(document)
        if document.path.startswith(ARCHIVE + "/") != back:
            message = _("{name} is not archived") if back else _("{name} is already archived")
            raise usage("archive", message.format(name=name), _("see: {path}").format(path=document.path))
        old, new = (ARCHIVE, RECORDS) if back else (RECORDS, ARCHIVE)
        path = new + document.path.removeprefix(old)
        summary = _("Archived {name}: {path}; lists and checks still include it")
        if back:
            summary = _("Moved {name} out of the archive: {path}")
        return check_and_write(store, moved(store, document, document, path), summary.format(name=name, path=path), how)
