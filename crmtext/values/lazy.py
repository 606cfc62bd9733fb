"""Regular expressions compiled at first use: most commands use few of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import Any


class _Pattern:
    """A proxy for a pattern; each attribute is looked up once."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, value)
        return value


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern like `re.compile`'s that is compiled at first use.

    An error in `source` shows only then: a test compiles all of them.
    """
    return cast("re.Pattern[str]", _Pattern(source, flags))
