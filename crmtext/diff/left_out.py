"""The records that a comparison leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _

if TYPE_CHECKING:
    from crmtext.diff.customers import Comparison


def unreadable_line(comparison: Comparison) -> str:
    """Which records could not be compared; empty if all could."""
    if not comparison.unreadable:
        return ""
    paths = _(", ").join(comparison.unreadable[:5]) + ("…" if len(comparison.unreadable) > 5 else "")
    return _("not compared, because a side of it does not parse: {paths}").format(paths=paths)
