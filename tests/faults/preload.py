"""The library that makes calls go wrong: compiled, and told what to do through a page of memory that all share."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("preload.c")
PAGE: Final = 1 << 16
NEVER: Final = 1 << 60
#: What can happen to a call: the number that the library knows it by, and the errno of one that fails.
FAULTS: Final = {
    "kill": (1, 0),
    "torn": (2, 0),
    "full": (3, errno.ENOSPC),
    "broken": (3, errno.EIO),
}


def missing() -> str:
    """What the machine lacks for such tests; empty if nothing."""
    if sys.platform != "linux":
        return "Linux"
    return "" if shutil.which("gcc") else "gcc"


def compiled(folder: Path) -> Path:
    """The library, compiled into a folder."""
    library = folder / "preload.so"
    asked = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(asked, check=True, capture_output=True)
    return library


class Page:
    """The shared page of a process that was started with the library."""

    def __init__(self, path: Path) -> None:
        self.memory = mmap.mmap(os.open(path, os.O_RDWR), PAGE)

    @staticmethod
    def new(path: Path) -> Path:
        """A page in which nothing goes wrong."""
        path.write_bytes(bytes(PAGE))
        return path

    def arm(self, number: int, fault: str) -> None:
        """Have this call go wrong, counted from 1."""
        self.memory[32:PAGE] = bytes(PAGE - 32)
        self.memory[:32] = struct.pack("<4q", 0, number, *FAULTS[fault])

    def disarm(self) -> tuple[bool, ...]:
        """Have nothing go wrong any more; of each call there was, whether it wrote bytes."""
        count = struct.unpack("<q", self.memory[:8])[0]
        self.memory[:32] = bytes(32)
        kinds = struct.unpack(f"<{count}q", self.memory[40 : 40 + 8 * count]) if count < PAGE // 8 - 5 else ()
        return tuple(kind == 1 for kind in kinds)
