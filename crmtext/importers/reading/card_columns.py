"""The columns of cards: which property of a vCard goes to which column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from crmtext.importers.reading.vcard import Property

_NAME = ("family", "given", "middle", "prefix", "suffix")
_ADDRESS = ("box", "extended", "street", "city", "region", "postcode", "country")
_KINDS = ("cell", "work", "home", "fax", "")
_PLACES = ("work", "home", "")
#: In the order of the header.
ORDER = (
    "FN", *(f"N {part}" for part in _NAME), "NICKNAME", "ORG", "ORG unit", "TITLE", "ROLE",
    *(f"TEL {kind}".strip() for kind in _KINDS), "TEL company", "EMAIL", "EMAIL company",
    *(" ".join(f"ADR {place} {part}".split()) for place in _PLACES for part in _ADDRESS[2:]),
    "URL", "BDAY", "ANNIVERSARY", "NOTE", "WECHAT", "QQ", "CATEGORIES", "UID", "REV", "GENDER",
)  # fmt: skip
_POSITIONS = {column: number for number, column in enumerate(ORDER)}
_NUMBERED = re.compile(r"(.+) \((\d+)\)")
#: Properties whose value is their column's.
_PLAIN = {
    "FN": "FN", "NICKNAME": "NICKNAME", "TITLE": "TITLE", "ROLE": "ROLE", "BDAY": "BDAY", "URL": "URL",
    "ANNIVERSARY": "ANNIVERSARY", "X-ANNIVERSARY": "ANNIVERSARY", "NOTE": "NOTE", "CATEGORIES": "CATEGORIES",
    "UID": "UID", "REV": "REV", "SEX": "GENDER", "X-GENDER": "GENDER", "X-WAB-GENDER": "GENDER",
    "X-QQ": "QQ", "X-TENCENT-QQ": "QQ", "X-WECHAT": "WECHAT", "X-WEIXIN": "WECHAT", "X-WEIXIN-ID": "WECHAT",
    "X-WECHAT-ID": "WECHAT", "X-NICKNAME": "NICKNAME",
}  # fmt: skip
#: Properties that say nothing about a customer, or repeat what others say.
_NOTHING = frozenset(
    {
        "VERSION", "PRODID", "PROFILE", "MAILER", "X-ABLABEL", "X-ABADR", "X-ABSHOWAS", "LABEL", "SORT-STRING", "NAME",
        "SOURCE", "CLASS", "KIND", "XML", "X-ADDRESSBOOKSERVER-KIND", "CLIENTPIDMAP", "AGENT",
    }
)  # fmt: skip
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_", re.DOTALL)
#: Words that name a kind of phone or address.
_WORDS = {
    "fax": ("fax", "传真"),
    "cell": ("cell", "mobile", "iphone", "手机", "移动"),
    "work": ("work", "main", "office", "business", "company", "工作", "公司", "办公", "单位", "总机"),
    "home": ("home", "住宅", "家"),
}
_SERVICES = {"wechat": "WECHAT", "weixin": "WECHAT", "微信": "WECHAT", "qq": "QQ"}
_SCHEME = re.compile(r"(?:x-apple|wechat|weixin|qq|im|xmpp|tel|mailto):(?://)?", re.IGNORECASE)


def columns(properties: Sequence[Property], unread: Counter[str]) -> dict[str, str]:
    """Return a card's values by column; further values of a column go to `TEL (2)` and so on. Counts unknown lines."""
    labels = {line.group.lower(): _label(line.value) for line in properties if line.group and line.name == "X-ABLABEL"}
    cells: dict[str, str] = {}
    is_company = _is_company(properties)
    for line in properties:
        if line.name in _NOTHING:
            continue
        read = False
        for kind, text in _values(line, labels.get(line.group.lower(), "")):
            read = True
            value = text.strip()
            column = _of_company(kind) if is_company else kind
            if not value or not column:
                continue
            number, name = 1, column
            while name in cells and cells[name] != value:
                number += 1
                name = f"{column} ({number})"
            cells[name] = value
        if not read:
            unread[line.name] += 1
    return cells


def position(column: str) -> tuple[int, int]:
    """Return the place of a column in the header."""
    match = _NUMBERED.fullmatch(column)
    return _POSITIONS[match[1] if match else column], int(match[2]) if match else 1


