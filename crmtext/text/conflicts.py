"""Conflict markers that git left in a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Problem
from crmtext.text.document import place_at

if TYPE_CHECKING:
    from collections.abc import Iterator

# Only at the left edge: a record is a map, so whatever stands in a value is indented.
_MARK = re.compile(r"^(?:<{7}|>{7}|\|{7}|={7})(?: [^\n]*|\r)?$", re.MULTILINE)
_KEY = re.compile(r"^([^\s:#-][^:\n]*):", re.MULTILINE)


def markers(text: str, path: str) -> Iterator[Problem]:
    """A problem for each conflict left in the text, naming the keys it is about."""
    if not any(sign in text for sign in ("<<<<<<<", "=======", ">>>>>>>")):
        return
    for start, end in _conflicts(text):
        keys = ", ".join(dict.fromkeys(_KEY.findall(text, start, end)))
        message = _("git left a conflict here: {keys}").format(keys=keys) if keys else _("git left a conflict here")
        hint = _("keep one side and delete the lines with <<<<<<<, ======= and >>>>>>>")
        excerpt = text[start:end].split("\n", maxsplit=1)[0].rstrip("\r")
        yield Problem("conflict-marker", message, place_at(path, text, start, end), hint, excerpt=excerpt)


def _conflicts(text: str) -> Iterator[tuple[int, int]]:
    """Where each conflict begins and ends; a mark that was left alone is one by itself."""
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text):
        if mark.group().startswith("<"):
            if opened:
                yield opened.span()
            opened = mark
        elif opened is None:
            yield mark.span()
        elif mark.group().startswith(">"):
            yield opened.start(), mark.end()
            opened = None
    if opened:
        yield opened.span()
