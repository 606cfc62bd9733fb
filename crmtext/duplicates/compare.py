"""Customers compared with each other: which pairs are worth a look, and what speaks for two being one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.company_names import is_branch, places, without_places
from crmtext.duplicates.similarity import alike, core, marks
from crmtext.i18n import _
from crmtext.values.folding import simplified, spellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmtext.duplicates.similarity import Mark
    from crmtext.model import Customer

#: More customers than this with one phone number or domain have an agent in common, not an identity.
MOST_IN_COMMON = 20
#: How alike two names must be that have something else in common, from 0 to 1, and two long ones that have not.
_ALIKE = 0.75
_ALIKE_ALONE = 0.92
#: Latin names of this length seldom differ in one letter only; Chinese ones, of few signs, often do.
_LONG = 12
_SECOND = ("phone", "email", "domain")


class Known(NamedTuple):
    """A customer as it is compared."""

    customer: Customer
    marks: frozenset[Mark]
    #: The name as it is compared, without its places.
    name: str
    places: frozenset[str]
    branch: bool


def known(customer: Customer) -> Known:
    """The customer as it is compared: found once, for its facts are asked about and its record is checked."""
    # Without the customer itself: a reference cycle would keep its memory until the next garbage collection.
    kept: tuple[frozenset[Mark], str, frozenset[str], bool] | None = vars(customer).get("compared")
    if kept is None:
        kept = vars(customer)["compared"] = _known(customer)
    return Known(customer, *kept)


def _known(customer: Customer) -> tuple[frozenset[Mark], str, frozenset[str], bool]:
    name = simplified(customer.name)
    short, where = core(name), places(name)
    # The last spelling is the longer one, which every keyboard writes.
    plain = spellings(without_places(short) or short)[-1]
    found = marks(customer.data) | {("plain", f"{plain} {' '.join(sorted(where))}")}
    return found, plain, where, is_branch(name)


def candidates(compared: Iterable[Known]) -> Iterator[tuple[Known, Known]]:
    """Those that have something in common, each pair once: nobody compares all with all."""
    customers = tuple(compared)
    seen: set[tuple[str, str]] = set()
    for pair in _sharing(customers):
        key = (pair[0].customer.path, pair[1].customer.path)
        if key not in seen and pair[0] is not pair[1]:
            seen.add(key)
            yield pair


def crowds(compared: Iterable[Known]) -> Iterator[tuple[Mark, tuple[Known, ...]]]:
    """What too many have in common for it to tell anything, and who has it; branches of one firm may."""
    for mark, members in _by_mark(compared).items():
        first = members[: MOST_IN_COMMON + 1]
        if mark[0] in _SECOND and len(first) > MOST_IN_COMMON and not all(each.branch for each in first):
            yield mark, tuple(members)


def reasons(one: Known, other: Known) -> tuple[str, ...]:
    """What speaks for the two being one; nothing where that is not enough, or something speaks against it."""
    if _told_apart(one.customer, other.customer):
        return ()
    common = dict(sorted(one.marks & other.marks))
    second = any(kind in common for kind in _SECOND)
    if "uscc" not in common and not _one_name(one, other, common, second=second):
        return ()
    words = {
        "uscc": _("same credit code"),
        "full-name": _("same name"),
        "phone": _("same phone number {value}"),
        "email": _("same e-mail address {value}"),
        "domain": _("same domain {value}"),
    }
    shown = [words[kind].format(value=common[kind]) for kind in words if kind in common]
    return tuple(shown if "full-name" in common else [*shown, _("similar names")])


def _sharing(customers: Sequence[Known]) -> Iterator[tuple[Known, Known]]:
    for members in _by_mark(customers).values():
        if len(members) <= MOST_IN_COMMON:
            yield from combinations(members, 2)
        else:
            # Of a crowd each is compared with the first of its name, and with nobody else.
            yield from _with_the_first(members)
    for members in _near(customers).values():
        yield from combinations(members[:MOST_IN_COMMON], 2)


def _with_the_first(members: Iterable[Known]) -> Iterator[tuple[Known, Known]]:
    first: dict[str, Known] = {}
    for each in members:
        yield first.setdefault(each.name, each), each


def _by_mark(customers: Iterable[Known]) -> Mapping[Mark, list[Known]]:
    sharing: dict[Mark, list[Known]] = {}
    for each in customers:
        for mark in each.marks:
            sharing.setdefault(mark, []).append(each)
    return {mark: members for mark, members in sharing.items() if len(members) > 1}


def _near(customers: Iterable[Known]) -> Mapping[str, list[Known]]:
    """Those whose long names differ in one letter: without one letter, of one or of both, they are the same."""
    found: dict[str, list[Known]] = {}
    for each in customers:
        for key in near_keys(each.name):
            found.setdefault(key, []).append(each)
    return {key: members for key, members in found.items() if len(members) > 1}


def near_keys(name: str) -> tuple[str, ...]:
    """A long name, and what is left of it without each of its letters: one of them is shared by names that are near."""
    if not _is_long(name):
        return ()
    return (name, *sorted({name[:at] + name[at + 1 :] for at in range(len(name))}))


def _is_long(name: str) -> bool:
    return len(name) >= _LONG and name.isalpha() and not any("\u3400" <= sign <= "\u9fff" for sign in name)


def _one_name(one: Known, other: Known, common: Mapping[str, str], *, second: bool) -> bool:
    """Whether the names may be those of one customer, given what else they have in common."""
    people = [each.customer.type == "person" for each in (one, other)]
    if any(people):
        # Persons share names, and a person shares a number with the firm.
        return all(people) and "full-name" in common and second
    if one.places != other.places and (one.places and other.places):
        return False
    if one.name == other.name and (one.places == other.places or second):
        return True
    if one.branch or other.branch:
        return False
    if not second:
        return _is_long(one.name) and _is_long(other.name) and alike(one.name, other.name, _ALIKE_ALONE) > 0
    shorter, longer = sorted((one.name, other.name), key=len)
    return (len(shorter) > 2 and shorter in longer) or alike(shorter, longer, _ALIKE) > 0


def _told_apart(one: Customer, other: Customer) -> bool:
    """Whether the records themselves say that they are two."""
    codes = {str(each.data["uscc"]).upper() for each in (one, other) if each.data.get("uscc")}
    if one.id == other.id or len(codes) > 1:
        return True
    return _names(one, other.id) or _names(other, one.id)


def _names(customer: Customer, id_: str) -> bool:
    """Whether a record names another one as somebody else."""
    data = customer.data
    return id_ in data.get("not_duplicate_of", ()) or any(each["id"] == id_ for each in data.get("relations", ()))
