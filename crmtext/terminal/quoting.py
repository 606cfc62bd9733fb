"""Words as they stand on a command line that a person is to type or copy."""

from __future__ import annotations

import shlex

from crmtext.values import lazy

_PLAIN = lazy.pattern(r"@?[\w.,=/·（）\[\]+-]+")


def is_plain(word: str) -> bool:
    """Whether a shell takes a word for itself: it is put on the command line as it is, `$(…)` in a name as well."""
    return _PLAIN.fullmatch(word) is not None


def quoted(word: str) -> str:
    """The word as a shell takes it; Chinese stays as it is, which the library would put in quotes."""
    return word if is_plain(word) else shlex.quote(word)
