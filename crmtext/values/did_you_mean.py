"""The known word nearest to a mistyped one, and the hint with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longer words aren't compared.
_LONGEST = 200
#: From this length on, as in ids, more characters must be right.
_LONG = 10


def nearest(typed: str, known: Iterable[str], *, loose: bool = False) -> str:
    """Return the known word nearest to a typed one; empty if none is near.

    `loose`, for hints on typed text: one of two or three Chinese characters may be wrong.
    """
    folded = {_folded(name): name for name in reversed([*known])}
    typed = _folded(typed)
    if typed in folded:
        return folded[typed]
    if swapped := next((name for name in folded if _swapped(typed, name)), ""):
        return folded[swapped]
    if len(typed) > _LONGEST:
        return ""
    import difflib

    close = difflib.get_close_matches(typed, folded, n=1, cutoff=_cutoff(typed, loose=loose))
    return folded[close[0]] if close else ""


def did_you_mean(near: str, otherwise: str = "") -> str:
    """Return the hint with the near word; without one, the other hint."""
    return _("did you mean '{near}'?").format(near=near) if near else otherwise


def _cutoff(typed: str, *, loose: bool) -> float:
    """The required similarity, from 0 to 1."""
    if loose and not typed.isascii():
        return 0.6 if len(typed) > 2 else 0.5
    return 0.7 if len(typed) < _LONG else 0.8


def _swapped(typed: str, name: str) -> bool:
    """Whether two adjacent letters are swapped: difflib doesn't see that `lgo` is near `log`."""
    if len(typed) != len(name) or len(name) <= 2:
        return False
    at = next((number for number, (one, other) in enumerate(zip(typed, name, strict=True)) if one != other), len(name))
    return typed == name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", "-")
