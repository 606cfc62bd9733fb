"""Limits for JSON and TOML, checked before parsing: parsers differ in their limits, and some crash at them."""

from __future__ import annotations

import re

from crmtext.i18n import _
from crmtext.values import lazy

#: The longest number: below the least PYTHONINTMAXSTRDIGITS, and reading takes time by the square of the digits.
_MOST_DIGITS = 600
#: Strings and comments match whole, unclosed ones to the end of the line or file, so that no character is scanned
#: twice. Brackets and dots nest; the end of a name ends its dots.
_TOKEN = lazy.pattern(
    r'"""(?:[^\\]|\\.?)*?(?:"""|\Z)|'
    r"'''.*?(?:'''|\Z)|"
    r'"(?:[^"\\\n]|\\.)*"?|'
    r"'[^'\n]*'?|#[^\n]*|"
    rf"(?P<number>[0-9][0-9_]{{{_MOST_DIGITS},}})|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<dot>\.)|(?P<end>[=,:\n])",
    re.DOTALL,
)


def limit_passed(text: str, deepest: int) -> tuple[str, int] | None:
    """The first limit that a text exceeds, in words, and its offset; None if it exceeds none."""
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "open":
                depth, dots = depth + 1, 0
            case "close":
                depth, dots = max(depth - 1, 0), 0
            case "dot":
                dots += 1
            case "end":
                dots = 0
            case "number":
                return _("a number has more than {n} digits").format(n=_MOST_DIGITS), token.start()
        if max(depth, dots) > deepest:
            return _("nested more than {n} levels deep").format(n=deepest), token.start()
    return None
