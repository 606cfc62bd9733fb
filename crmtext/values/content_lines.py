"""Content lines, of which vCards (RFC 2426) and calendars (RFC 5545) consist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The most octets of a line without its end.
_LONGEST = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def text(value: object) -> str:
    """Return a value with the signs escaped that would end it."""
    return str(value).replace("\r\n", "\n").translate(_ESCAPES)


def parts(*values: object) -> str:
    """Return a value of several parts, as names and addresses have."""
    return ";".join(map(text, values))


def line(name: str, value: str) -> bytes:
    """Return a line with its end, folded after 75 octets and never within a character."""
    pieces = list(_folded(f"{name}:{value}"))
    return b"\r\n ".join(pieces) + b"\r\n"


def _folded(text: str) -> Iterator[bytes]:
    raw = text.encode("utf-8", "replace")
    room = _LONGEST
    while len(raw) > room:
        end = room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[:end]
        raw = raw[end:]
        # The blank that marks a folded line counts.
        room = _LONGEST - 1
    yield raw
