"""Which items of two lists are the same things, and when two values are equal, however they are written."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crmtext.importers.joining.countries import country
from crmtext.importers.joining.draft import reached
from crmtext.importers.joining.ids import comparable
from crmtext.text.pointer import split
from crmtext.values import lazy, phones
from crmtext.values.external_ids import FIELD, placed
from crmtext.values.folding import folded
from crmtext.values.same_items import Identity, pairs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    #: The keys to compare items by, the best first: each is tried on the items that are left.
    Keys = Sequence[Sequence[str]]


_NOTHING: Mapping[int, int] = MappingProxyType({})
#: The parts of an address that may be in its street, too.
_PLACES = ("country", "province", "city", "district", "postcode")
#: The fields of a need that is no more than its budget.
_WORDS = {"description", "budget"}
#: Words in brackets after a name: 陈刚（采购）.
_ADDITION = lazy.pattern(r"(.+?)\s*[(（\[【]([^()（）\[\]【】]+)[)）\]】]\s*")


def places(have: Sequence[Any], new: Sequence[Any], keys: Keys, known: Mapping[int, int] = _NOTHING) -> dict[int, int]:
    """Return the numbers of the items that are the same things, by the numbers of the new ones.

    Items match by external id, then by the keys, else if they are equal. Some may be known.
    """
    known = {**pairs([Identity(_ids(item)) for item in new], [Identity(_ids(item)) for item in have]), **known}
    for key in keys or ((),):
        if not key and keys:
            continue
        taken = {*known.values()}
        coming = [number for number in range(len(new)) if number not in known]
        left = [at for at in range(len(have)) if at not in taken]
        if coming and left:
            # Only items without a pair are compared by their texts, which takes ten times as long.
            more = pairs([_identity(new[at], key) for at in coming], [_identity(have[at], key) for at in left])
            known |= {coming[number]: left[at] for number, at in more.items()}
    taken = {*known.values()}
    left = [at for at in range(len(have)) if at not in taken]
    for number, item in enumerate(new):
        if number not in known and (at := next((at for at in left if equal(have[at], item)), None)) is not None:
            left.remove(at)
            known[number] = at
    return known


def twins(items: Sequence[Any], keys: Keys) -> list[int]:
    """Return the items without an external id that share their key with others, by number."""
    by_key: defaultdict[Any, list[int]] = defaultdict(list)
    for at, item in enumerate(items) if keys else ():
        if not _ids(item) and (key := _identity(item, keys[0]).key) is not None:
            by_key[key].append(at)
    return [at for same in by_key.values() if len(same) > 1 for at in same]


def same_people(have: Sequence[Any], new: Sequence[Any], known: Mapping[int, int]) -> dict[int, int]:
    """Return the contacts that are one person with a shared number: one of the names has words in brackets after it."""
    left = [at for at, mine in enumerate(have) if at not in known.values() and isinstance(mine, dict)]
    same: dict[int, int] = {}
    for number, item in enumerate(new):
        if number in known or not left or not (numbers := reached(item)):
            continue
        bare, addition = _parted(item.get("name"))
        for at in left:
            own, other = _parted(have[at].get("name"))
            if own == bare and bool(addition) != bool(other) and reached(have[at]) & numbers:
                if not (_ids(item) and _ids(have[at])):
                    same[number] = at
                    left.remove(at)
                break
    return same


def with_our_names(
    have: Sequence[Any], new: Sequence[Any], people: Mapping[int, int], renamed: Collection[int]
) -> list[Any]:
    """Return the new contacts, those that are known with the store's names; `renamed` have new names in the source."""
    return [
        _as_ours(have[people[at]], item, renamed=at in renamed) if at in people else item for at, item in enumerate(new)
    ]


def _as_ours(mine: Mapping[str, Any], item: Mapping[str, Any], *, renamed: bool) -> dict[str, Any]:
    """A person of the file under the store's name; words in brackets of one of the names are the title if it is new."""
    title = (_parted(mine["name"])[1] or _parted(item["name"])[1]) if renamed else ""
    more = {"title": title} if title and not (mine.get("title") or item.get("title")) else {}
    return {**item, "name": mine["name"], **more}


