"""Examine who else on this computer can read the store's own files, and the private key."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.protection import keys
from crmtext.setup.doctor.finding import Finding, State
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmtext.setup.doctor.patient import Patient

_NAME = "permissions"
_READ, _WRITE, _ENTER = stat.S_IROTH, stat.S_IWOTH, stat.S_IXOTH


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a finding for folders that others may write to or read, and for a key that isn't yours alone."""
    if os.name == "nt" or patient.store is None:
        # Windows has no modes: its access lists are those of the user's own folder.
        return
    faults = [*_of_store(patient.store.root), *_of_key()]
    yield from faults
    if not faults:
        yield Finding(_NAME, State.FINE, _("only you can read this clone"))


def _of_store(root: Path) -> Iterator[Finding]:
    """The store's folder, if others can reach it at all."""
    if not all(_mode(folder) & _ENTER for folder in (root, *root.parents)):
        return
    command = f"chmod -R o-rwx {quoted(str(root))}"
    if _mode(root) & _WRITE:
        message = _("every user of this computer can change the files of this clone")
        yield Finding(_NAME, State.ERROR, message, command)
    elif _mode(root) & _READ:
        message = _("every user of this computer can read this clone")
        yield Finding(_NAME, State.WARNING, message, command)


def _of_key() -> Iterator[Finding]:
    """The private key that opens backups."""
    path = keys.place()
    if path.exists() and _mode(path) & (stat.S_IRWXG | stat.S_IRWXO):
        message = _("others can read your private key: {path}").format(path=keys.shown(path))
        yield Finding(_NAME, State.ERROR, message, f"chmod 600 {quoted(str(path))}")


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
