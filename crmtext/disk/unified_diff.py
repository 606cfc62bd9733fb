"""Unified diffs that `git apply` accepts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def unified_diff(path: str, old: str | None, new: str | None, show: Callable[[str], str] | None = None) -> str:
    """Return the diff of a file from one text to another, None for a missing file; empty if they are the same.

    `show` gives the line to print for each line of the file, with its sign before it and its line end.
    """
    from difflib import unified_diff as lines_of

    before, after = (re.findall(r"[^\n]*\n|[^\n]+", text or "") for text in (old, new))
    first, second = "/dev/null" if old is None else f"a/{path}", "/dev/null" if new is None else f"b/{path}"
    lines = list(lines_of(before, after, first, second))
    if show:
        lines[2:] = map(show, lines[2:])
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
