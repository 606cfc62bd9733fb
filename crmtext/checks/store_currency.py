"""A store currency that is not an ISO 4217 code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.currency import wrong
from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.SETTINGS


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report a currency in the settings that is not a valid code."""
    if reason := wrong(snapshot.settings.currency):
        line = f'currency = "{reason.meant}"'
        hint = _("use {value}, or run: crmtext check --fix").format(value=line) if reason.meant else reason.hint
        yield Problem("store-currency", reason.message, Place(SETTINGS), hint)
