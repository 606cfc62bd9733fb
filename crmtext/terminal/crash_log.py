"""A log of an internal error, ready to paste into an issue: places in the code, no customer data."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator


def text(error: BaseException, command: str) -> str:
    """Return the types and places of an error and its causes; no messages, arguments, values or source lines."""
    head = (f"crmtext {__version__}", f"python {platform.python_version()}", platform.platform(), f"command {command}")
    return "\n".join((*head, *_lines(error))) + "\n"


def _lines(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause and id(cause) not in seen:
        seen.add(id(cause))
        yield f"\n{type(cause).__module__}.{type(cause).__qualname__}"
        for frame, line in traceback.walk_tb(cause.__traceback__):
            yield f"  {_short(frame.f_code.co_filename)}:{line}: {frame.f_code.co_qualname}"
        cause = cause.__cause__ or cause.__context__


def _short(file: str) -> str:
    """The path inside the package: the part before it may contain the user's name."""
    path = Path(file)
    for root in ("site-packages", "dist-packages"):
        if root in path.parts:
            return Path(*path.parts[path.parts.index(root) + 1 :]).as_posix()
    package = Path(__file__).parents[1]
    return path.relative_to(package.parent).as_posix() if path.is_relative_to(package) else path.name


def write(error: BaseException, command: str) -> Path:
    """Write the report to a new file in the system's temp folder and return its path."""
    handle, path = tempfile.mkstemp(prefix="crmtext-bug-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text(error, command))
    return Path(path)
