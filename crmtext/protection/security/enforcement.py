"""Examine where the rules are enforced: hooks of this clone, and jobs that check pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.plumbing import head
from crmtext.git.reading import read_blobs, tree
from crmtext.i18n import _
from crmtext.setup import hooks
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.setup.doctor.patient import Patient

_NAME = "enforcement"
#: Where forges keep the jobs of a repository.
_JOBS = (".github/workflows", ".gitlab-ci.yml", ".gitea/workflows", ".forgejo/workflows", ".gitee", "Jenkinsfile")
_CHECK, _ACCESS = b"crmtext check", b"--access"


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield whether hooks and a job are known that check what is pushed."""
    repo = patient.repository
    if patient.store is None or repo is None:
        return
    missing = [hook.name for hook in hooks.status(repo) if hook.state is not hooks.State.INSTALLED]
    if missing:
        message = _("this clone checks nothing before a commit or push: {names} missing")
        yield Finding(_NAME, State.WARNING, message.format(names=", ".join(missing)), "crmtext hooks install")
    jobs = tuple(text for _path, text in _jobs(repo) if _CHECK in text)
    guarded = bool(patient.settings and patient.settings.access)
    see = _("make the check required: docs/ci; on a server of your own: crmtext hooks install --pre-receive REPOSITORY")
    if not jobs:
        message = _("no job of this repository runs crmtext check; from here a server's own hook can't be seen")
        yield Finding(_NAME, State.WARNING, message, see)
    elif guarded and not any(_ACCESS in text for text in jobs):
        message = _("no job runs crmtext check --access, and crmtext.toml has access rights")
        yield Finding(_NAME, State.WARNING, message, see)
    elif not missing:
        yield Finding(_NAME, State.FINE, _("hooks are installed, and a job checks pull requests"))


def _jobs(repo: Repository) -> Iterator[tuple[str, bytes]]:
    """The files of jobs in the last commit."""
    entries = {entry.blob: entry.path for entry in tree(repo, head(repo), *_JOBS) if entry.mode.startswith("100")}
    for blob, content in read_blobs(repo, entries):
        yield entries[blob], content
