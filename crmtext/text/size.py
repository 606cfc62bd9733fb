"""Size limits of a record, known without importing YAML."""

from __future__ import annotations

from crmtext.i18n import _
from crmtext.problem import Place, Problem

#: The size of the largest record, in bytes.
MAX_BYTES = 256 * 1024
#: The longest field name. YAML itself requires the colon within 1,024 characters, with or without `?`.
MAX_NAME = 200


def too_large(path: str, size: int, limit: int = MAX_BYTES) -> Problem:
    """The problem of a file that exceeds the limit."""
    message = _("the file is too large: {size} bytes, the limit is {limit}").format(size=size, limit=limit)
    return Problem("file-too-large", message, Place(path), _("move long texts to other files, or split the record"))


def name_too_long(length: int) -> tuple[str, str, str]:
    """The rule, message and hint for a field name of this length."""
    message = _("the field name is too long: {n} characters, the limit is {limit}").format(n=length, limit=MAX_NAME)
    return "key-too-long", message, _("shorten it, or enter the text as a value: 'notes: …'")
