r"""git holds records with plain line ends (LF), whatever the disk has.

Why: A record of which git holds Windows' line ends (CRLF) shows every line as changed as soon as another system
writes it, and every merge of it is a conflict. What lies on the disk does not matter: git turns it round.

Instead: Put `*.yaml text eol=lf` into `.gitattributes`, as `crmtext init` does, then `git add --renormalize .`
"""

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


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A warning at the first line of a record in git's index, or in a commit, that ends in CR and LF."""
    for customer in snapshot.customers if snapshot.read != "worktree" else ():
        at = customer.document.text.find("\r\n")
        if at >= 0:
            yield Problem(
                "crlf-in-git",
                _("git holds this record with the line ends of Windows (CRLF)"),
                place_at(customer.path, customer.document.text, at, at),
                _("put '*.yaml text eol=lf' into .gitattributes, then: git add --renormalize ."),
                Severity.WARNING,
            )
