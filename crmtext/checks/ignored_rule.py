"""Names under `[check] ignore` that are no rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import Place, Problem, Severity
from crmtext.text.secret_numbers import RULES as NEVER_IGNORED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.SETTINGS


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of names under `ignore` that are no rule."""
    if not snapshot.settings.ignore:
        return
    from crmtext.checks.pages import misnamed

    for name in sorted(NEVER_IGNORED.intersection(snapshot.settings.ignore)):
        message = _("[check] cannot ignore '{name}'").format(name=name)
        hint = _("to allow a single line: # crmtext: not-a-card REASON")
        yield Problem("ignored-rule", message, Place(SETTINGS), hint, Severity.WARNING)
    for name, hint in misnamed(snapshot.settings.ignore, snapshot.schema):
        message = _("unknown rule '{name}' under [check] ignore").format(name=name)
        yield Problem("ignored-rule", message, Place(SETTINGS), hint, Severity.WARNING)
