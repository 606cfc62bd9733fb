"""Words quoted for a command line to type or copy."""

from __future__ import annotations

import shlex

from crmtext.values import lazy

_PLAIN = lazy.pattern(r"@?[\w.,=/·（）\[\]+-]+")
#: Characters with a meaning between double quotes.
_LIVE = lazy.pattern(r"[\"$`\\!]")


def is_plain(word: str) -> bool:
    """Whether a shell reads a word literally, so that it needs no quotes."""
    return _PLAIN.fullmatch(word) is not None


def quoted(word: str) -> str:
    """Return the word quoted for a shell; unlike the library, without quotes round Chinese, and simply if it can be."""
    if is_plain(word):
        return word
    return f'"{word}"' if "'" in word and not _LIVE.search(word) else shlex.quote(word)
