"""Regular expressions that are compiled when they are first asked: most commands ask few of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import Any


class _Pattern:
    """Stands for a pattern; what has been asked of it once is answered by the pattern itself."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        asked = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, asked)
        return asked


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives for the same arguments, but for the time at which it is compiled.

    A mistake in `source` shows when it is first used: a test compiles all of them.
    """
    return cast("re.Pattern[str]", _Pattern(source, flags))
