"""The error for a file that can't be read."""

from __future__ import annotations

from crmtext.i18n import _
from crmtext.problem import CrmError, cannot


def unreadable(name: str, reason: str, hint: str = "") -> CrmError:
    """Return the error for a file that can't be imported, with exit code 3; it names file and reason."""
    message = _("can't import {file}: {reason}").format(file=name, reason=reason)
    return cannot("unreadable-file", message, hint or _("check the file, or export it again"))
