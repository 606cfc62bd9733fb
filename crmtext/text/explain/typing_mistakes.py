"""Findings of Chinese punctuation in place of YAML's, whether the text parses or not."""

from __future__ import annotations

from crmtext.i18n import _
from crmtext.problem import Edit
from crmtext.text.explain.parser_error import Finding
from crmtext.values import lazy

#: Text that can't begin a value: nothing is fixed before it.
_ODD = lazy.pattern(r"[ \t]*(?:[#&*!|>%@`,\]}?:]|-\s)")


def wide_colon(key: str, start: int, text: str) -> Finding:
    """The finding of a full-width colon that stands at an offset, after a key."""
    blank = "" if text[start + 1 : start + 2] in ("", " ", "\n", "\r") else " "
    return Finding(
        "fullwidth-colon",
        _("full-width colon (：) after '{key}'").format(key=key),
        _("use a half-width colon and a space: '{key}: '").format(key=key),
        start,
        start + 1,
        (Edit(start, start + 1, ":" + blank),) if _ODD.match(text, start + 1) is None else (),
    )


def wide_indent(start: int, end: int) -> Finding:
    """The finding of full-width spaces between two offsets, before a key."""
    return Finding(
        "fullwidth-space",
        _("the line is indented with a full-width space"),
        _("indent with half-width spaces"),
        start,
        end,
    )


def wide_comma(start: int, end: int, *fix: Edit) -> Finding:
    """The finding of a full-width comma between two offsets, in a list in brackets."""
    return Finding(
        "fullwidth-comma",
        _("a full-width comma does not separate items"),
        _("use a half-width comma; put the item in quotes if the comma belongs to it"),
        start,
        end,
        fix,
    )


def no_space(key: str, start: int, text: str) -> Finding:
    """The finding of a key whose value begins right after the colon, at an offset."""
    return Finding(
        "colon-without-space",
        _("missing space after '{key}:'").format(key=key),
        _("put a space between '{key}:' and the value").format(key=key),
        start - 1,
        start,
        (Edit(start, start, " "),) if _ODD.match(text, start) is None else (),
    )
