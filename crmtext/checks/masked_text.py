"""Addresses, dates and free text whose masked form replaced the full one of the previous commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.masked_value import is_masked
from crmtext.checks.scope import Scope
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

SCOPE = Scope.HISTORY

#: A masked text has one of these.
_STARS = ("*", "＊")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report masked addresses, dates and texts that replace full ones of the previous commit."""
    for before, now in snapshot.replaced():
        yield from over(before.document, now.document, snapshot.schema)


def over(before: Document, now: Document, schema: Schema) -> Iterator[Problem]:
    """Report the masked addresses, dates and texts of a record that replace full ones."""
    for pointer in dict.fromkeys((*_values(before, now, schema), *_free_texts(before, now, schema))):
        message = _("a masked text replaced the full one")
        yield now.problem("masked-text", message, pointer, hint=_("enter the full text"))


def _values(before: Document, now: Document, schema: Schema) -> Iterator[str]:
    """The pointers of masked addresses and dates. Other masked values are errors even if nothing was replaced."""
    for path, kind in schema.masks.items():
        if kind not in ("address", "date"):
            continue
        new = {str(value): pointer for pointer, value in schema.values(now.data, path)}
        old = {str(value) for _pointer, value in schema.values(before.data, path)}
        gone = [value for value in old - new.keys() if not is_masked(value)]
        for value in gone and new.keys() - old:
            # The masked form of a date is its year, which may be all that is known of another one.
            if is_masked(value) if kind == "address" else any(full[:4] == value for full in gone):
                yield new[value]


def _free_texts(before: Document, now: Document, schema: Schema) -> Iterator[str]:
    """The pointers of texts with the masked form of what the text there before had in full."""
    if not any(star in now.text for star in _STARS):
        return
    # Slow to load, and few records have a star.
    from crmtext.sealing.mask import Masking

    masking = Masking(schema)
    record = masking.record(before.data)
    old: dict[str, set[str]] = {}
    for _pointer, path, text in masking.free_texts(before.data):
        old.setdefault(path, set()).add(text)
    texts = [*masking.free_texts(now.data)]
    kept = {(path, text) for _pointer, path, text in texts}
    for pointer, path, text in texts:
        if text in old.get(path, ()) or not any(star in text for star in _STARS):
            continue
        replaced = (full for full in old.get(path, ()) if (path, full) not in kept)
        if any(
            text.count(masked) > full.count(masked) and part not in text
            for full in replaced
            for part, masked in record.hidden(full)
        ):
            yield pointer
