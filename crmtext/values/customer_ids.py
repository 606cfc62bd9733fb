"""The letters of customers' ids, and the form of those that imports derive from their source."""

from __future__ import annotations

from crmtext.values import lazy

#: Without letters and digits that sound or look alike, because people read ids to each other.
LETTERS = "34679ACDEFGHJKMNPQRTUVWXY"
#: The number of letters of a derived id; a random one has fewer.
DERIVED = 6
_DERIVED = lazy.pattern(rf"C[0-9]{{8}}[{LETTERS}]{{{DERIVED}}}")


def is_derived(id_: str) -> bool:
    """Whether an id has the form of one that an import derived: records with the same one are one customer."""
    return _DERIVED.fullmatch(id_) is not None
