"""Masked names that replace a full one of the previous commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.sealing.forms import is_masked_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

SCOPE = Scope.HISTORY


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report masked names that replace a full name of the previous commit."""
    for before, now in snapshot.replaced():
        yield from over(before.document, now.document, snapshot.schema)


def over(before: Document, now: Document, schema: Schema) -> Iterator[Problem]:
    """Report the masked names of a record that replace a full one."""
    for path in (path for path, kind in schema.masks.items() if kind == "name"):
        names = [str(value) for _pointer, value in schema.values(now.data, path)]
        if not any(map(is_masked_name, names)):
            continue
        gone = [str(value) for _pointer, value in schema.values(before.data, path) if str(value) not in names]
        for pointer, value in schema.values(now.data, path):
            full = next((name for name in gone if may_be(str(value), name)), "")
            if full and is_masked_name(str(value)):
                gone.remove(full)
                message = _("the masked name '{name}' replaced '{full}'").format(name=value, full=full)
                yield now.problem("masked-name", message, pointer, hint=_("enter the full name"))


def may_be(masked: str, name: str) -> bool:
    """Whether a masked name may hide a full one."""
    return not is_masked_name(name) and (masked[:1] == name[:1] or masked[:1] in "*＊")
