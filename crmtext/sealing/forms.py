"""The masked form of a value, by the kinds of the schema's mark `x-mask`. Masking twice changes nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtext.values import lazy
from crmtext.values.surnames import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: The masked form of a text that has no other.
HIDDEN = "***"
#: The first characters of scripts whose names are written without blanks: CJK, kana, hangul.
_DENSE = "\u2e80"
#: A word of any other name.
_WORD = lazy.pattern(r"[^\W_][^\s*＊]*")
_STARS = lazy.pattern(r"[*＊]+")
#: Signs before a name.
_SIGNS = lazy.pattern(r"\A[\W_]+")
#: An address up to its district. Names of streets and buildings are left out, which also end in 区.
_PLACE = r"[㐀-鿿]"
_DISTRICT = lazy.pattern(
    rf"(?:{_PLACE}{{2,10}}?(?:省|自治区|特别行政区))?(?:{_PLACE}{{1,8}}?(?:市|自治州|地区|盟))?"
    rf"(?:(?![^区县旗]*[路街道巷弄村]){_PLACE}{{1,8}}?(?:(?<![小社园校厂片])区|县|旗))?"
)
#: A masked name: 张*, 张*三, 欧阳*, 李XX, 李某某, J***, J. D***, J*** S***, and one that hides all: *.
_MASKED_NAME = lazy.pattern(
    r"[\u3400-\u9fff]{1,2}(?:[*＊]+[\u3400-\u9fff]?|[xXｘＸ×]{1,3}|某{1,2})"
    r"|[^\W\d_]?(?:\. ?[^\W\d_])?[*＊]+(?: +[^\W\d_]?[*＊]+)*"
)
#: The digits that a masked phone number shows at each end.
_FIRST, _LAST = 3, 4


@lru_cache(maxsize=1 << 12)
def name(value: str) -> str:
    """Return the family name with a star: 张*, 欧阳*; of other names the first letter of each word: J*** S***."""
    text = _STARS.sub("*", _SIGNS.sub("", " ".join(value.split())))
    if text < _DENSE:
        return " ".join(f"{word[0][0]}***" for word in _WORD.finditer(text)) or "*"
    family = family_of(text) or text[:1]
    return f"{family if len(text) > len(family) else family[:-1]}*"


def is_masked_name(value: str) -> bool:
    """Whether a name is masked, by `name` or as other programs do it."""
    return _MASKED_NAME.fullmatch(value.strip()) is not None


def phone(value: str) -> str:
    """Return the first three and last four digits of a mobile number: 138****8000; of others the area: 010-****34."""
    if "*" in value or "＊" in value:
        return _masked_again(value)
    # Every write checks for masked names, and needs no phone numbers.
    from crmtext.values import phones

    number = re.sub("[^0-9+]", "", phones.split(value)[0])
    if number.startswith("1") and len(number) == 11:
        return f"{number[:_FIRST]}****{number[-_LAST:]}"
    if number.startswith("+"):
        # Country codes have one to three digits; two of them tell the country well enough.
        return f"{number[:3]}****{number[-2:]}"
    if number.startswith("0") and len(number) > 9:
        area = number[:3] if number[1] in "12" else number[:4]
        return f"{area}-****{number[-2:]}"
    return f"{number[:3]}****{number[-2:]}" if len(number) > 7 else f"****{number[-2:]}" if len(number) > 3 else HIDDEN


def id_number(value: str) -> str:
    """Return the first and last character with stars between them: 1****************X."""
    text = re.sub(r"[\s-]", "", value)
    return f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}" if len(text) > 4 else HIDDEN


def account(value: str) -> str:
    """Return the last four digits: **** 5678."""
    text = re.sub(r"[\s-]", "", value).lstrip("*")
    return f"**** {text[-4:]}" if len(text) > 7 or value.startswith("****") else HIDDEN


def email(value: str) -> str:
    """Return the first letter and the domain: z***@example.com."""
    local, at, domain = value.rpartition("@")
    return f"{local[:1]}***@{domain}" if at and local else HIDDEN


def address(value: str) -> str:
    """Return an address up to its district: 上海市浦东新区***."""
    match = _DISTRICT.match("".join(value.split()))
    return f"{match[0] if match else ''}{HIDDEN}"


def social(value: str) -> str:
    """Return the first and last character: w***g."""
    text = _STARS.sub("*", value.strip())
    if len(text) > 2:
        return f"{text[0]}***{text[-1]}"
    return HIDDEN


def birth(value: str) -> str:
    """Return the year of a date: 1990; nothing of a date without one."""
    return value[:4] if re.match(r"[0-9]{4}(?![0-9])", value) else HIDDEN


def text(_value: str) -> str:
    """Return stars."""
    return HIDDEN


#: The kinds of `x-mask`.
FORMS: Mapping[str, Callable[[str], str]] = {
    "name": name,
    "phone": phone,
    "email": email,
    "id": id_number,
    "account": account,
    "address": address,
    "social": social,
    "date": birth,
    "text": text,
}


def _masked_again(value: str) -> str:
    """Return a value that has stars; if it shows more digits than a masked number may, only the last two of them."""
    digits = re.sub(r"\D", "", value)
    if len(digits) > _FIRST + _LAST:
        return f"****{digits[-2:]}"
    return _STARS.sub("****", value) if digits else HIDDEN
