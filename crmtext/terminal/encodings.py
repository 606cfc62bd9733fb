"""UTF-8 in any locale for file names, git's output, arguments and pipes; a terminal keeps its own encoding."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress

#: The encodings of locales that name none: they tell nothing about the terminal.
_NONE = frozenset({"ascii", "us-ascii", "ansi_x3.4-1968", "646", ""})
#: ASCII for our own signs that a terminal's encoding lacks.
_PLAIN = {
    "…": "...",
    "→": "->",
    "·": ".",
    "•": "*",
    "–": "-",
    "—": "-",
    "−": "-",
    "‘": "'",
    "’": "'",
    "“": "'",
    "”": "'",
}
_ERRORS = "crmtext-readable"


def start() -> None:
    """Make paths and arguments UTF-8 in this process: restart Python in UTF-8 mode if they aren't."""
    if sys.getfilesystemencoding().lower() in ("utf-8", "utf8") or not sys.executable:
        return
    given = _given()
    os.execv(os.fsencode(sys.executable), [os.fsencode(sys.executable), b"-X", b"utf8", *given[1:]])  # noqa: S606 - the same words


def streams() -> None:
    """Make pipes UTF-8; a terminal keeps its own encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = _of_terminal(stream) if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace" if encoding == "utf-8" else error_handler())
    if isinstance(sys.stdin, io.TextIOWrapper):
        encoding = _of_terminal(sys.stdin) if sys.stdin.isatty() else "utf-8"
        # A calling program may already have read from it.
        with suppress(io.UnsupportedOperation):
            sys.stdin.reconfigure(encoding=encoding, errors="surrogateescape")


def argument(text: str) -> str | None:
    """Return an argument that isn't valid UTF-8 decoded by the locale's encoding; None if that fails too."""
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return os.fsencode(text).decode(_of_locale())
        except (UnicodeError, LookupError):
            return None
    return text


def _given() -> list[bytes]:
    """The command line of this process, as bytes."""
    try:
        with open("/proc/self/cmdline", "rb") as file:  # noqa: PTH123 - loads no pathlib
            words = file.read().split(b"\0")[:-1]
    except OSError:
        words = []
    # glibc and Python disagree on some bytes of GBK and Big5: encoding Python's text may not restore them.
    return words if len(words) == len(sys.orig_argv) else [os.fsencode(word) for word in sys.orig_argv]


def _of_locale() -> str:
    import locale

    return locale.getencoding()


def _of_terminal(stream: io.TextIOWrapper) -> str:
    # In UTF-8 mode Python treats any terminal as UTF-8 unless PYTHONIOENCODING says otherwise.
    asked = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    encoding = _of_locale() if sys.flags.utf8_mode and not asked else stream.encoding
    try:
        return "utf-8" if encoding.lower() in _NONE else codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"


def error_handler() -> str:
    """Return the error handler for missing characters: our own signs in ASCII, others as JSON escapes."""

    def replaced(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        from crmtext.terminal.width import json_escape

        lacking = error.object[error.start : error.end]
        return "".join(_PLAIN.get(sign) or json_escape(sign) for sign in lacking), error.end

    codecs.register_error(_ERRORS, replaced)
    return _ERRORS
