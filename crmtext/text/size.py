"""How large a record may be: known without the door to YAML."""

from __future__ import annotations

from crmtext.i18n import _
from crmtext.problem import Place, Problem

#: The largest record that is read, in bytes.
MAX_BYTES = 256 * 1024
#: The longest name of a field. YAML itself knows a key by a colon within 1,024 characters, written with or without `?`.
MAX_NAME = 200


def too_large(path: str, size: int, limit: int = MAX_BYTES) -> Problem:
    """The problem of a file of more bytes than are read."""
    message = _("the file is too large: {size} bytes, the limit is {limit}").format(size=size, limit=limit)
    return Problem("file-too-large", message, Place(path), _("move long texts to other files, or split the record"))


def name_too_long(length: int) -> tuple[str, str, str]:
    """The rule, message and hint of a field name of so many characters."""
    message = _("the field name is too long: {n} characters, the limit is {limit}").format(n=length, limit=MAX_NAME)
    return "key-too-long", message, _("shorten it, or enter the text as a value: 'notes: …'")
