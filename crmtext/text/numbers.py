"""Numbers that must not enter a history that never forgets: resident IDs and bank cards."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import Problem
from crmtext.text.document import Document, place_at

if TYPE_CHECKING:
    from collections.abc import Iterator

# Full-width forms keep their place when they are written as ASCII.
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")
_WIDE = re.compile("[０１２３４５６７８９Ｘｘ－　]")
# Searched for in every text: what begins with one set of characters is found several times as fast.
_LONG = re.compile(
    r"[0-9](?:[0-9]{14}|[0-9]{3}[ -][0-9]{4}[ -][0-9]{4}|[0-9]{5}[ -][0-9]{8}|[0-9]{3}[ -][0-9]{6}[ -][0-9]{5})"
)
_RESIDENT = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}[ -]?(?:18|19|20)\d{6}[ -]?\d{3}[\dXx](?![0-9A-Za-z])")
# UnionPay has 16 to 19 digits; Visa, Mastercard and JCB have 16; American Express has 15, in groups of its own.
_CARD = re.compile(
    r"(?<![0-9A-Za-z])(?:62\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?"
    r"|(?:4\d|5[1-5]|2[2-7]|35)\d{2}(?:[ -]?\d{4}){3}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![0-9A-Za-z])"
)


def forbidden(document: Document) -> Iterator[Problem]:
    """A problem for each resident-ID or bank-card number in the text, comments included. Never quotes the number."""
    for start, end, rule, message in _found(document.text):
        place = place_at(document.path, document.text, start, end, document.pointer_at(start))
        yield Problem(rule, message, place, _("delete it: git never forgets what was committed once"))


def in_prose(text: str) -> Iterator[tuple[str, str]]:
    """The rule and message of each such number in any text."""
    yield from dict.fromkeys((rule, message) for _start, _end, rule, message in _found(text))


def _found(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Where each such number stands, its rule and its message."""
    narrow = text.translate(_NARROW) if _WIDE.search(text) else text
    if not _LONG.search(narrow):
        return
    for match in _RESIDENT.finditer(narrow):
        if is_resident_id(match.group()) and not _is_credit_code(narrow, match.start()):
            yield *match.span(), "resident-id", _("a resident ID number stands here in plain text")
    for match in _CARD.finditer(narrow):
        if is_bank_card(match.group()) and not is_resident_id(match.group()):
            yield *match.span(), "bank-card", _("a bank card number stands here in plain text")


def is_resident_id(text: str) -> bool:
    """Whether this is a resident ID number of GB 11643-1999: a date of birth and the right check character."""
    number = _compact(text).upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number) or not _is_date(number[6:14]):
        return False
    from stdnum.cn import ric

    return bool(ric.calc_check_digit(number) == number[-1])


def is_bank_card(text: str) -> bool:
    """Whether this is the number of a payment card: ISO/IEC 7812 length, known first digits, the Luhn check digit."""
    number = _compact(text)
    if not re.fullmatch(r"62[0-9]{14,17}|(?:4[0-9]|5[1-5]|2[2-7]|35)[0-9]{14}|3[47][0-9]{13}", number):
        return False
    from stdnum import luhn

    return bool(luhn.is_valid(number))


def _compact(text: str) -> str:
    return re.sub("[ -]", "", unicodedata.normalize("NFKC", text))


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _is_credit_code(text: str, start: int) -> bool:
    """Whether the number is a company's public credit code, which may look like a resident ID by chance."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return bool(re.search(r"\b(?:uscc|tax_number): *[\"']?$", before))
