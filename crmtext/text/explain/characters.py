"""Characters that are forbidden in a record, or invisible."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import Edit, Place, Problem, Severity, usage
from crmtext.terminal.width import BIDI, CONTROL, HIDDEN, JOINER
from crmtext.text.document import Document, place_at
from crmtext.text.pointer import escape
from crmtext.text.tree import find_key
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUSPECT = lazy.pattern(f"[{CONTROL}{BIDI}{HIDDEN}]|{JOINER}|\r(?!\n)")
# Searched for in every text first: a single set of characters is several times as fast.
_MAY_BE_SUSPECT = lazy.pattern(f"[{CONTROL}{BIDI}{HIDDEN}\u200d\r]")
# Nearly all texts hold nothing else; none of these is suspect, decomposed, or like a letter of another script.
_USUAL = lazy.pattern(
    "[\n -~\u00a1-\u00ac\u00ae-\u02ff\u2013\u2014\u2018-\u201d\u2026\u2103\u3000-\u3029\u4e00-\u9fff\uff01-\uff5e]*+"
)
_BIDI_ONLY = lazy.pattern(f"[{BIDI}]")
_CONTROL_ONLY = lazy.pattern(f"[{CONTROL}\r]")
# Letters of other scripts that look like Latin ones: a word with both misleads readers and search.
_ALIKE = r"[\u0400-\u04ff\u0391-\u03a1\u03a4-\u03a7\u03bf\u03c1]"
_MAY_BE_MIXED = lazy.pattern(_ALIKE)
_MIXED = lazy.pattern(f"[A-Za-z]{_ALIKE}|{_ALIKE}[A-Za-z]")


def not_utf8(raw: bytes, path: str, error: UnicodeDecodeError) -> Problem:
    """The problem of bytes that aren't UTF-8, with their offset and the likely encoding."""
    line = raw.count(b"\n", 0, error.start) + 1
    column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        hint = _("it looks like UTF-16; save it as UTF-8")
    else:
        hint = _("save the file as UTF-8 in your editor; it may have been saved as GBK")
    message = _("the file is not UTF-8: byte {offset} is invalid").format(offset=error.start)
    return Problem("not-utf8", message, Place(path, line, column, line, column + 1), hint)


def are_usual(text: str) -> bool:
    """Whether `in_text` and (except for escapes) `in_values` find no problem in a text: a quick test."""
    return _USUAL.fullmatch(text) is not None


def in_text(text: str, path: str) -> Iterator[Problem]:
    """Return the problems of the raw text: a byte order mark and forbidden characters."""
    if text.startswith("\ufeff"):
        yield Problem(
            "byte-order-mark",
            _("the file begins with a byte order mark"),
            Place(path, 1, 1, 1, 1),
            _("save it as UTF-8 without BOM"),
            Severity.WARNING,
            fix=(Edit(0, 1, ""),),
        )
    start = 1 if text.startswith("\ufeff") else 0
    if not _MAY_BE_SUSPECT.search(text, start):
        return
    for match in _SUSPECT.finditer(text, start):
        place = place_at(path, text, match.start(), match.end())
        yield Problem("invisible-character", _message(match.group()), place, _("delete it, and type the word again"))


def first_invisible(text: str) -> str:
    """The code of the first invisible character in a text, line breaks apart; empty if none."""
    match = _SUSPECT.search(text)
    return f"U+{ord(match[0][0]):04X}" if match else ""


def reject_invisible(text: str) -> None:
    """Raise CrmError if typed text contains an invisible character or bytes that aren't UTF-8."""
    if not (match := _SUSPECT.search(text)):
        return
    if "\udc80" <= match[0] <= "\udcff":
        message = _("the byte 0x{byte} in '{text}' is not UTF-8").format(
            byte=f"{ord(match[0]) - 0xDC00:02X}", text=text
        )
        raise usage("not-utf8", message, _("set your terminal to UTF-8, or type the text again"))
    message = _("'{text}' contains {what}").format(text=text, what=_message(match[0]))
    raise usage("invisible-character", message, _("delete it, and type the word again"))


def in_values(document: Document) -> Iterator[Problem]:
    """Return the problems of decoded values: escaped control characters, letters not in NFC, mixed scripts."""
    text = document.text
    escaped = "\\" in text
    composed = unicodedata.is_normalized("NFC", text)
    mixed = _MAY_BE_MIXED.search(text) is not None and _MIXED.search(text) is not None
    if not escaped and composed and not mixed:
        return
    for pointer, value, is_key in _texts(document.data):
        if escaped and (match := _SUSPECT.search(value)):
            yield document.problem(
                "invisible-character",
                _message(match.group()),
                pointer,
                hint=_("delete it from the quoted text"),
                key=is_key,
            )
        if not unicodedata.is_normalized("NFC", value):
            yield document.problem(
                "not-nfc",
                _("letters and accents are stored separately (NFD)"),
                pointer,
                hint=_("type the word again; a search would not find it"),
                severity=Severity.WARNING,
                key=is_key,
                fix=_composed(document, pointer, is_key=is_key),
            )
        if mixed and _MIXED.search(value):
            yield document.problem(
                "mixed-scripts",
                _("a word mixes Latin letters with look-alike letters of another script"),
                pointer,
                hint=_("type the word again on one keyboard"),
                severity=Severity.WARNING,
                key=is_key,
            )


def _composed(document: Document, pointer: str, *, is_key: bool) -> tuple[Edit, ...]:
    node = find_key(document.root, pointer) if is_key else document.node(pointer)
    if node is None:
        return ()
    written = document.text[node.start : node.end]
    composed = unicodedata.normalize("NFC", written)
    return (Edit(node.start, node.end, composed),) if composed != written else ()


def _texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str, bool]]:
    """All texts of the data with their pointers and whether each is a key."""
    if isinstance(value, str):
        yield pointer, value, False
    elif isinstance(value, dict):
        for key, item in value.items():
            at = f"{pointer}/{escape(key)}"
            yield at, key, True
            yield from _texts(item, at)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{index}")


def _message(character: str) -> str:
    code = f"U+{ord(character[0]):04X}"
    if _BIDI_ONLY.match(character):
        return _("a character that changes the writing direction: {code}").format(code=code)
    if _CONTROL_ONLY.match(character):
        return _("a control character: {code}").format(code=code)
    return _("an invisible character: {code}").format(code=code)
