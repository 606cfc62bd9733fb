"""A customer that one side merged into another one while the other side changed it: the changes go to that one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmtext.git.reading import read_blobs
from crmtext.i18n import _
from crmtext.merge.item_keys import keys
from crmtext.merge.merge_texts import merge
from crmtext.model import Customer
from crmtext.problem import cannot
from crmtext.sync.conflicts import Conflict, Kind, stages
from crmtext.text import conflict_hunks
from crmtext.text.edit.rewrite import Set, rewrite
from crmtext.text.read.load import peek

if TYPE_CHECKING:
    from crmtext.store import Store

#: The stages of git with the changed file, by kind.
_CHANGED = {Kind.REMOVED_HERE: 3, Kind.REMOVED_THERE: 2}


def survivor(store: Store, conflict: Conflict) -> Customer | None:
    """Return the customer into which the one in conflict was merged on the side that removed it."""
    if conflict.kind not in _CHANGED:
        return None
    wanted = conflict.customer.encode()
    for path, raw in store.disk.records():
        if path == conflict.path or not isinstance(raw, bytes) or b"merged_from" not in raw or wanted not in raw:
            continue
        text = raw.decode("utf-8", "replace")
        document = peek(conflict_hunks.with_our_side(text).encode(), path) if b"<<<<<<<" in raw else peek(raw, path)
        former = document.data.get("merged_from") if isinstance(document.data, dict) else None
        if isinstance(former, list) and conflict.customer in former:
            return Customer(document)
    return None


def carried(store: Store, conflict: Conflict, into: Customer) -> tuple[bytes, bytes]:
    """Return the survivor's file before and after the changes came in, with markers where it has other values.

    Raises CrmError if the survivor is in conflict itself.
    """
    raw = store.read_file(into.path) or b""
    text = raw.decode("utf-8")
    if conflict_hunks.has_conflict(text):
        message = _("{name} ({id}) has conflicts itself").format(name=into.name, id=into.id)
        raise cannot("resolve-merged", message, _("first resolve those: {command}").format(
            command=f"crmtext resolve {into.id}"))  # fmt: skip
    blobs = stages(store)[conflict.path]
    held = dict(read_blobs(store.git(), {*blobs.values()}))
    base, changed = (
        rewrite(held[blobs[stage]].decode("utf-8"), [Set("/id", into.id)]) for stage in (1, _CHANGED[conflict.kind])
    )
    return raw, merge(base, text, changed, keys(json.loads(store.schema.raw))).text.encode()
