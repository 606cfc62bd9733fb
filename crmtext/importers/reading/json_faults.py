"""What makes a JSON text unusable, with its line: depth, repeated names, NaN and endless numbers."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from crmtext.i18n import _

#: The most levels of a text, and the most digits of a whole number.
MOST_LEVELS, MOST_DIGITS = 50, 400
_TOKEN = re.compile(
    r'(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")\s*(?P<colon>:)?|[\[{]|[\]}]|(?P<constant>NaN|-?Infinity)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)",
    re.DOTALL,
)


def is_deep(content: Any) -> bool:
    """Whether a value has too many levels."""
    level = [content]
    for _depth in range(MOST_LEVELS + 1):
        level = [
            below
            for value in level
            if isinstance(value, (dict, list))
            for below in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def first(text: str, line: int) -> str:
    """Return what is wrong first in a text that begins in this line, with its own line."""
    names: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        sign = token[0][0]
        fault = ""
        if sign in "[{":
            names.append(set())
            fault = _("nested too deeply") if len(names) > MOST_LEVELS else ""
        elif sign in "]}":
            names[-1:] = []
        elif token["colon"] and names:
            name = json.loads(token["text"], strict=False)
            fault = _("the name {name} occurs twice in an object").format(name=ascii(name)[:60])
            fault = fault if name in names[-1] else ""
            names[-1].add(name)
        elif token["constant"]:
            fault = _("{word} is not a JSON number").format(word=token[0])
        elif token["number"]:
            fault = _("a number is too large") if _is_endless(token[0]) else ""
        if fault:
            here = line + text.count("\n", 0, token.start())
            return _("line {line}: {fault}").format(line=here, fault=fault)
    return _("nested too deeply")


def _is_endless(digits: str) -> bool:
    return len(digits) > MOST_DIGITS or not math.isfinite(float(digits))
