"""Examine the git hooks and the merge driver, which each clone installs for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.setup import hooks, merge_driver
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.setup.doctor.patient import Patient


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield whether all are installed and up to date."""
    if patient.store is None or patient.repository is None:
        return
    wanting = [hook.name for hook in hooks.status(patient.repository) if hook.state is not hooks.State.INSTALLED]
    if merge_driver.state(patient.repository) is not hooks.State.INSTALLED:
        wanting.append(merge_driver.NAME)
    if (folder := hooks.elsewhere(patient.repository)) and {*wanting} - {merge_driver.NAME}:
        message = _("core.hooksPath makes git use the hooks in '{folder}'").format(folder=folder)
        yield Finding("hooks", State.ERROR, message, hooks.own_folder_command(patient.repository))
    elif wanting:
        message = _("missing or outdated: {names}").format(names=", ".join(wanting))
        yield Finding("hooks", State.ERROR, message, "crmtext hooks install")
    else:
        yield Finding("hooks", State.FINE, _("all hooks are installed"))
