"""What git is told not to take in, and how it is to take in records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import driver_setup
from crmtext.doctor.finding import Finding, State
from crmtext.git.plumbing import ask
from crmtext.git.reading import ignores
from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.doctor.patient import Patient

#: What git must ignore, and the line that has it do so.
_IGNORED = (("reports/index.html", "/reports/"), ("records/.crmtext-0.tmp", ".crmtext-*.tmp*"))


def examine(patient: Patient) -> Iterator[Finding]:
    """A warning at each line that `.gitignore` or `.gitattributes` lacks."""
    store, repo = patient.store, patient.repository
    if store is None or repo is None:
        return
    wanting = [(".gitignore", line) for path, line in _IGNORED if not ignores(repo, repo.prefix + path)]
    eol = ask(repo, "check-attr", "eol", "--", f"{repo.prefix}records/C.yaml") or ""
    if not eol.endswith(": lf"):
        wanting.append((".gitattributes", "*.yaml text eol=lf"))
    if not driver_setup.attributed(repo):
        wanting.append((".gitattributes", driver_setup.ATTRIBUTE))
    for file, line in wanting:
        message = _("{file} lacks the line {line}").format(file=file, line=line)
        yield Finding("ignored", State.WARNING, message, f"echo '{line}' >> {patient.shown(store.root / file)}")
    if not wanting:
        yield Finding("ignored", State.FINE, ".gitignore, .gitattributes")
