"""Numbers that must not enter a history that never forgets: resident IDs and bank cards."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from crmtext import lazy
from crmtext.i18n import _
from crmtext.problem import Place, Problem, usage
from crmtext.text.document import Document, place_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The rules that tell of them.
RULES = frozenset({"resident-id", "bank-card"})
# Full-width forms, and blanks and dashes of other kinds, keep their place when they are written as ASCII.
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ－　．＿\u00a0\u2009\u202f‐‑–—·", "0123456789Xx- ._   ----.")
_WIDE = lazy.pattern("[０１２３４５６７８９Ｘｘ－　．＿\u00a0\u2009\u202f‐‑–—·]")
_GAP = "[ ._-]?"
# Searched for in every text: what begins with one set of characters is found several times as fast.
_LONG = lazy.pattern(rf"[0-9]{{3}}{_GAP}[0-9]{_GAP}" + rf"[0-9][0-9]{_GAP}" * 5 + "[0-9]")
#: Parted as people part it: 6-8-4, by fours, with the date's own dashes. Letters may stand before it: `ID1101…`.
_RESIDENT = lazy.pattern(
    rf"(?<![0-9])[1-9][0-9]{{2}}{_GAP}[0-9]{_GAP}" + rf"[0-9]{{2}}{_GAP}" * 6 + r"[0-9][0-9Xx](?![0-9A-Za-z])"
)
#: Before 1999: two digits for the year, and no check digit.
_OLD_RESIDENT = lazy.pattern(r"(?<![0-9A-Za-z])[1-9][0-9]{5}[ -]?[0-9]{6}[ -]?[0-9]{3}(?![0-9A-Za-z])")
# What is said before a number tells what it is; without a check digit nothing else does.
_CALLED_ID = lazy.pattern(r"身份|证件|居民|\bid\b|identity|resident|sfz", re.IGNORECASE)
_CALLED_OTHERWISE = lazy.pattern(
    r"单号|订单|合同|发票|[账帐][号户]|开户|银行|税号|注册号|执照|编号|流水|序列|imei|\bs/?n\b|serial|order|invoice|account"
    r"|bank|contract|tracking|number|tax|uscc|external_ids",
    re.IGNORECASE,
)
#: Nobody living was born before, and a year of 00 is mostly the filling of a running number.
_OLDEST = 20
_OLD_DIGITS = 15
#: The second two digits in a municipality: districts, counties, and what was a county once.
_OF_A_MUNICIPALITY = ("01", "02", "03")
# UnionPay has 16 to 19 digits; Visa, Mastercard and JCB have 16; American Express has 15, in groups of its own.
_CARD = lazy.pattern(
    r"(?<![0-9A-Za-z])(?:62\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?"
    r"|(?:4\d|5[1-5]|2[2-7]|35)\d{2}(?:[ -]?\d{4}){3}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![0-9A-Za-z])"
)


def forbidden(document: Document) -> Iterator[Problem]:
    """A problem for each resident-ID or bank-card number in the text, comments included. Never quotes the number."""
    for rule, message in in_prose(document.path):
        yield Problem(rule, message, Place(document.path), _("give the file another name"))
    for start, end, rule, message in _found(document.text, document.pointer_at):
        place = place_at(document.path, document.text, start, end, document.pointer_at(start))
        yield Problem(rule, message, place, _hint(rule, document.text[start:end]))


def in_prose(text: str) -> Iterator[tuple[str, str]]:
    """The rule and message of each such number in any text."""
    yield from dict.fromkeys((rule, message) for _start, _end, rule, message in _found(text))


def refuse_in_name(name: str) -> None:
    """Raise CrmError where such a number stands in the name of a file or a branch."""
    for rule, message in in_prose(name):
        raise usage(rule, message, _("choose another name"))


def in_settings(path: str, text: str) -> Iterator[Problem]:
    """A problem for each such number in a file that is no record."""
    for start, end, rule, message in _found(text):
        yield Problem(rule, message, place_at(path, text, start, end), _hint(rule, text[start:end]))


def _hint(rule: str, found: str) -> str:
    delete = _("delete it: git never forgets what was committed once")
    if rule != "resident-id" or len(_compact(found)) != _OLD_DIGITS:
        return delete
    return delete + "\n" + _("if it is another number, say before it which: order …")


def _found(text: str, pointer_at: Callable[[int], str] = lambda _at: "") -> Iterator[tuple[int, int, str, str]]:
    """Where each such number stands, its rule and its message."""
    narrow = text.translate(_NARROW) if _WIDE.search(text) else text
    if not _LONG.search(narrow):
        return
    for match in _RESIDENT.finditer(narrow):
        if is_resident_id(match.group()) and not _is_credit_code(narrow, match.start()):
            yield *match.span(), "resident-id", _("a resident ID number stands here in plain text")
    for match in _OLD_RESIDENT.finditer(narrow):
        called = pointer_at(match.start()) + narrow[narrow.rfind("\n", 0, match.start()) + 1 : match.start()]
        if _is_old_resident_id(match.group(), called):
            yield *match.span(), "resident-id", _("a resident ID number of 15 digits stands here in plain text")
    for match in _CARD.finditer(narrow):
        if is_bank_card(match.group()) and not is_resident_id(match.group()):
            yield *match.span(), "bank-card", _("a bank card number stands here in plain text")


def is_resident_id(text: str) -> bool:
    """Whether this is a resident ID number of GB 11643-1999: a province, a date of birth, the right check character."""
    number = _compact(text).upper()
    if not re.fullmatch(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9X]", number) or not _is_date(number[6:14]):
        return False
    if not _is_province(number):
        return False
    from stdnum.cn import ric

    return bool(ric.calc_check_digit(number) == number[-1])


def _is_old_resident_id(text: str, called: str) -> bool:
    """Whether this is a resident ID number of 15 digits, by its digits and by what it is called."""
    number = _compact(text)
    plain = _is_place(number) and _is_date(f"19{number[6:12]}") and number[12:] != "000" and not is_bank_card(number)
    if not plain or _CALLED_ID.search(called):
        return plain
    return int(number[6:8]) >= _OLDEST and not _CALLED_OTHERWISE.search(called)


def _is_province(number: str) -> bool:
    """Whether it begins with a province; one of a foreign resident has it behind a 9, that of a Taiwanese is 83."""
    from crmtext import standards

    place = number[1:3] if number[0] == "9" else number[:2]
    return place == "83" or place in standards.regions()


def _is_place(number: str) -> bool:
    """Whether it begins with the code of a district, of today's prefectures or of those that there were."""
    from crmtext import standards

    city, district = number[2:4], number[4:6]
    cities = standards.regions().get(number[:2], ("", {}))[1] or _OF_A_MUNICIPALITY
    return _is_province(number) and district != "00" and (city in cities or "21" <= city <= "39")


def is_bank_card(text: str) -> bool:
    """Whether this is the number of a payment card: ISO/IEC 7812 length, known first digits, the Luhn check digit."""
    number = _compact(text)
    if not re.fullmatch(r"62[0-9]{14,17}|(?:4[0-9]|5[1-5]|2[2-7]|35)[0-9]{14}|3[47][0-9]{13}", number):
        return False
    from stdnum import luhn

    return bool(luhn.is_valid(number))


def _compact(text: str) -> str:
    return re.sub("[ ._-]", "", unicodedata.normalize("NFKC", text))


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
