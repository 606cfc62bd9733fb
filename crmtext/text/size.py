"""How large a record may be: known without the door to YAML."""

from __future__ import annotations

from crmtext.i18n import _
from crmtext.problem import Place, Problem

#: The largest record that is read, in bytes.
MAX_BYTES = 256 * 1024


def too_large(path: str, size: int, limit: int = MAX_BYTES) -> Problem:
    """The problem of a file of more bytes than are read."""
    message = _("the file has {size} bytes; a record may have {limit}").format(size=size, limit=limit)
    return Problem("file-too-large", message, Place(path), _("move long texts out, or split the customer"))
