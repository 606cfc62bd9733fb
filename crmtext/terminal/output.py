r"""The only way to the terminal: output without invisible characters or ones that a terminal would obey.

Everything written to stdout or stderr passes here: answers, errors, questions, help, output of git and Click, and
cached answers. Control, escape and direction characters are written out (`\\u001b`), which is also how JSON
has them, so that JSON stays the same data.
"""

from __future__ import annotations

import os
import sys

# Spelled out: a cached answer is replayed before `typing` or `re` is imported.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO, Self, TextIO


#: Letters and marks that Python calls printable but that show nothing.
UNSEEN_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"


def is_plain(text: str) -> bool:
    """Whether a text has nothing to escape: a quick test that may be False too often."""
    flat = text.replace("\n", "").replace("\t", "").replace("\u3000", "")
    return flat.isprintable() and (flat.isascii() or not any(sign in flat for sign in UNSEEN_LETTERS))


class Output:
    """A proxy for stdout or stderr that changes only writing."""

    def __init__(self, stream: TextIO, choice: str) -> None:
        self.unguarded = stream
        self._choice = choice

    def __getattr__(self, name: str) -> object:
        return getattr(self.unguarded, name)

    def write(self, text: str) -> int:
        """Write a text; the only escapes that pass are our own colours, if enabled."""
        self.unguarded.write(text if is_plain(text) else self._safe(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    def _safe(self, text: str) -> str:
        from crmtext.terminal import color
        from crmtext.terminal.width import printable

        if "\x1b" in text and color.colours(self._choice, self.unguarded):
            return "".join(part if number % 2 else printable(part) for number, part in enumerate(color.OWN.split(text)))
        return printable(text)


def write_error(text: str) -> None:
    """Write to standard error, if there is one."""
    if sys.stderr:
        sys.stderr.write(text)


def control(stream: TextIO, sequence: str) -> None:
    """Write one of our own control sequences to the terminal."""
    (stream.unguarded if isinstance(stream, Output) else stream).write(sequence)


def binary(stream: TextIO) -> BinaryIO | None:
    """Return the stream of bytes below stdout; None for a terminal, and if there are no bytes below."""
    below: BinaryIO | None = getattr(stream.unguarded if isinstance(stream, Output) else stream, "buffer", None)
    return None if stream.isatty() else below


class QuietPipe:
    """Ends a block without an error if the output's reader has gone, as after `crmtext list | head`."""

    def __init__(self) -> None:
        self.broken = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> bool:
        self.broken = isinstance(error, BrokenPipeError)
        if self.broken:
            # The rest of the buffer would raise again when Python closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return self.broken


class Guarded:
    """Guards all output during a block."""

    def __init__(self, choice: str) -> None:
        self._choice = choice

    def __enter__(self) -> Self:
        self._before = sys.stdout, sys.stderr
        for name, stream in zip(("stdout", "stderr"), self._before, strict=True):
            if stream is not None:
                setattr(sys, name, Output(stream, self._choice))
        return self

    def __exit__(self, *_error: object) -> None:
        sys.stdout, sys.stderr = self._before
