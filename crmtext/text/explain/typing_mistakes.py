"""Signs of a Chinese keyboard in place of YAML's, in words: in text that parses, and in text that does not."""

from __future__ import annotations

from crmtext.i18n import _
from crmtext.problem import Edit
from crmtext.text.explain.parser_error import Finding
from crmtext.values import lazy

#: What would not begin a value of its own: nothing is fixed before it.
_ODD = lazy.pattern(r"[ \t]*(?:[#&*!|>%@`,\]}?:]|-\s)")


def wide_colon(key: str, start: int, text: str) -> Finding:
    """The finding of a full-width colon that stands at an offset, after a key."""
    blank = "" if text[start + 1 : start + 2] in ("", " ", "\n", "\r") else " "
    return Finding(
        "fullwidth-colon",
        _("the colon after '{key}' is a full-width one (：)").format(key=key),
        _("write '{key}: ' with the colon of the English keyboard and a space").format(key=key),
        start,
        start + 1,
        (Edit(start, start + 1, ":" + blank),) if _ODD.match(text, start + 1) is None else (),
    )


def wide_indent(start: int, end: int) -> Finding:
    """The finding of full-width spaces between two offsets, before a key."""
    return Finding(
        "fullwidth-space",
        _("the line is indented with a full-width space"),
        _("indent with spaces of the English keyboard"),
        start,
        end,
    )


def wide_comma(start: int, end: int, *fix: Edit) -> Finding:
    """The finding of a full-width comma between two offsets, in a list in brackets."""
    return Finding(
        "fullwidth-comma",
        _("a full-width comma does not part two items"),
        _("use the comma of the English keyboard; quote the item if the comma belongs to it"),
        start,
        end,
        fix,
    )


def no_space(key: str, start: int, text: str) -> Finding:
    """The finding of a key whose value begins right after the colon, at an offset."""
    return Finding(
        "colon-without-space",
        _("a space is missing after '{key}:'").format(key=key),
        _("write '{key}: ' and then the value").format(key=key),
        start - 1,
        start,
        (Edit(start, start, " "),) if _ODD.match(text, start) is None else (),
    )
