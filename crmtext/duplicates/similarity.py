"""Find likely duplicates by shared values and similar names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.values import lazy, phones
from crmtext.values.folding import simplified, spellings
from crmtext.values.mail_providers import MAIL_PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.model import Customer

#: A value that customers can share: its kind (`uscc`, `full-name`, `name`, `phone`, `email`, `domain`) and the value.
Mark = tuple[str, str]

#: Words of the legal form, which people leave out of a name.
_FORMS_CHINESE = lazy.pattern(
    r"股份有限公司|有限责任公司|有限公司|股份公司|集团公司|总公司|公司|集团|[(](?:有限|普通)合伙[)]|株式会社|有限会社|合同会社"
)
_FORMS_LATIN = frozenset({
    "ab", "ag", "and", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "kk",
    "limited", "llc", "llp", "ltd", "nv", "oy", "plc", "pte", "pty", "sa", "sarl", "sas", "spa", "srl", "the", "und",
})  # fmt: skip
_SHORTEST_PHONE = 7
#: The least similarity of names that are shown as near, from 0 to 1.
_NEAR = 0.85
_SHORTEST_NEAR = 4
_FEW = 3


class Match(NamedTuple):
    """A likely duplicate; `common` is empty if only the names are similar."""

    customer: Customer
    common: tuple[Mark, ...]
    #: Whether it is almost certainly the same customer.
    certain: bool


def similar(data: Mapping[str, Any], customers: Iterable[Customer]) -> tuple[Match, ...]:
    """Return the customers that a record may duplicate, certain ones first."""
    own, name = marks(data), core(str(data.get("name", "")))
    matches = (_match(data, own, name, other) for other in customers if not _are_distinct(data, other.data))
    return tuple(
        sorted(filter(None, matches), key=lambda match: (not match.certain, -len(match.common), match.customer.id))
    )


def marks(data: Mapping[str, Any]) -> frozenset[Mark]:
    """Return the values of a record that duplicates can share; duplicates share at least one."""
    return frozenset(_marks(data))


def certain(one: Mapping[str, Any], other: Mapping[str, Any], common: Iterable[Mark]) -> bool:
    """Whether two records that share these values are certainly the same customer.

    Two companies never share a credit code or a full name; two persons can share a name, but not also a phone number.
    """
    kinds = {kind for kind, _value in common}
    if "uscc" in kinds:
        return True
    if "full-name" not in kinds:
        return False
    people = "person" in (one.get("type"), other.get("type"))
    return bool(kinds & {"phone", "email"}) if people else True


@lru_cache(maxsize=64)
def core(name: str) -> str:
    """Return a name without its legal form, spaces and punctuation, and without 省 and 市 after places."""
    plain = simplified(unicodedata.normalize("NFKC", name)).casefold()
    words = re.findall(r"[a-z0-9]+|[^\W_a-z0-9]+", _FORMS_CHINESE.sub(" ", plain.replace(".", "")))
    kept = [word for word in words if word not in _FORMS_LATIN] or words
    return re.sub("[省市]", "", "".join(kept)) or "".join(kept)


def _marks(data: Mapping[str, Any]) -> Iterator[Mark]:
    if code := data.get("uscc"):
        yield "uscc", str(code).upper()
    yield from (("full-name", spelling) for spelling in spellings(str(data.get("name", ""))))
    for name in (data.get("name"), data.get("short_name"), *data.get("aliases", ()), *data.get("former_names", ())):
        if name and len(short := core(str(name))) > 1:
            yield from (("name", spelling) for spelling in spellings(short))
    for holder in (data, *data.get("contacts", ())):
        yield from _reached(holder)
    if website := str(data.get("website", "")):
        yield from _domain(re.sub(r"^[a-z]+://|[/:?#].*$", "", website.casefold()))


def _reached(holder: Mapping[str, Any]) -> Iterator[Mark]:
    for number in holder.get("phones", ()):
        digits = phones.split(str(number))[0]
        if len(digits) >= _SHORTEST_PHONE:
            yield "phone", digits
    for address in holder.get("emails", ()):
        email = str(address).casefold()
        yield "email", email
        yield from _domain(email.rpartition("@")[2])


def _domain(host: str) -> Iterator[Mark]:
    name = host.removeprefix("www.")
    if "." in name and name not in MAIL_PROVIDERS:
        yield "domain", name


def _match(data: Mapping[str, Any], own: frozenset[Mark], name: str, other: Customer) -> Match | None:
    common = tuple(sorted(own & marks(other.data)))
    if common:
        return Match(other, common, certain(data, other.data, common))
    return Match(other, (), certain=False) if _near(name, core(other.name)) else None


def alike(one: str, other: str, least: float = 0) -> float:
    """Return the similarity of two texts from 0 to 1; 0 if it is below `least`, which is faster."""
    from rapidfuzz import fuzz

    return fuzz.ratio(one, other, score_cutoff=least * 100) / 100


def informal(names: Sequence[str]) -> list[str]:
    """Return Chinese names without the words of their legal form."""
    return _FORMS_CHINESE.sub("", "\n".join(names)).split("\n")


def nearest(text: str, others: Sequence[str], least: float) -> list[tuple[float, int]]:
    """Return the distance, 0 for equal, and the index of the few nearest texts."""
    from rapidfuzz import fuzz, process

    ranked = process.extract(text, others, scorer=fuzz.ratio, processor=None, limit=_FEW, score_cutoff=least * 100)
    return [(100 - score, place) for _text, score, place in ranked]


def _near(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _SHORTEST_NEAR and alike(one, other, _NEAR) > 0


def _are_distinct(data: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether one of the two is marked as not a duplicate of the other."""
    return other["id"] in data.get("not_duplicate_of", ()) or data.get("id") in other.get("not_duplicate_of", ())