def _is_company(properties: Sequence[Property]) -> bool:
    """Whether a card is that of a company itself: marked so, or named like it."""
    values = {line.name: line for line in properties}
    marks = {values[name].value.strip().lower() for name in ("X-ABSHOWAS", "KIND") if name in values}
    if marks:
        return bool(marks & {"company", "org"}) and "ORG" in values
    company, name = (values[name].parts[0].strip() if name in values else "" for name in ("ORG", "FN"))
    has_given = "N" in values and any(part.strip() for part in values["N"].parts[1:3])
    return bool(company) and company == name and not has_given


def _of_company(column: str) -> str:
    """The column of a company's value; empty if it is the name, which ORG has."""
    first = column.partition(" ")[0]
    if first in ("FN", "N", "TITLE", "ROLE"):
        return ""
    return f"{first} company" if first in ("TEL", "EMAIL") and column != "TEL fax" else column


def _label(text: str) -> str:
    match = _APPLE_LABEL.fullmatch(text.strip())
    return (match[1] if match else text).lower()


def _values(line: Property, label: str) -> Iterator[tuple[str, str]]:
    """A property's columns and values; none if it is unknown."""
    name = line.name
    if name in _PLAIN:
        yield _PLAIN[name], line.value
    elif name == "N":
        yield from zip((f"N {part}" for part in _NAME), line.parts, strict=False)
    elif name == "ORG":
        yield "ORG", line.parts[0]
        yield "ORG unit", " / ".join(part.strip() for part in line.parts[1:] if part.strip())
    elif name == "TEL":
        number, _sign, rest = line.value.partition(";")
        extension = re.match(r"ext=(\d+)", rest)
        number = _SCHEME.sub("", number, count=1) + (f" ext {extension[1]}" if extension else "")
        yield f"TEL {_kind(line, label, _KINDS)}".strip(), number
    elif name == "EMAIL":
        yield "EMAIL", _SCHEME.sub("", line.value, count=1)
    elif name == "ADR":
        yield from _address(line, _kind(line, label, _PLACES))
    else:
        yield from _more_values(line, label)


def _more_values(line: Property, label: str) -> Iterator[tuple[str, str]]:
    """Columns and values of properties that version 4.0 or vendors added."""
    name = line.name
    if name == "GENDER":
        yield "GENDER", line.parts[0] or line.value.strip(";")
    elif name in ("IMPP", "X-SOCIALPROFILE", "X-IM"):
        yield from _account(line, label)
    elif name == "X-ABDATE" and "anniversary" in label:
        yield "ANNIVERSARY", line.value
    elif name == "X-ANDROID-CUSTOM":
        kind = line.parts[0].rpartition("/")[2]
        value, what = (*line.parts[1:3], "", "")[:2]
        if kind == "nickname":
            yield "NICKNAME", value
        elif kind == "contact_event" and what in ("1", "3"):
            yield ("ANNIVERSARY" if what == "1" else "BDAY"), value


def _kind(line: Property, label: str, kinds: tuple[str, ...]) -> str:
    """The kind of a phone or address by its types, else by its label."""
    for words in (line.types, (label,)):
        for kind in ("fax", "cell", "work", "home"):
            if kind in kinds and any(word in text for text in words for word in _WORDS[kind]):
                return kind
    return ""


def _address(line: Property, place: str) -> Iterator[tuple[str, str]]:
    parts = dict(zip(_ADDRESS, line.parts, strict=False))
    street = " ".join(parts[part].strip() for part in ("box", "extended", "street") if parts.get(part, "").strip())
    for part, value in (parts | {"street": street}).items():
        if part in _ADDRESS[2:]:
            yield " ".join(f"ADR {place} {part}".split()), value


def _account(line: Property, label: str) -> Iterator[tuple[str, str]]:
    """A WeChat or QQ account; other services are unknown lines."""
    named = {*line.types, label, *(text.lower() for text in line.params.get("X-SERVICE-TYPE", ()))}
    named.add(line.value.partition(":")[0].lower())
    for service, column in _SERVICES.items():
        if service in named:
            user = next(iter(line.params.get("X-USER", ())), "")
            yield column, user or _SCHEME.sub("", line.value, count=1)
            return
