"""Examine the editor of git and `crmtext edit`."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from crmtext.git.plumbing import ask
from crmtext.i18n import _
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield whether the editor is installed; on minimal systems git's default is not."""
    if patient.repository is None:
        return
    # Empty on a terminal that can't show an editor.
    command = ask(patient.repository, "var", "GIT_EDITOR") or ""
    program = next(iter(_words(command)), "")
    if program and shutil.which(program):
        yield Finding("editor", State.FINE, command)
        return
    message = _("the editor '{editor}' is not installed").format(editor=program) if program else _("no editor is set")
    yield Finding("editor", State.WARNING, message, "git config --global core.editor nano")


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()
