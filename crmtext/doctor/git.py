"""The git that is installed, and the repository around the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.doctor.finding import Finding, State
from crmtext.git.plumbing import OLDEST_GIT, merge_in_progress, version
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Whether git is new enough and the store in a repository, with nothing left unfinished."""
    found = version()
    shown, oldest = (".".join(map(str, each)) for each in (found, OLDEST_GIT))
    if found < OLDEST_GIT:
        message = _("git {version} is older than {oldest}").format(version=shown, oldest=oldest)
        yield Finding("git", State.ERROR, message, "https://git-scm.com/downloads")
    elif patient.store and patient.opened() is None:
        yield Finding("git", State.ERROR, _("the store is not in a git repository"), "git init")
    elif patient.repository and (what := merge_in_progress(patient.repository)):
        message = _("a {what} is not finished here").format(what=what)
        yield Finding("git", State.WARNING, message, f"git {what} --continue")
    else:
        yield Finding("git", State.FINE, shown)
