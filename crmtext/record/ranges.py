"""An amount from … to, as people say it in one word: `50万-80万`, `50-80万`, `80万以内`, `待确认`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext import money
from crmtext.problem import CrmError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.schema import Field
    from crmtext.text.emit import Value

_BETWEEN = re.compile(r"\s*(?:-|–|—|~|～|至|到|\.\.)\s*")
_AT_MOST = re.compile(r"(?:<=|≤|不超过|最多)\s*(.+)|(.+?)\s*(?:以内|以下|之内)")
_AT_LEAST = re.compile(r"(?:>=|≥|至少|不低于)\s*(.+)|(.+?)\s*(?:以上|起|\+)")
_UNIT = re.compile(r"[千万亿kwKW]元?\Z")


def read(field: Field, typed: str) -> Mapping[str, Value] | None:
    """The keys of a map that holds `min` and `max` which a typed text means; None of another map or another text.

    One amount is both ends. A word that only one key of the map has among its values is that key's.
    """
    if not takes(field):
        return None
    if named := [{child.key: meant} for child in field.children if (meant := _choice(child, typed))]:
        return named[0]
    try:
        return {key: _number(text) for key, text in _ends(typed).items()}
    except CrmError:
        return None


def takes(field: Field) -> bool:
    """Whether a range can be typed for this key: whether it has `min` and `max` below it."""
    return {"min", "max"} <= {child.key for child in field.children}


def _number(text: str) -> int | float:
    exact = money.decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _choice(field: Field, typed: str) -> str:
    wanted = typed.casefold()
    return next((each.value for each in field.choices if wanted in {name.casefold() for name in each.names()}), "")


def _ends(typed: str) -> dict[str, str]:
    for key, form in (("max", _AT_MOST), ("min", _AT_LEAST)):
        if match := form.fullmatch(typed):
            return {key: match[1] or match[2]}
    low, *high = _BETWEEN.split(typed, maxsplit=1)
    if not high:
        return {"min": typed, "max": typed}
    unit = _UNIT.search(high[0])
    # Of `50-80万` the first means 50万 as well.
    return {"min": low if not unit or _UNIT.search(low) else low + unit[0], "max": high[0]}
