"""The program at a terminal of its own, as a person would use it."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 30.0
#: After how many seconds a key is pressed again.
_AGAIN = 2.0


@dataclass
class Terminal:
    """A program that runs at a terminal: what it has written there, and the way to type."""

    folder: Path
    arguments: tuple[str, ...]
    process: int = 0
    said: str = ""
    encoding: str = "utf-8"
    _end: int = field(default=-1, repr=False)

    def start(self) -> Terminal:
        """Start the program."""
        self.process, self._end = pty.fork()
        if self.process == 0:
            try:
                os.chdir(self.folder)
                os.execv(sys.executable, [sys.executable, "-m", "crmtext", *self.arguments])
            finally:
                os._exit(127)
        return self

    def until(self, words: str, again: str = "") -> str:
        """Wait until these words have been written, pressing a key again where one is given; all that was written."""
        end = time.monotonic() + _PATIENCE
        while words not in self.said:
            assert time.monotonic() < end, f"{words!r} did not come: {self.said!r}"
            if self._waits(_AGAIN):
                assert self._read(), f"{words!r} did not come before the end: {self.said!r}"
            elif again:
                os.write(self._end, again.encode(self.encoding))
        return self.said

    def type(self, text: str) -> None:
        """Type something."""
        self.said = ""
        os.write(self._end, text.encode(self.encoding))

    def end(self) -> int:
        """Wait for the program's end; its exit code, negative when it was killed."""
        while self._read():
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        os.close(self._end)
        return code

    def hang_up(self) -> int:
        """Close the terminal, as a window is closed."""
        os.close(self._end)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def kill(self) -> int:
        """Kill the program and all it has started."""
        os.killpg(self.process, signal.SIGKILL)
        return self.end()

    def _waits(self, seconds: float) -> bool:
        """Whether there is something to read, or the end, within these seconds."""
        return bool(select.select([self._end], [], [], seconds)[0])

    def _read(self) -> bool:
        try:
            data = os.read(self._end, 65536) if self._waits(_PATIENCE) else b""
        except OSError:
            # What Linux answers at the end of a terminal's program.
            return False
        self.said += data.decode(self.encoding, errors="replace")
        return bool(data)
