"""Warn before a commit that its changes must be merged by somebody else. Without Click, which is slow to load."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from crmtext.git.plumbing import ask, attempt, repository
from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import CrmError
from crmtext.terminal import code_frame
from crmtext.terminal.color import colours
from crmtext.terminal.output import write_error

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.git.plumbing import Repository
    from crmtext.terminal.color import Colour


def warn(folder: Path, color: Colour = "auto") -> None:
    """Write the warnings to stderr; a policy that can't be read is the server's matter, and stops no commit."""
    with suppress(CrmError, OSError):
        repo = repository(folder)
        main = last_fetched(repo) if repo and repo.top else None
        if repo is None or main is None or not _may_have_rights(repo, main):
            return
        from crmtext.protection.policy.staged_changes import staged_warnings  # slow to load, and few stores need it

        if problems := tuple(staged_warnings(repo, main)):
            write_error(code_frame.render_all(problems, color=colours(color, sys.stderr)))
            # Under what other hooks print, so it says that nothing is rejected here.
            text = _(
                "Only a warning: the main branch takes these changes when a colleague who may make them merges them."
            )
            write_error(text + "\n")


def last_fetched(repo: Repository) -> str | None:
    """Return the main branch of the remote as it was fetched last; None if there is none."""
    for ref in ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master"):
        if commit := ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"):
            return commit
    return None


def _may_have_rights(repo: Repository, commit: str) -> bool:
    """Whether the settings of a commit may have access rights; stores in folders are looked at more closely later."""
    code, settings, _words = attempt(repo, "cat-file", "blob", f"{commit}:{SETTINGS}")
    return bool(code) or b"access" in settings
