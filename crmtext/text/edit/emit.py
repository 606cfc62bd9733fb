"""The text of new values, in the style of their file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.text.read.scalars import Scalar, reads_as_text
from crmtext.values import lazy

if TYPE_CHECKING:
    from crmtext.text.edit.style import Style
    from crmtext.text.tree import Node


@dataclass(frozen=True, slots=True)
class Written:
    """A plain scalar on one line that keeps its spelling: `1.10`, a date without quotes."""

    node: Node


#: JSON-shaped data, as in a record.
Value = Scalar | Written | Sequence["Value"] | Mapping[str, "Value"]

# Not printable, or a line break, for one of the readers.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"
_SPECIAL = lazy.pattern(f"[{_UNSEEN}]")
# A first character that starts something else in YAML, or looks as if it did: a curly quote, a full-width mark.
_PLAIN = lazy.pattern(r"""[^\s\-?:,\[\]{}#&*!|>'"%@`=<~“”‘’＂＇：，＃－]""")
# Most texts: letters, and what stands between them without a meaning in YAML.
_WORDS = lazy.pattern(r"[^\W\d_][\w ()（）/.@-]*+(?<! )\Z")
_CUT = lazy.pattern(r":(?:\s|\Z)|\s#|\s\Z|\A\.\.\.")
# libyaml reads `[x, _?>]`, PyYAML's own parser doesn't: inside brackets, avoid all that a parser might split at.
_FLOW_CUT = lazy.pattern(r"[,\[\]{}:?#，：]")
_DATE = lazy.pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[-+][0-9:]+))?\Z")
#: The most columns for a list in brackets with its key.
_WIDTH = 100
_PLAIN_TYPES = frozenset({str, int, float, bool, type(None), dict, list})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(value: Scalar, *, flow: bool = False, quote: str = '"', date: bool = False) -> str:
    """A scalar on one line: plain if every reader agrees on its value, else quoted."""
    if isinstance(value, str):
        return _text(value, quote, flow, date)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number(value)


def quoted(value: str, quote: str = '"', *, keep: bool = False) -> str:
    """Text in these quotes, or (unless `keep`) in the other ones if that saves escapes; double if necessary."""
    if _SPECIAL.search(value):
        return _double(value)
    single_fits, double_fits = "'" not in value, '"' not in value and "\\" not in value
    if quote == '"' and double_fits:
        return f'"{value}"'
    single = quote == "'"
    if not keep and single_fits != double_fits:
        single = single_fits
    return "'" + value.replace("'", "''") + "'" if single else _double(value)


def inline(value: Value, path: str, style: Style, *, flow: bool = True) -> str:
    """A value on one line: maps in braces, lists in brackets."""
    if isinstance(value, Written):
        return value.node.value
    if value is None or isinstance(value, str | int | float):
        return scalar(value, flow=flow, quote=style.quote, date=path in style.dates)
    if isinstance(value, Mapping):
        entries = (
            f"{scalar(key, flow=True, quote=style.quote)}: {inline(below, key_path(path, key), style)}"
            for key, below in value.items()
        )
        return "{" + ", ".join(entries) + "}"
    return "[" + ", ".join(inline(below, f"{path}[]", style) for below in value) + "]"


def entry(key: str, value: Value, column: int, path: str, style: Style) -> tuple[str, ...]:
    """The lines of `key: value` for a key in this column: the first without indentation, the others with it."""
    return _without_indent(scalar(key, quote=style.quote) + ":", value, column, path, style)


def item(value: Value, column: int, path: str, style: Style) -> tuple[str, ...]:
    """The lines of `- value` for a dash in this column: the first without indentation, the others with it."""
    lines: list[str] = []
    _add_item(lines, value, column, path, style)
    return (lines[0][column:], *lines[1:])


def after_key(value: Value, column: int, path: str, style: Style) -> tuple[str, ...]:
    """The lines of a value after a key in this column: the first as it follows the colon, the others indented."""
    return _without_indent("", value, column, path, style)


def block(value: Mapping[str, Value] | Sequence[Value], column: int, path: str, style: Style) -> list[str]:
    """The lines of a map or a list in this column, with indentation."""
    lines: list[str] = []
    _add_block(lines, value, column, path, style)
    return lines


def _without_indent(head: str, value: Value, column: int, path: str, style: Style) -> tuple[str, ...]:
    lines: list[str] = []
    _add_value(lines, head, value, column, path, style)
    return tuple(lines)


def _add_block(
    lines: list[str], value: Mapping[str, Value] | Sequence[Value], column: int, path: str, style: Style
) -> None:
    if type(value) is list or not (type(value) is dict or isinstance(value, Mapping)):
        for below in value:
            _add_item(lines, below, column, f"{path}[]", style)
        return
    indent, quote, dates = " " * column, style.quote, style.dates
    for key, below in value.items():
        head, own = _head(key, path, quote)
        if type(below) is str and "\n" not in below:
            # Most values: written without the questions that others need.
            lines.append(f"{indent}{head} {_text(below, quote, False, own in dates)}")
        else:
            _add_value(lines, indent + head, below, column, own, style)


