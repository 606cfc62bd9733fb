"""Numbers that must not enter the history: resident IDs and bank cards."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.problem import Place, Problem, usage
from crmtext.text import not_a_card
from crmtext.text.document import Document, place_at
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtext.text.bank_cards import Words

#: The rules that report them: errors that neither settings nor `# crmtext: ignore` can silence.
RULES = frozenset({"resident-id", "bank-card"})
# Full-width forms, look-alikes of X, and other blanks and dashes become one ASCII character each, so offsets stay.
_WIDE_DIGITS = "０１２３４５６７８９"
_WIDE_SIGNS = "ＸｘХх－　．＿／\u00a0\u00ad\u2002\u2003\u2009\u200b\u200c\u200d\u202f\u2060\ufeff‐‑‒–—−·•"
_NARROW = str.maketrans(_WIDE_DIGITS + _WIDE_SIGNS, "0123456789XxXx- ._/" + " " * 11 + "------..")
_GAP = "[ ._/-]{0,3}"
#: A number may go on in the next line, after an indent and the mark of a comment, a quote or a list.
_BREAK = _GAP + r"\\?\r?\n[ \t]*(?:[#>*|-][ \t]*)?"
_BETWEEN = f"(?:{_BREAK}|{_GAP})"
# Searched for in every text: a pattern that begins with one set of characters is several times as fast. It matches
# more than real numbers; only from the first digit of a group, since the others can't match then.
_ANY_DIGIT = f"[0-9{_WIDE_DIGITS}]"
_LONG = lazy.pattern(rf"{_ANY_DIGIT}(?<![0-9][0-9])(?:[ ._/\\\r\n\t#>*|{_WIDE_SIGNS}-]{{0,80}}+{_ANY_DIGIT}){{12}}")
#: At least as many digits as a card has, with little between them.
_RUN = lazy.pattern(rf"[0-9](?<![0-9][0-9])(?:{_BETWEEN}[0-9]){{12,}}+(?:{_BETWEEN}[Xx])?")
_GROUP = lazy.pattern("[0-9]+")
_DIGIT = f"{_BETWEEN}[0-9]"
#: With any separators: region, year of this or the last two centuries, day, serial number, check character.
_RESIDENT = lazy.pattern(
    rf"(?<![0-9])(?=([1-9](?:{_DIGIT}){{5}}{_BETWEEN}(?:1{_BETWEEN}[89]|2{_BETWEEN}0)"
    rf"(?:{_DIGIT}){{9}}{_BETWEEN}[0-9Xx](?![0-9])))"
)
#: Before 1999: two digits for the year, and no check digit.
_OLD_RESIDENT = lazy.pattern(r"(?<![0-9A-Za-z])[1-9][0-9]{5}[ -]?[0-9]{6}[ -]?[0-9]{3}(?![0-9A-Za-z])")
# The words before a number name it; without a check digit nothing else does.
_CALLED_ID = lazy.pattern(r"身份|证件|居民|\bid\b|identity|resident|sfz", re.IGNORECASE)
_CALLED_OTHERWISE = lazy.pattern(
    r"单号|订单|合同|发票|[账帐][号户]|开户|银行|税号|注册号|执照|编号|流水|序列|imei|\bs/?n\b|serial|order|invoice|account"
    r"|bank|contract|tracking|number|tax|uscc|external_ids",
    re.IGNORECASE,
)
_CREDIT_CODE = lazy.pattern(r"(?:\b(?:uscc|tax_number)|信用代码)[:：]? *[\"']?\Z")
#: Nobody alive was born before, and a year of 00 is mostly the padding of a serial number.
_OLDEST = 20
#: The second two digits in a municipality: districts, counties, and former counties.
_OF_A_MUNICIPALITY = ("01", "02", "03")
#: How far a word can be from the number it names: before and after it.
_BEFORE, _BEHIND = 60, 20
#: How far above a number its table's header line may be.
_TABLE = 4000
_NAMING = lazy.pattern(r"[^\W\d_]")


class Number(NamedTuple):
    """A forbidden number: its offsets, its rule, and its digits alone."""

    start: int
    end: int
    rule: str
    digits: str

    @property
    def message(self) -> str:
        """The message of its problem, without the number."""
        if self.rule == "bank-card":
            return _("bank card number in plain text")
        if len(self.digits) == 15:
            return _("15-digit resident ID number in plain text")
        return _("resident ID number in plain text")


def forbidden(document: Document) -> Iterator[Problem]:
    """Return a problem for each resident ID or bank card in a record, comments included. Never quotes the number."""
    for rule, message in in_prose(document.path):
        yield Problem(rule, message, Place(document.path), _("rename the file"))
    yield from (problem for _number, problem in in_document(document))
    yield from not_a_card.without_reason(document.path, document.text)


def in_document(document: Document) -> Iterator[tuple[Number, Problem]]:
    """Return each such number in a record's text and in its decoded values, which may be escaped in the text."""
    lines = set()
    for number in find(document.text, document.pointer_at):
        problem = _problem(document.path, document.text, number, document.pointer_at(number.start))
        lines.add(problem.place.line)
        yield number, problem
    if "\\" not in document.text:
        return
    covered = not_a_card.Covered(document.text)
    for pointer, value in _values(document.data):
        for number in every(value):
            node, place = document.node(pointer), document.place(pointer)
            if place.line not in lines and not (node and covered(node.start, node.end)):
                yield number, Problem(number.rule, number.message, place, _hint())


