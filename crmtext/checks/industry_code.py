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
ONLY_WARNINGS = True

#: A code, or a code followed by its name; text that only begins like a code, such as `3C 数码`, is text.
_CODE = lazy.pattern(r"([A-Za-z]?)([0-9]{2,4})?(?:[ :：-]+(\D.*))?\Z")
_WORDS = lazy.pattern(r"([^-–—/]+)[-–—/](.+)\Z")


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of codes that the standard doesn't have, and of sections and divisions that don't belong together."""
    for customer in snapshot.customers:
        text = str(customer.data.get("industry", ""))
        if text and (fault := _wrong(text)):
            message, hint = fault
            yield customer.document.problem("industry-code", message, "/industry", hint=hint, severity=Severity.WARNING)


def is_known(section: str, number: str) -> bool:
    """Whether the digits of a division, or of a group in it, belong to the section's letter."""
    if not number:
        return section in industries()
    return _section_of(number[:2]) in ({section} if section else industries())


def _wrong(text: str) -> tuple[str, str] | None:
    code = _CODE.match(text)
    if code and (code[2] or not code[3]):  # a letter followed by words, such as `X-ray`, is text
        section, number = code[1].upper(), code[2] or ""
        if not is_known(section, number):
            typed = text if not code[3] else f"{code[1]}{number}"
            return _("'{code}' is not an industry code of GB/T 4754").format(code=typed), _way_out(section, number)
    elif (words := _WORDS.match(text)) and (right := _other_section(words[1], words[2])):
        message = _("'{division}' belongs to {section}, not to '{other}'").format(
            division=words[2].strip(), section=right, other=words[1].strip()
        )
        return message, _("fix one of the two, or use the code alone")
    return None


def _way_out(section: str, number: str) -> str:
    """A hint with the code that was likely intended."""
    if home := _section_of(number[:2]):
        name = industries()[home][1][number[:2]]
        return _("did you mean {code} {name}?").format(code=f"{home}{number}", name=name)
    if section in industries():
        name, divisions = industries()[section]
        return _("{section} {name} has the divisions {first} to {last}").format(
            section=section, name=name, first=min(divisions), last=max(divisions)
        )
    return _("use a section and division such as C39, or plain text")


def _section_of(division: str) -> str:
    return next((letter for letter, (_name, divisions) in industries().items() if division in divisions), "")


def _other_section(section: str, division: str) -> str:
    """The section that the division belongs to, if another one is given; else empty."""
    given, right = _plain(section), _names().get(_plain(division), "")
    others = {_plain(name) for name, _divisions in industries().values()} - {_plain(right)}
    return right if given in others else ""


@cache
def _names() -> Mapping[str, str]:
    """The section of each division, by the folded name of the division."""
    return MappingProxyType(
        {_plain(name): section for section, divisions in industries().values() for name in divisions.values()}
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s、,，]", "", name)
