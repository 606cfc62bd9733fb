"""The names and the id of a customer in a text that can't be read as YAML, or not fast enough."""

from __future__ import annotations

import re

from crmtext.values import lazy

#: Words with blanks between them, up to a comment. It never goes back: long rows of blanks would make that slow.
_LINE = lazy.pattern(r"^(?:short_)?name[ \t]*+:[ \t]++([^\s#]\S*+(?:[ \t]++(?!#)\S++)*+)", re.MULTILINE)

_ID = lazy.pattern(r"""^(?:\{[ \t]*+)?["']?id["']?[ \t]*+:[ \t]*+["']?([^\s"'#,}]++)""", re.MULTILINE)


def id_of(text: str) -> str:
    """The value of the first line that looks like `id` of a record; empty if there is none."""
    match = _ID.search(text)
    return match[1] if match else ""


def names(text: str) -> tuple[str, ...]:
    """The values of lines that look like `name` or `short_name` of a record, in order."""
    return tuple(name.strip("'\"") for name in _LINE.findall(text))
