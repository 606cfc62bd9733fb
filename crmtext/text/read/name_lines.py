"""The names of a customer in a text that can't be read as YAML, or not fast enough."""

from __future__ import annotations

import re

from crmtext.values import lazy

_LINE = lazy.pattern(r"^(?:short_)?name[ \t]*:[ \t]+([^\s#].*?)(?:[ \t]+#.*)?[ \t\r]*$", re.MULTILINE)


def names(text: str) -> tuple[str, ...]:
    """The values of lines that look like `name` or `short_name` of a record, in order."""
    return tuple(name.strip("'\"") for name in _LINE.findall(text))
