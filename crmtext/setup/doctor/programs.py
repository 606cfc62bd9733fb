"""Examine the programs in the repository's git config, which in a received folder can be malicious."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.config import config_get, programs
from crmtext.i18n import _
from crmtext.setup import hooks, merge_driver
from crmtext.setup.doctor.finding import Finding, State
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.setup.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a finding for each program that is not ours."""
    if patient.repository is None:
        return
    foreign = [(key, program) for key, program in programs(patient.repository) if not _ours(patient.repository, key)]
    for key, program in foreign:
        message = _("this repository's git config runs a program: {key} = {program}")
        fix = "crmtext hooks install" if key == merge_driver.DRIVER else f"git config --unset-all {quoted(key)}"
        yield Finding("programs", State.WARNING, message.format(key=key, program=program), fix)
    if not foreign:
        yield Finding("programs", State.FINE, _("the repository's git config runs no programs"))


def _ours(repo: Repository, key: str) -> bool:
    if key == merge_driver.DRIVER:
        return merge_driver.state(repo) is hooks.State.INSTALLED
    return key == "diff.crmtext.textconv" and config_get(repo, key) == "crmtext textconv"