def without_repeated_street(mine: Any, item: Any) -> Any:
    """Return an address of the file, without its street if only one of the two has town and country in the street."""
    if not isinstance(mine, dict) or not isinstance(item, dict) or not (mine.get("street") and item.get("street")):
        return item
    if equal(mine["street"], item["street"]) or not (_is_whole(mine, item) or _is_whole(item, mine)):
        return item
    return {key: value for key, value in item.items() if key != "street"}


def _is_whole(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the street of an address is that of another one with more parts of it: `Main St 7, Tallinn, EE`."""
    whole, street = str(one["street"]), folded(str(other["street"]))
    if street not in folded(whole):
        return False
    rest = folded(whole).replace(street, "", 1)
    last = whole.replace("，", ",").rpartition(",")[2]
    if other.get("country") and country(last) == other["country"]:
        rest = rest.removesuffix(folded(last))
    # Longer names first: 上海市 before 上海.
    for part in sorted((folded(str(other[key])) for key in _PLACES if other.get(key)), key=len, reverse=True):
        rest = rest.replace(part, "", 1)
    return not rest


def same_budget(one: Any, other: Any) -> bool:
    """Whether two needs are the same budgets in other words: 5万, 50,000."""
    sides = [item.get("budget") if isinstance(item, dict) and item.keys() <= _WORDS else None for item in (one, other)]
    mine, theirs = ({k: v for k, v in side.items() if k != "text"} if isinstance(side, dict) else {} for side in sides)
    return bool(mine) and mine == theirs


def _parted(name: Any) -> tuple[str, str]:
    """A name for comparison, without the words in brackets after it, and these words."""
    match = _ADDITION.fullmatch(str(name))
    return (folded(match[1]), match[2].strip()) if match else (folded(str(name)), "")


def _ids(item: Any) -> frozenset[tuple[str, str]]:
    systems = item.get(FIELD) if isinstance(item, dict) else None
    return frozenset((system, comparable(id_)) for system, id_, _steps in placed(systems))


def _identity(item: Any, keys: Sequence[str]) -> Identity:
    """An item's external ids and key, in a form for comparison; of several with one key, equal ones are the same."""
    values = tuple(plain(item.get(key)) for key in keys) if isinstance(item, dict) else ()
    return Identity(_ids(item), values if any(values) else None, content(item) if any(values) else None)


def content(item: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return all that an item says, for comparison."""
    return tuple(sorted((key, str(value)) for key, value in item.items()))


def lasting_place(data: Any, pointer: str, new: Any) -> tuple[str, ...]:
    """Return where a value is in a record, with items named by their external ids, else by their first value."""
    names = []
    for step in split(pointer):
        if isinstance(data, list):
            data = data[int(step)]
            names.append(_lasting_name(data))
        else:
            data = data.get(step) if isinstance(data, dict) else None
            names.append(step)
    # An item that the record lacks stands at the place of its list.
    return (*names, _lasting_name(new)) if isinstance(new, dict) and not isinstance(data, dict) else tuple(names)


def _lasting_name(item: Any) -> str:
    if ids := _ids(item):
        return min(":".join(id_) for id_ in ids)
    return str(next(iter(item.values()), "") if isinstance(item, dict) else item)


def plain(value: Any) -> Any:
    """Return a value for comparison: texts without case and width, phone numbers as digits with the extension."""
    if not isinstance(value, str):
        return str(value) if isinstance(value, dict | list) else value
    digits, extension = phones.split(value)
    if len(digits) < 7 or not digits.removeprefix("+").isdecimal():
        return folded(value)
    return f"{digits}-{extension}" if extension else digits


def says_more(one: Any, other: Any) -> bool:
    """Whether two numbers are the same but for an extension that one of them lacks."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    (digits, extension), (number, more) = map(phones.split, (one, other))
    return digits == number and bool(extension) != bool(more)


def equal(one: Any, other: Any) -> bool:
    """Whether two values say the same. A file has a number of an own field as text."""
    if one == other:
        return True
    here, there = _written(one), _written(other)
    return here is not None and there is not None and plain(here) == plain(there)


def _written(value: Any) -> str | None:
    """A text, or a number as text; None for other values."""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{value:.15g}" if is_number else None
