"""An amount from … to, as people say it in one word: `50万-80万`, `50-80万`, `80万以内`, `待确认`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import lazy
from crmtext.problem import CrmError
from crmtext.record import amounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.schema import Field
    from crmtext.text.emit import Value

_BETWEEN = lazy.pattern(r"\s*(?:-|–|—|~|～|至|到|\.\.)\s*")
_AT_MOST = lazy.pattern(r"(?:<=|≤|不超过|最多)\s*(.+)|(.+?)\s*(?:以内|以下|之内)")
_AT_LEAST = lazy.pattern(r"(?:>=|≥|至少|不低于)\s*(.+)|(.+?)\s*(?:以上|起|\+)")
#: What may part a word from the amount beside it.
_BESIDE = " \t,，、:：;；()（）"
_UNIT = lazy.pattern(r"[千万亿kwKW]元?\Z")


def read(field: Field, typed: str, home: str) -> Mapping[str, Value] | None:
    """The keys of a map that holds `min` and `max` which a typed text means; None of another map or another text.

    One amount is both ends. A word that one key of the map has among its values is that key's, by itself or beside an
    amount: `预估 50-80万`. `home` is the store's currency.
    """
    if not takes(field):
        return None
    said, amount = _parted(field, typed)
    try:
        return (
            {**said, **{key: _number(text, home) for key, text in _ends(amount).items()}}
            if amount or not said
            else said
        )
    except CrmError as error:
        if error.problem.rule == "amount-currency":
            raise
        return None


def takes(field: Field) -> bool:
    """Whether a range can be typed for this key: whether it has `min` and `max` below it."""
    return {"min", "max"} <= {child.key for child in field.children}


def _number(text: str, home: str) -> int | float:
    exact = amounts.exact(text, home)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _parted(field: Field, typed: str) -> tuple[Mapping[str, Value], str]:
    """The word that is one key's, before an amount or behind it, and the amount."""
    wanted = typed.strip(_BESIDE).casefold()
    names = [
        (name.casefold(), child.key, each.value)
        for child in field.children
        for each in child.choices
        for name in each.names()
    ]
    # `已明确` is not `明确` with something before it.
    for name, key, value in sorted(names, key=lambda found: -len(found[0])):
        if wanted.startswith(name) or wanted.endswith(name):
            rest = wanted.removeprefix(name) if wanted.startswith(name) else wanted.removesuffix(name)
            return {key: value}, rest.strip(_BESIDE)
    return {}, typed


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
