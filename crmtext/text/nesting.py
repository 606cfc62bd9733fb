"""Limits of JSON and TOML, judged before their parsers: each of those stops elsewhere, and not all by an error."""

from __future__ import annotations

import re

from crmtext.i18n import _
from crmtext.values import lazy

#: The longest number: Python can be told to read no more digits than this, and takes the square of their count.
_MOST_DIGITS = 600
#: Texts and comments are passed over whole, those that are not closed to the end of the line or file: no sign is looked
#: at twice. Brackets and dots nest, and whatever ends a name ends its dots.
_TOKEN = lazy.pattern(
    r'"""(?:[^\\]|\\.?)*?(?:"""|\Z)|'
    r"'''.*?(?:'''|\Z)|"
    r'"(?:[^"\\\n]|\\.)*"?|'
    r"'[^'\n]*'?|#[^\n]*|"
    rf"(?P<number>[0-9][0-9_]{{{_MOST_DIGITS},}})|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<dot>\.)|(?P<end>[=,:\n])",
    re.DOTALL,
)


def limit_passed(text: str, deepest: int) -> tuple[str, int] | None:
    """The first limit that a text passes, in words, and the offset where; None for one that keeps them."""
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
