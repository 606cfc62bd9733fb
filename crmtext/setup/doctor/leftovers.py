"""What writers that were killed have left behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.layout import LEFTOVERS, RECORDS, SCHEMA_FOLDER
from crmtext.setup.doctor.finding import Finding, State
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmtext.setup.doctor.patient import Patient

#: A younger file may be one that is being written.
_SECONDS = 60


def examine(patient: Patient) -> Iterator[Finding]:
    """A warning at half-written files that no writer can still be busy with."""
    found = sorted(path for folder in _folders(patient) for path in folder.glob(LEFTOVERS) if _is_old(path))
    if not found:
        yield Finding("leftovers", State.FINE, _("none"))
        return
    message = plural(
        "{n} half-written file left by an interrupted command",
        "{n} half-written files left by interrupted commands",
        len(found),
    )
    yield Finding("leftovers", State.WARNING, message, " ".join(("rm", "--", *map(quoted, map(patient.shown, found)))))


def _folders(patient: Patient) -> Iterator[Path]:
    """Where writers put what they have not finished: beside each file, and in git's folder."""
    if patient.store:
        yield patient.store.root
        for name in (RECORDS, SCHEMA_FOLDER):
            folder = patient.store.root / name
            yield from (each for each in (folder, *folder.rglob("*")) if each.is_dir() and not each.is_symlink())
    if patient.repository:
        yield patient.repository.git_dir


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _SECONDS
    except OSError:
        return False
