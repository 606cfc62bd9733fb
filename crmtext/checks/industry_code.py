"""Industry codes that GB/T 4754-2017 doesn't have."""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.values import lazy
from crmtext.values.standards import industries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD

#: A code alone, or one with its name behind it; words that begin like one, such as `3C 数码`, are words.
_CODE = lazy.pattern(r"([A-Za-z]?)([0-9]{2,4})?(?:[ :：-]+(\D.*))?\Z")
_WORDS = lazy.pattern(r"([^-–—/]+)[-–—/](.+)\Z")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A warning at each industry code that the standard does not know, and where two names do not go together."""
    for customer in snapshot.customers:
        text = str(customer.data.get("industry", ""))
        if text and (told := _wrong(text)):
            message, hint = told
            yield customer.document.problem("industry-code", message, "/industry", hint=hint, severity=Severity.WARNING)


def is_known(section: str, number: str) -> bool:
    """Whether a section's letter and a division's digits (with further ones or without) go together."""
    if not number:
        return section in industries()
    return _section_of(number[:2]) in ({section} if section else industries())


def _wrong(text: str) -> tuple[str, str] | None:
    code = _CODE.match(text)
    if code and (code[2] or not code[3]):  # a letter with words behind it, such as `X-ray`, is words
        section, number = code[1].upper(), code[2] or ""
        if not is_known(section, number):
            said = text if not code[3] else f"{code[1]}{number}"
            return _("'{code}' is not an industry code of GB/T 4754").format(code=said), _way_out(section, number)
    elif (words := _WORDS.match(text)) and (right := _other_section(words[1], words[2])):
        message = _("'{division}' belongs to {section}, not to '{other}'").format(
            division=words[2].strip(), section=right, other=words[1].strip()
        )
        return message, _("correct one of the two, or write the code alone")
    return None


def _way_out(section: str, number: str) -> str:
    """What a code that is none was likely to be."""
    if home := _section_of(number[:2]):
        name = industries()[home][1][number[:2]]
        return _("did you mean {code} {name}?").format(code=f"{home}{number}", name=name)
    if section in industries():
        name, divisions = industries()[section]
        return _("{section} {name} has the divisions {first} to {last}").format(
            section=section, name=name, first=min(divisions), last=max(divisions)
        )
    return _("write a section and division such as C39, or words")


def _section_of(division: str) -> str:
    return next((letter for letter, (_name, divisions) in industries().items() if division in divisions), "")


def _other_section(section: str, division: str) -> str:
    """The name of the section that a division's name is really in, where another one is given; else empty."""
    given, right = _plain(section), _names().get(_plain(division), "")
    others = {_plain(name) for name, _divisions in industries().values()} - {_plain(right)}
    return right if given in others else ""


@cache
def _names() -> Mapping[str, str]:
    """The name of each division's section, by the division's name as it is compared."""
    return MappingProxyType(
        {_plain(name): section for section, divisions in industries().values() for name in divisions.values()}
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s、,，]", "", name)
