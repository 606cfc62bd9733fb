"""The errors for git commands that fail, by git's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, cannot
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy

if TYPE_CHECKING:
    from pathlib import Path

#: Git's message for an object that a partial clone lacks.
_LEFT_OUT = lazy.pattern(r"could not fetch ([0-9a-f]{40,64}) from promisor remote|lazy fetching disabled")
#: Git's message for a repository that belongs to another user; git 2.36 has its own wording.
_ANOTHERS = lazy.pattern(r"(?:dubious ownership in repository at|unsafe repository) \(?'([^']*)'")


class ContentMissingError(CrmError):
    """An object is needed that a partial clone lacks."""


def failed(command: str, words: bytes) -> CrmError:
    """The error for a git command that failed, with git's message in short."""
    if missing := left_out(words):
        return missing
    lines = [line.strip() for line in words.decode(errors="replace").splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    reason = "".join(sign for sign in first.partition(": ")[2] or first if sign.isprintable())[:200]
    message = _("git {command}: {words}").format(command=command, words=reason or _("it failed without a message"))
    if owned := _ANOTHERS.search(reason):
        hint = _(
            "the folder belongs to another user; if you trust it: git config --global --add safe.directory {folder}"
        )
        return cannot("git-failed", message, hint.format(folder=quoted(owned[1])))
    if b"No space left on device" in words or b"Disk quota exceeded" in words:
        return cannot("disk-full", message, _("free some disk space, then run the command again"))
    if ".lock'" in reason and "File exists" in reason:
        return cannot("git-locked", message, _("try again; if no other git program is running, remove the .lock file"))
    return cannot("git-failed", message)


def left_out(words: bytes) -> ContentMissingError | None:
    """The error if git failed because a partial clone lacks an object; None for any other reason."""
    match = _LEFT_OUT.search(words.decode(errors="replace"))
    return content_missing(match[1] or "") if match else None


def content_missing(blob: str) -> ContentMissingError:
    """The error for an object that a partial clone lacks; crmtext fetches nothing when it reads."""
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
