"""Chinese phone numbers: their kind, and their compact form for comparison."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from crmtext.values import lazy

Kind = Literal["mobile", "landline", "hotline", "international"]

_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("mobile", lazy.pattern(r"1[3-9]\d{9}")),
    ("landline", lazy.pattern(r"0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}")),
    ("hotline", lazy.pattern(r"[48]00\d{7}|(?:9[56]|1[0-2])\d{3,6}")),
)
#: E.164: the most digits of any number.
_ABROAD = lazy.pattern(r"\+[1-9]\d{6,14}")
#: By far the most frequent numbers, mobile or landline: only a hyphen needs removing.
_PLAIN = lazy.pattern(r"1[3-9][0-9]{9}|0(?:10|2[0-9])-?[0-9]{8}|0[3-9][0-9]{2}-?[0-9]{7,8}")
_EXTENSION = lazy.pattern(r"(.{5,}?)(?:转|分机|ext\.?|x|#)(?:号|:)?(\d{1,6})", re.IGNORECASE)
#: A hyphen after a whole landline or 400 number starts an extension: 021-62581234-802, 400-820-8820-12.
_HYPHEN_EXTENSION = lazy.pattern(r"((?:(?:\+86|0086)-?\(?0?|\(?0)\d{2,3}\)?-?\d{7,8}|[48]00(?:-?\d){7})-(\d{1,6})")
_CHINA = lazy.pattern(r"(?:\+86|0086|86)(\d+)")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def is_usual(number: str) -> bool:
    """Whether this is a Chinese mobile or landline number as most people write it."""
    return _PLAIN.fullmatch(number) is not None


def split(number: str) -> tuple[str, str]:
    """Return the number in compact digits (with `+` if foreign) and its extension (empty if none)."""
    if is_usual(number):
        return number.replace("-", ""), ""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", number)).translate(_HYPHENS)
    match = _HYPHEN_EXTENSION.fullmatch(text) or _EXTENSION.fullmatch(text)
    main, extension = match.groups() if match else (text, "")
    return _national(re.sub(r"[-().·]", "", main)), extension


def _national(compact: str) -> str:
    """The number as dialled in China; foreign ones get `+` for a leading 00."""
    if match := _CHINA.fullmatch(compact):
        for form in (match[1], "0" + match[1]):
            if _form(form) in {"mobile", "landline"} or (form[:1] in "48" and _form(form) == "hotline"):
                return form
    return "+" + compact[2:] if re.fullmatch(r"00[1-9]\d+", compact) else compact


def _form(compact: str) -> Kind | None:
    return next((kind for kind, form in _FORMS if form.fullmatch(compact)), None)


def kind(number: str, country: str = "CN") -> Kind | None:
    """Return the kind of a number; None if its form is unknown. Outside China any national form is accepted."""
    compact, _extension = split(number)
    if compact.startswith("+86"):
        return None
    if country != "CN" and not compact.startswith("+"):
        return "international" if re.fullmatch(r"\d{5,15}", compact) else None
    return "international" if _is_abroad(compact) else _form(compact)


def _is_abroad(compact: str) -> bool:
    """Whether this is a valid number of a country outside mainland China."""
    if not _ABROAD.fullmatch(compact):
        return False
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(compact)))
    except phonenumbers.NumberParseException:
        return False


def ends_with(number: str, tail: str) -> bool:
    """Whether the number, without its extension, ends with these digits (four at least)."""
    digits = split(tail)[0].lstrip("+")
    return len(digits) >= 4 and digits.isdigit() and split(number)[0].endswith(digits)
