"""UTF-8 whatever the locale: file names, git's answers, arguments and pipes; a terminal has its own encoding."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress

#: A locale without an encoding says nothing about the terminal.
_NONE = frozenset({"ascii", "us-ascii", "ansi_x3.4-1968", "646", ""})
#: What a terminal shows in place of signs of ours that its encoding lacks.
_PLAIN = {"…": "...", "→": "->", "·": ".", "•": "*", "–": "-", "—": "-", "‘": "'", "’": "'", "“": "'", "”": "'"}
_ERRORS = "crmtext-readable"


def start() -> None:
    """Make this process one in which paths and arguments are UTF-8: Python is started again where they are not."""
    if sys.getfilesystemencoding().lower() in ("utf-8", "utf8") or not sys.executable:
        return
    given = _given()
    os.execv(os.fsencode(sys.executable), [os.fsencode(sys.executable), b"-X", b"utf8", *given[1:]])  # noqa: S606 - the same words


def streams() -> None:
    """Make pipes UTF-8; a terminal gets, and gives, its own encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = _of_terminal(stream) if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace" if encoding == "utf-8" else readable())
    if isinstance(sys.stdin, io.TextIOWrapper):
        encoding = _of_terminal(sys.stdin) if sys.stdin.isatty() else "utf-8"
        # A program that calls us may have read from it before.
        with suppress(io.UnsupportedOperation):
            sys.stdin.reconfigure(encoding=encoding, errors="surrogateescape")


def argument(text: str) -> str | None:
    """An argument that isn't valid UTF-8, read in the locale's encoding; None where it isn't valid there either."""
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return os.fsencode(text).decode(_of_locale())
        except (UnicodeError, LookupError):
            return None
    return text


def _given() -> list[bytes]:
    """The words that started this process, as bytes."""
    try:
        with open("/proc/self/cmdline", "rb") as file:  # noqa: PTH123 - loads no pathlib
            words = file.read().split(b"\0")[:-1]
    except OSError:
        words = []
    # glibc and Python disagree on some bytes of GBK and Big5: what Python made of them may not lead back to them.
    return words if len(words) == len(sys.orig_argv) else [os.fsencode(each) for each in sys.orig_argv]


def _of_locale() -> str:
    import locale

    return locale.getencoding()


def _of_terminal(stream: io.TextIOWrapper) -> str:
    # In UTF-8 mode Python takes any terminal for a UTF-8 one, unless it is told otherwise.
    asked = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    encoding = _of_locale() if sys.flags.utf8_mode and not asked else stream.encoding
    try:
        return "utf-8" if encoding.lower() in _NONE else codecs.lookup(encoding).name
    except LookupError:
        return "utf-8"


def readable() -> str:
    """The way to write what an encoding lacks: our own signs in ASCII, others by number, as JSON has them."""

    def replaced(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        from crmtext.terminal.width import numbered

        lacking = error.object[error.start : error.end]
        return "".join(_PLAIN.get(sign) or numbered(sign) for sign in lacking), error.end

    codecs.register_error(_ERRORS, replaced)
    return _ERRORS
