"""Examine files left behind by killed processes."""

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

#: A newer file may still be in use.
_SECONDS = 60


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield a warning for half-written files that are too old to be in use."""
    files = sorted(path for folder in _folders(patient) for path in folder.glob(LEFTOVERS) if _is_old(path))
    if not files:
        yield Finding("leftovers", State.FINE, _("none"))
        return
    message = plural(
        "{n} half-written file left by an interrupted command",
        "{n} half-written files left by interrupted commands",
        len(files),
    )
    yield Finding("leftovers", State.WARNING, message, " ".join(("rm", "--", *map(quoted, map(patient.shown, files)))))


def _folders(patient: Patient) -> Iterator[Path]:
    """The folders of unfinished files: beside each file, and git's folder."""
    if patient.store:
        yield patient.store.root
        for name in (RECORDS, SCHEMA_FOLDER):
            folder = patient.store.root / name
            yield from (path for path in (folder, *folder.rglob("*")) if path.is_dir() and not path.is_symlink())
    if patient.repository:
        yield patient.repository.git_dir


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _SECONDS
    except OSError:
        return False
