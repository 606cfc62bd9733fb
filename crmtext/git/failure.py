"""The errors for git commands that fail, by what git said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, cannot
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from pathlib import Path

#: What git says where it would have to fetch what a partial clone left out.
_LEFT_OUT = lazy.pattern(r"could not fetch ([0-9a-f]{40,64}) from promisor remote|lazy fetching disabled")
#: What git says of a repository that another user of the machine owns, 2.36 in other words than later versions.
_ANOTHERS = lazy.pattern(r"(?:dubious ownership in repository at|unsafe repository) \(?'([^']*)'")


class ContentMissingError(CrmError):
    """Something that a partial clone left out is needed: what it is needed for cannot be answered."""


def failed(command: str, words: bytes) -> CrmError:
    """The error for a git command that failed: what git said, in short."""
    if missing := left_out(words):
        return missing
    lines = [line.strip() for line in words.decode(errors="replace").splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    said = "".join(sign for sign in first.partition(": ")[2] or first if sign.isprintable())[:200]
    message = _("git {command}: {words}").format(command=command, words=said or _("it failed without a message"))
    if owned := _ANOTHERS.search(said):
        hint = _(
            "the folder belongs to another user; if you trust it: git config --global --add safe.directory {folder}"
        )
        return cannot("git-failed", message, hint.format(folder=quoted(owned[1])))
    if ".lock'" in said and "File exists" in said:
        return cannot("git-locked", message, _("try again; if no other git program is running, remove the .lock file"))
    return cannot("git-failed", message)


def left_out(words: bytes) -> ContentMissingError | None:
    """The error where git failed because a partial clone left something out; None for any other reason."""
    found = _LEFT_OUT.search(words.decode(errors="replace"))
    return content_missing(found[1] or "") if found else None


def content_missing(blob: str) -> ContentMissingError:
    """The error for what a partial clone left out; crmtext fetches nothing by reading."""
    message = (
        _("this partial clone does not contain the object {id}") if blob else _("this partial clone lacks objects")
    )
    hint = _("fetch all content: git fetch --refetch --no-filter")
    return ContentMissingError(cannot("content-missing", message.format(id=blob[:10]), hint).problem, Exit.CANNOT)


def not_run(cwd: Path, error: OSError) -> CrmError:
    """The error for a git that could not be started in a folder."""
    if not cwd.is_dir():
        return cannot("no-folder", _("folder '{path}' not found").format(path=cwd))
    if not isinstance(error, FileNotFoundError):
        return cannot("git-failed", _("cannot run git: {reason}").format(reason=error.strerror))
    return cannot("no-git", _("git is not installed"), _("install git 2.36 or newer: https://git-scm.com/downloads"))
