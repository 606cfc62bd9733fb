"""Changes of status that the settings don't allow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.schema.validator_error import list_choices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

SCOPE = Scope.HISTORY


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of status changes since the previous commit that the settings don't allow."""
    earlier = snapshot.earlier()
    for before in earlier.customers if earlier else ():
        if now := snapshot.successor(before):
            yield from jump(now.document, before.status, now.status, snapshot.settings, snapshot.schema)


def jump(document: Document, before: str, now: str, settings: Settings, schema: Schema) -> tuple[Problem, ...]:
    """Warn if the settings don't allow the change. Statuses that they don't list may change to any other."""
    allowed = settings.transitions.get(before)
    if now == before or allowed is None or now in allowed:
        return ()
    field = schema.by_path["status"]
    known = {choice.value: choice for choice in field.choices}
    old, new = (known[status].label if status in known else status for status in (before, now))
    message = _("crmtext.toml does not allow {old} → {new}").format(old=old, new=new)
    values = list_choices(known[status] for status in allowed if status in known)
    line = f"{before} = {json.dumps([*allowed, now], ensure_ascii=False)}"
    hint = _("allowed: {values}; to allow this change, add to [status.transitions] in crmtext.toml: {line}").format(
        values=values or "–", line=line
    )
    return (document.problem("status-transition", message, "/status", hint=hint, severity=Severity.WARNING),)