def _add_item(lines: list[str], value: Value, column: int, path: str, style: Style) -> None:
    """Add the lines of `- value` for a dash in this column."""
    start, own = " " * column + "-" + " " * style.gap, column + 1 + style.gap
    if type(value) is str and "\n" not in value:
        lines.append(start + _text(value, style.quote, False, path in style.dates))
        return
    at = len(lines)
    if _takes_lines(value, own, path, style):
        _add_block(lines, value, own, path, style)
        lines[at] = start + lines[at][own:]
    else:
        _add_line(lines, start, value, own, path, style)


def _add_value(lines: list[str], head: str, value: Value, column: int, path: str, style: Style) -> None:
    """Add the lines of a value that follows a head which ends in a colon; the head's key is in this column."""
    if _takes_lines(value, column, path, style):
        lines.append(head)
        is_map = type(value) is dict or (type(value) is not list and isinstance(value, Mapping))
        _add_block(lines, value, column + (style.map_step if is_map else style.list_step), path, style)
    else:
        _add_line(lines, head + " ", value, column + style.map_step, path, style)


def _add_line(lines: list[str], head: str, value: Value, column: int, path: str, style: Style) -> None:
    """Add a value that follows a head: on its line, or text of several lines below it, in this column."""
    if isinstance(value, str) and "\n" in value and fits_literal(value):
        lines.append(head + ("|" if value.endswith("\n") else "|-"))
        lines += (" " * column + line if line else "" for line in value.removesuffix("\n").split("\n"))
    else:
        lines.append(head + inline(value, path, style, flow=False))


# All records have the same keys.
@lru_cache(maxsize=1 << 12)
def _head(key: str, path: str, quote: str) -> tuple[str, str]:
    """A key with its colon, and the path of its value."""
    return scalar(key, quote=quote) + ":", key_path(path, key)


def is_block(value: Value) -> TypeGuard[Mapping[str, Value] | Sequence[Value]]:
    """Whether a value takes lines of its own: a non-empty map or list."""
    # Asking what is abstract takes longer, and nearly all values are of these types.
    if type(value) in _PLAIN_TYPES:
        return type(value) in (dict, list) and bool(value)
    return not isinstance(value, str | int | float) and isinstance(value, Mapping | Sequence) and bool(value)


def _takes_lines(
    value: Value, column: int, path: str, style: Style
) -> TypeGuard[Mapping[str, Value] | Sequence[Value]]:
    """Whether a value takes lines of its own in this file: not a short list of scalars in brackets."""
    if not is_block(value):
        return False
    if not style.bracketed or type(value) is dict or isinstance(value, Mapping) or not style.brackets(path):
        return True
    key = path.rpartition(".")[2]
    return any(map(_parts_or_lines, value)) or column + len(key) + len(inline(value, path, style)) > _WIDTH


def fits_braces(value: Value, column: int, path: str, style: Style) -> bool:
    """Whether a value is a short map of scalars that fits in braces after this column."""
    if not isinstance(value, Mapping) or not value or any(map(_parts_or_lines, value.values())):
        return False
    return column + len(inline(value, path, style)) < _WIDTH


def _parts_or_lines(value: Value) -> bool:
    return is_block(value) or (isinstance(value, str) and "\n" in value)


def fits_literal(value: Value) -> bool:
    """Whether a value is text of several lines that fits after `|` as it is, without trailing blanks."""
    if not isinstance(value, str) or "\n" not in value.rstrip("\n") or value.endswith("\n\n"):
        return False
    lines = value.split("\n")
    return not (value[0].isspace() or any(line != line.rstrip() or _SPECIAL.search(line) for line in lines))


def ends_open(value: Value) -> bool:
    """Whether a value's text ends with a line break that is part of it."""
    while is_block(value):
        value = (list(value.values()) if isinstance(value, Mapping) else value)[-1]
    return isinstance(value, str) and fits_literal(value) and value.endswith("\n")


def key_path(path: str, key: str) -> str:
    """The path of the value below a key, as `interactions[].date`."""
    return f"{path}.{key}" if path else key


def edit_error(message: str, hint: str = "") -> CrmError:
    """The error to raise if an edit is impossible; nothing has been changed."""
    return cannot("edit-refused", message, hint or _("make this change in an editor"))


# The same keys, values and dates recur when many records are written; those of one record only soon make room.
@lru_cache(maxsize=1 << 10)
def _text(value: str, quote: str, flow: bool, date: bool) -> str:
    return value if _fits_plain(value, flow=flow, date=date) else quoted(value, quote)


def _fits_plain(value: str, *, flow: bool, date: bool) -> bool:
    if _WORDS.match(value):
        return reads_as_text(value)
    if date and _DATE.match(value):
        return not flow or ":" not in value
    if not _PLAIN.match(value) or _SPECIAL.search(value) or _CUT.search(value):
        return False
    return reads_as_text(value) and not (flow and _FLOW_CUT.search(value))


def _double(value: str) -> str:
    return '"' + "".join(_ESCAPES.get(char) or _escape(char) for char in value) + '"'


def _escape(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        raise edit_error(_("the text contains half a character (a lone surrogate)"), _("enter the text again"))
    if not _SPECIAL.match(char):
        return char
    return f"\\x{ord(char):02x}" if char < "\xa0" else f"\\u{ord(char):04x}"


def _number(value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        raise edit_error(_("'{value}' can't be written as a number").format(value=value), _("enter a number"))
    text = repr(value)
    # YAML 1.1 reads `1e+16` as text and `1.0e+16` as a number.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