def in_text(path: str, text: str) -> Iterator[tuple[Number, Problem]]:
    """Return each such number in a file that isn't a record."""
    yield from ((number, _problem(path, text, number)) for number in find(text))


def may_contain(text: str) -> bool:
    """Whether a text may contain such numbers: a quick test."""
    return "\\" in text or _LONG.search(text) is not None


def in_prose(text: str) -> Iterator[tuple[str, str]]:
    """Return the rule and message of each such number in any text; comments allow none."""
    yield from dict.fromkeys((number.rule, number.message) for number in every(text))


def masked(text: str) -> str:
    """The text with such numbers replaced by stars."""
    for number in every(text):
        text = text[: number.start] + "*" * (number.end - number.start) + text[number.end :]
    return text


def reject_in_name(name: str) -> None:
    """Raise CrmError if the name of a file or branch contains such a number."""
    for rule, message in in_prose(name):
        raise usage(rule, message, _("choose another name"))


def _problem(path: str, text: str, number: Number, pointer: str = "") -> Problem:
    place = place_at(path, text, number.start, number.end, pointer)
    return Problem(number.rule, number.message, place, _hint())


def _hint() -> str:
    delete = _("delete it; once committed, it stays in git's history")
    return delete + "\n" + _("if it is another number, add to the line: # crmtext: not-a-card REASON")


def find(text: str, pointer_at: Callable[[int], str] = lambda _at: "") -> Iterator[Number]:
    """Return each such number, except on lines that a comment allows."""
    covered = None
    for number in every(text, pointer_at):
        covered = covered or not_a_card.Covered(text)
        if not covered(number.start, number.end):
            yield number


def every(text: str, pointer_at: Callable[[int], str] = lambda _at: "") -> Iterator[Number]:
    """Return each such number in a text; no comment allows one."""
    if not _LONG.search(text):
        return
    # Offsets stay: each character becomes one character.
    narrow = text if text.isascii() else text.translate(_NARROW)
    for run in _RUN.finditer(narrow):
        end = 0
        for number in sorted(_in_run(narrow, *run.span(), pointer_at), key=lambda match: (match.start, -match.end)):
            if number.start >= end:
                end = number.end
                yield number


def _in_run(text: str, start: int, end: int, pointer_at: Callable[[int], str]) -> Iterator[Number]:
    ids = tuple(_ids(text, start, end, pointer_at))
    yield from ids
    for number in _cards(text, start, end, pointer_at):
        if not any(other.start < number.end and number.start < other.end for other in ids):
            yield number


def _ids(text: str, start: int, end: int, pointer_at: Callable[[int], str]) -> Iterator[Number]:
    # One character more, for the lookahead.
    for match in _RESIDENT.finditer(text, start, end + 1):
        if is_resident_id(match[1]) and not _CREDIT_CODE.search(_line_before(text, match.start(1))):
            yield Number(*match.span(1), "resident-id", _compact(match[1]).upper())
    for match in _OLD_RESIDENT.finditer(text, start, end + 1):
        digits = _compact(match[0])
        if _may_be_old(digits):
            context = pointer_at(match.start()) + _line_before(text, match.start())
            # Unless a word says ID, a number with another name, or that begins with a date of this decade, is an order.
            if _CALLED_ID.search(context) or not (
                _is_of_these_years(match[0]) or int(digits[6:8]) < _OLDEST or _CALLED_OTHERWISE.search(context)
            ):
                yield Number(*match.span(), "resident-id", digits)


