"""Whether two names may be those of one customer, and how much they are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.duplicates import people_names
from crmtext.duplicates.company_names import directions
from crmtext.duplicates.similarity import alike, core
from crmtext.values.folding import simplified, spellings
from crmtext.values.pinyin import sounds

if TYPE_CHECKING:
    from collections.abc import Container

    from crmtext.duplicates.known import Known

#: The least similarity of names, from 0 to 1, with another shared value, and of long names without one.
_ALIKE = 0.75
_ALIKE_ALONE = 0.92
#: The likeness of names that are written in two ways, and of short ones that differ in one sign.
_OTHERWISE = 0.95
_ONE_SIGN = 0.85
_SHORT = 2
_SHORTEST_SWAPPED = 4
#: Different Latin names of this length seldom differ in one letter; Chinese ones, which are short, often do.
_LONG = 12


def likeness(one: Known, other: Known) -> float:
    """Return how much two customers that share something have one name, from 0 to 1."""
    score = alike(one.name, other.name)
    if score < _OTHERWISE and _are_otherwise_one(one, other):
        return _OTHERWISE
    if score < _ONE_SIGN and _differ_in_one_sign(one.name, other.name) and _reached(one) & _reached(other):
        return _ONE_SIGN
    return round(score, 2)


def may_be_one(one: Known, other: Known, common: Container[str], *, second: bool) -> bool:
    """Whether the names may belong to one customer, given the kinds of what else they share."""
    people = [side.customer.type == "person" for side in (one, other)]
    if any(people):
        # Different persons share names, and a person shares a number with the company.
        return all(people) and second and ("full-name" in common or _is_one_person(one, other, common))
    if one.places != other.places and (one.places and other.places):
        return False
    if one.name == other.name and (one.places == other.places or second):
        return True
    is_branch = one.branch or other.branch
    if not is_branch and (_is_name_of(one, other) or _is_name_of(other, one)):
        return True
    if is_branch or one.apart != other.apart or _differ_in_direction(one, other):
        return False
    return _are_near(one, other) if second else _are_near_alone(one.name, other.name)


def _are_near(one: Known, other: Known) -> bool:
    shorter, longer = sorted((one.name, other.name), key=len)
    if (len(shorter) > _SHORT and shorter in longer) or alike(shorter, longer, _ALIKE) > 0:
        return True
    return _are_otherwise_one(one, other)


def _are_near_alone(one: str, other: str) -> bool:
    return is_long(one) and is_long(other) and alike(one, other, _ALIKE_ALONE) > 0


def _are_otherwise_one(one: Known, other: Known) -> bool:
    """Whether two names are one that is written in two ways."""
    swapped = len(one.name) >= _SHORTEST_SWAPPED and sorted(one.name) == sorted(other.name)
    return swapped or _are_known_alike(one, other) or _sound_alike(one, other)


def is_long(name: str) -> bool:
    """Whether a name is long and Latin."""
    return len(name) >= _LONG and name.isalpha() and not any("\u3400" <= sign <= "\u9fff" for sign in name)


def _is_one_person(one: Known, other: Known, common: Container[str]) -> bool:
    """Whether two persons with one number or address have one name, written in two ways."""
    if "phone" not in common and "email" not in common:
        return False
    names = [people_names.words(str(side.customer.name)) for side in (one, other)]
    if people_names.may_be_one(*names):
        return True
    if ("email" in common or (is_long(one.name) and is_long(other.name))) and alike(one.name, other.name, _ALIKE_ALONE):
        return True
    # Many Chinese names of two signs sound the same.
    are_short = all(len(word) <= _SHORT for words in names for word in words)
    return not are_short and _sound_alike(one, other)


def _other_names(side: Known) -> frozenset[str]:
    """The names of a customer as its marks have them: name, short name, aliases, former names."""
    return frozenset(value for kind, value in side.marks if kind == "name")


def _are_known_alike(one: Known, other: Known) -> bool:
    """Whether two customers share a name of more than two signs."""
    return any(len(name) > _SHORT for name in _other_names(one) & _other_names(other))


def _is_name_of(one: Known, other: Known) -> bool:
    """Whether the name of a customer is also a further name of the other one."""
    return any(name in _other_names(other) for name in spellings(core(one.customer.name)) if len(name) > _SHORT)


def _sound_alike(one: Known, other: Known) -> bool:
    """Whether two names sound the same in pinyin, with or without the place: typed wrongly, or in Latin."""
    names = [_sound(side) for side in (one, other)]
    return any(len(name) > _SHORT for name in names[0] & names[1])


def _sound(side: Known) -> frozenset[str]:
    if side.customer.type == "person":
        # In any order: of two Latin words either may be the family name.
        words = "".join(people_names.words(str(side.customer.name)))
        return frozenset("".join(sorted(sound)) for sound in sounds([words]))
    texts = (side.name, spellings(core(simplified(side.customer.name)))[-1])
    return frozenset(sounds(texts))


def _differ_in_one_sign(one: str, other: str) -> bool:
    if len(one) != len(other) or len(one) < _SHORTEST_SWAPPED:
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _reached(side: Known) -> set[tuple[str, str]]:
    return {mark for mark in side.marks if mark[0] in ("phone", "email")}


def _differ_in_direction(one: Known, other: Known) -> bool:
    ways = [directions(simplified(side.customer.name)) for side in (one, other)]
    return ways[0] != ways[1] and len(ways[0]) == len(ways[1])
