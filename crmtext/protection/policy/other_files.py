"""The changes of files that are neither records nor settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.protection.policy.change import ADDED, CHANGED, FILE, REMOVED, Change
from crmtext.text.read.load import peek

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.protection.policy.files import File
    from crmtext.protection.policy.patterns import Path

#: The folders of what was given to others, an entry for each file, and of customers who were erased.
DISCLOSURES, ERASED = ("privacy", "disclosures"), ("privacy", "erased")
#: The first step of a path that only the pattern `*` covers.
OUTSIDE = ".."
_ODD = frozenset({"", ".", "..", ".git"})


def changes(path: str, inside: str | None, old: File | None, new: File | None) -> Iterator[Change]:
    """Yield the change of a file; `inside` is its path in the store, None if it is outside of it."""
    kind = CHANGED if old and new else ADDED if new else REMOVED
    steps = tuple(path.split("/") if inside is None else inside.split("/"))
    # A symlink may lead anywhere, and a submodule brings files that nobody judges.
    regular = all(file.regular for file in (old, new) if file)
    if inside is None or not regular or any(step.casefold() in _ODD for step in steps):
        steps = (OUTSIDE, *steps)
    yield Change(FILE, kind, path, steps, (steps,), by=_disclosed_by(steps, new) if kind == ADDED else "")


def _disclosed_by(steps: Path, file: File | None) -> str:
    """The handle of the colleague in an added disclosure; empty if it is none, or can't be read."""
    if steps[:-1] != DISCLOSURES or not steps[-1].endswith(".yaml") or not file or not isinstance(file.content, bytes):
        return ""
    document = peek(file.content, "/".join(steps))
    by = document.data.get("by") if isinstance(document.data, dict) and not document.problems else None
    return by if isinstance(by, str) else ""
