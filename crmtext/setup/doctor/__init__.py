"""Check the setup of a clone: each examination yields findings, with the command that fixes each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from crmtext.problem import CrmError
from crmtext.setup.doctor.finding import Finding, State
from crmtext.setup.doctor.patient import Patient

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DOCTOR", "Finding", "Patient", "State", "examine"]

Examination = Callable[[Patient], Iterator[Finding]]

#: Every examination by name, in the order of a first setup.
DOCTOR: Mapping[str, str] = {
    **{
        name: f"crmtext.setup.doctor.{name}:examine"
        for name in (
            "python",
            "git",
            "identity",
            "editor",
            "settings",
            "schema",
            "hooks",
            "programs",
            "remotes",
            "ignored",
            "let_through",
            "leftovers",
        )
    },
    # It reads the commits of imports, which only that room knows.
    "imports": "crmtext.importers.past.squashed:examine",
    # The dates of backups are known in the room that makes them.
    "backup": "crmtext.protection.backup.dates:examine",
}

#: The examinations of a view, where nobody writes.
_OF_VIEWS = frozenset({"python", "git", "settings", "programs", "remotes", "leftovers"})


def examine(folder: Path, examinations: Mapping[str, str] = DOCTOR) -> Iterator[Finding]:
    """Yield the findings of these examinations for a folder, in a store or not."""
    patient = Patient(folder)
    is_view = bool(patient.settings and patient.settings.view)
    for name, target in examinations.items():
        if is_view and name in DOCTOR and name not in _OF_VIEWS:
            continue
        module, _colon, function = target.partition(":")
        examination: Examination = getattr(import_module(module), function)
        try:
            yield from examination(patient)
        except CrmError as error:
            place = f"{error.problem.place}: " if error.problem.place.line else ""
            yield Finding(name, State.ERROR, place + error.problem.message, error.problem.hint)
