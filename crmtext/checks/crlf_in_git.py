"""Records that git holds with Windows line endings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.text.document import place_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn at the first line that ends in CRLF, in records from staged files or a commit."""
    for customer in snapshot.customers if snapshot.read != "worktree" else ():
        at = customer.document.text.find("\r\n")
        if at >= 0:
            yield Problem(
                "crlf-in-git",
                _("the record has Windows line endings (CRLF) in git"),
                place_at(customer.path, customer.document.text, at, at),
                _("add '*.yaml text eol=lf' to .gitattributes, then run: git add --renormalize ."),
                Severity.WARNING,
            )
