"""What a clone needs to work well: each examination names what it found, and the one command that mends it."""

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

#: Every examination by name, in the order in which a newcomer would go about it.
DOCTOR: Mapping[str, str] = {
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
}


def examine(folder: Path) -> Iterator[Finding]:
    """The findings of all examinations of the store that a folder lies in; also without one."""
    patient = Patient(folder)
    for name, target in DOCTOR.items():
        module, _colon, function = target.partition(":")
        examination: Examination = getattr(import_module(module), function)
        yield from _told(name, examination, patient)


def _told(name: str, examination: Examination, patient: Patient) -> Iterator[Finding]:
    try:
        yield from examination(patient)
    except CrmError as error:
        place = f"{error.problem.place}: " if error.problem.place.line else ""
        yield Finding(name, State.ERROR, place + error.problem.message, error.problem.hint)
