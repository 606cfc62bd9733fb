"""Examine the installed git and the store's repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git import clone
from crmtext.git.plumbing import OLDEST_GIT, merge_in_progress, version
from crmtext.i18n import _
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.setup.doctor.patient import Patient

#: The first git with GIT_NO_LAZY_FETCH, which stops reads from fetching missing objects.
_KNOWS_NO_LAZY_FETCH = (2, 45)


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield whether git is recent enough, the store is in a repository, and no merge or rebase is in progress."""
    installed = version()
    shown, oldest = (".".join(map(str, numbers)) for numbers in (installed, OLDEST_GIT))
    if installed < OLDEST_GIT:
        message = _("git {version} is older than {oldest}").format(version=shown, oldest=oldest)
        yield Finding("git", State.ERROR, message, "https://git-scm.com/downloads")
    elif patient.store and patient.opened() is None:
        yield Finding("git", State.ERROR, _("the store is not in a git repository"), "git init")
    elif patient.repository and (what := merge_in_progress(patient.repository)):
        message = _("a {what} is in progress").format(what=what)
        yield Finding("git", State.WARNING, message, f"git {what} --continue")
    else:
        yield Finding("git", State.FINE, shown)
    if patient.repository:
        yield from _left_out(patient.repository, installed)


def _left_out(repo: Repository, installed: tuple[int, ...]) -> Iterator[Finding]:
    """The gaps of a shallow or partial clone, and whether git is too old for them."""
    if clone.cut(repo):
        message = _("this clone is shallow: the history is incomplete")
        yield Finding("git", State.WARNING, message, clone.UNSHALLOW)
    if lacking := clone.partial(repo):
        message = _("this clone is partial: missing objects are fetched from {remote} when needed")
        yield Finding("git", State.WARNING, message.format(remote=lacking.remote), lacking.fix)
        if installed < _KNOWS_NO_LAZY_FETCH:
            message = _("git {version} does not support GIT_NO_LAZY_FETCH: git may fetch objects while reading")
            shown = ".".join(map(str, installed))
            yield Finding("git", State.WARNING, message.format(version=shown), "https://git-scm.com/downloads")