def _cards(text: str, start: int, end: int, pointer_at: Callable[[int], str]) -> Iterator[Number]:
    """The card numbers in a run of digits; each begins and ends with a group."""
    from crmtext.text.bank_cards import is_card, may_be

    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    for first, (begin, _end) in enumerate(groups):
        digits = ""
        for last in range(first, len(groups)):
            digits += text[slice(*groups[last])]
            if len(digits) > 19:
                break
            if not may_be(digits) or _is_part(text, begin, groups[last][1]):
                continue
            spans = groups[first : last + 1]
            gaps = tuple(text[one[1] : two[0]] for one, two in pairwise(spans))
            parts = tuple(text[slice(*span)] for span in spans)
            if is_card(digits, parts, gaps, _words(text, begin, groups[last][1], pointer_at)):
                yield Number(begin, groups[last][1], "bank-card", digits)


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether the digits are part of a decimal fraction or of a longer word with digits."""
    before = re.search(r"[0-9A-Za-z+=]*\Z", text[max(0, start - _BEFORE) : start])
    behind = re.match(r"[0-9A-Za-z+=]*", text[end : end + _BEFORE])
    around = (before[0] if before else "") + (behind[0] if behind else "")
    fraction = text[max(0, start - 2) : start].endswith(".") and text[max(0, start - 2)].isdigit()
    return any(sign.isdigit() for sign in around) or (fraction and text[start:end].isdigit())


def _words(text: str, start: int, end: int, pointer_at: Callable[[int], str]) -> Words:
    """The kind that a number's context names: the words before it, after it, its column, then its key."""
    from crmtext.text.bank_cards import Named, words_in

    before = _line_before(text, start)
    if not _NAMING.search(before):
        above = text[: max(0, start - len(before) - 1)].rstrip()
        before = above[above.rfind("\n") + 1 :]
    context = words_in(before[-_BEFORE:])
    if context.nearest is Named.NOTHING:
        context = words_in(text[end : end + _BEHIND].partition("\n")[0], last=False)
    if context.nearest is Named.NOTHING:
        context = words_in(_column(text, start))
    return context if context.nearest is not Named.NOTHING else words_in(pointer_at(start))


def _line_before(text: str, start: int) -> str:
    return text[text.rfind("\n", 0, start) + 1 : start]


def _column(text: str, start: int) -> str:
    """The column title at an offset in a CSV file or a Markdown table; empty if there is none."""
    line = text.rfind("\n", 0, start) + 1
    mark = next((separator for separator in ",\t;|" if text.find(separator, line, start + _TABLE) >= 0), "")
    empty = text.rfind("\n\n", max(0, line - _TABLE), line)
    top = empty + 2 if empty >= 0 else 0
    if not mark or top >= line:
        return ""
    titles = text[top : text.find("\n", top)].split(mark)
    at = text.count(mark, line, start)
    return titles[at] if at < len(titles) else ""


def _values(data: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a record by their pointers."""
    from crmtext.text.pointer import escape

    if isinstance(data, str):
        yield pointer, data
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _values(value, f"{pointer}/{escape(key)}")


def is_resident_id(text: str) -> bool:
    """Whether this is a resident ID of GB 11643-1999: province, date of birth, right check character."""
    number = _compact(text).upper()
    if not re.fullmatch(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9X]", number) or not _is_date(number[6:14]):
        return False
    if not _is_province(number):
        return False
    from stdnum.cn import ric

    return bool(ric.calc_check_digit(number) == number[-1])


def _may_be_old(number: str) -> bool:
    """Whether this can be a resident ID of 15 digits."""
    return _is_place(number) and _is_date(f"19{number[6:12]}") and number[12:] != "000" and not is_bank_card(number)


def _is_of_these_years(written: str) -> bool:
    """Whether a number without separators begins with a date of this decade, as YYMMDD."""
    return written.isdigit() and written[0] == "2" and _is_date(f"20{written[:6]}")


def _is_province(number: str) -> bool:
    """Whether it begins with a province: after a 9 for foreign residents, 83 for Taiwanese."""
    from crmtext.values import standards

    place = number[1:3] if number[0] == "9" else number[:2]
    return place == "83" or place in standards.regions()


def _is_place(number: str) -> bool:
    """Whether it begins with a district code of a current or former prefecture."""
    from crmtext.values import standards

    city, district = number[2:4], number[4:6]
    cities = standards.regions().get(number[:2], ("", {}))[1] or _OF_A_MUNICIPALITY
    return _is_province(number) and district != "00" and (city in cities or "21" <= city <= "39")


def is_bank_card(text: str) -> bool:
    """Whether this is a payment card number: a known issuer's first digits and length, a Luhn check digit."""
    from crmtext.text import bank_cards

    number = _compact(text)
    return number.isdecimal() and bank_cards.may_be(number) and bank_cards.is_issued(number, usual=True)


def _compact(text: str) -> str:
    return re.sub("[^0-9Xx]", "", text.translate(_NARROW))


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
