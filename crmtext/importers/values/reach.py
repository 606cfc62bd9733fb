"""Phone numbers, e-mail addresses and websites of cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.checks.masked_value import is_masked
from crmtext.i18n import _
from crmtext.importers.values import plain_text
from crmtext.importers.values.outcome import EMPTY, Outcome, bad
from crmtext.values import lazy, phones

if TYPE_CHECKING:
    from crmtext.importers.sheet import Cell

_BETWEEN = lazy.pattern(r"\s*(?:[、;；,，\n|]|:::|/|\s或\s|\sor\s)\s*")
_LABEL = lazy.pattern(
    r"(?:手机号?|电话|座机|固话|办公|传真|tel|phone|mobile|office|fax|[mtp])\s*[:：.]\s*", re.IGNORECASE
)
_NUMBER = lazy.pattern(
    r"[+(\d][\d\s().·‐‑–—-]{3,}\d(?:\s*(?:转|分机|ext\.?|x|#|-)\s*(?:号|:)?\s*\d{1,6})?", re.IGNORECASE
)
_MAIL = lazy.pattern(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+\.[^\s@<>,;:\"()\[\].]{2,}")
_SEVERAL = lazy.pattern(r"[;；,，、\s|]+|:::")
_ANGLE = lazy.pattern(r"<([^<>]+@[^<>]+)>")
_NOTHING = frozenset({"无", "暂无", "未知", "没有", "none", "不详"})
_SITE = lazy.pattern(r"(?:https?://)?[^ \t\n\r/:]+[.][^ \t\n\r]+", re.IGNORECASE)
_DIGITS = (5, 20)
#: The shortest number with its area code.
_WHOLE = 10


def phone_numbers(cell: Cell) -> Outcome:
    """Return the phone numbers in a cell; those that are none are reported, the others come in."""
    text = plain_text.narrow(plain_text.read(cell).text)
    if not text or text.casefold() in _NOTHING:
        return EMPTY
    if phones.is_usual(text):
        return Outcome([text])
    why, fix = plain_text.damage(cell, text)
    if why:
        return bad(why, fix)
    numbers: list[str] = []
    wrong: list[str] = []
    for part in _parts(text):
        number = _LABEL.sub("", part, count=1) if _LABEL.match(part) else part
        number = plain_text.whole(number)
        (numbers if _is_phone(number) else wrong).append(_tidy(number))
    odd = tuple(number for number in numbers if phones.kind(number) is None)
    result = Outcome(list(dict.fromkeys(numbers)) or None, odd=odd)
    if wrong:
        masked = any(map(is_masked, wrong))
        why = _("the number is masked") if masked else _("not a phone number")
        return result._replace(bad=why, fix=_("enter the complete number"))
    return result


def _parts(text: str) -> list[str]:
    parts = [part for part in _BETWEEN.split(text) if part]
    return [one for part in parts for one in (part.split() if _are_several(part) else [part])]


def _are_several(text: str) -> bool:
    """Whether blanks separate whole numbers, not the groups of one."""
    words = text.split()
    return len(words) > 1 and all(phones.kind(word) and len(word) >= _WHOLE for word in words)


def _is_phone(text: str) -> bool:
    digits = sum(sign.isdigit() for sign in text)
    return _DIGITS[0] <= digits <= _DIGITS[1] and _NUMBER.fullmatch(text) is not None


def _tidy(number: str) -> str:
    """A number on one line; a Chinese one without the country's code, a mobile one in digits alone."""
    text = plain_text.line(number)
    compact, extension = phones.split(text)
    if not extension and (phones.kind(compact) == "mobile" or re.match(r"\+?(?:00)?86", text)):
        return compact
    return text


def emails(cell: Cell) -> Outcome:
    """Return the e-mail addresses in a cell; those that are none are reported, the others come in."""
    typed = plain_text.read(cell).text.strip()
    text = plain_text.narrow(typed)
    if not text or text.casefold() in _NOTHING:
        return EMPTY
    parts = [text]
    if "<" in text or _SEVERAL.search(text):
        parts = _ANGLE.findall(text) or [part for part in _SEVERAL.split(text) if part]
    good, wrong = [], False
    for part in parts:
        address = part.strip()
        address = address[7:] if address[:7].casefold() == "mailto:" else address
        if _MAIL.fullmatch(address) and not is_masked(address):
            good.append(address)
        else:
            wrong = True
    result = Outcome(list(dict.fromkeys(good)) or None, _("full-width signs made narrow") if text != typed else "")
    return result._replace(bad=_("not an e-mail address"), fix=_("enter it as name@example.com")) if wrong else result


def website(cell: Cell) -> Outcome:
    """Return the first website in a cell."""
    text = plain_text.narrow(plain_text.read(cell).text)
    if not text or text.casefold() in _NOTHING:
        return EMPTY
    first = re.split(r"[\s;；,，、]+", text)[0]
    if _SITE.fullmatch(first):
        return Outcome(first)
    return bad(_("not a website"), _("enter it as www.example.com"))
