"""One customer has one record.

Why: Two records of one customer mean two owners, two histories and two prices. A name alone says little, so the
places in the names must match, and names that are only alike count with a phone number, an address or a domain in
common. Different credit codes are different customers.

Instead: Make one of the two, or add `not_duplicate_of:` with the id of the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.names import is_branch, places, simplified, without_places
from crmtext.problem import Problem, Severity
from crmtext.similar import core, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.model import Customer
    from crmtext.similar import Mark
    from crmtext.snapshot import Snapshot

#: More customers than this with one phone number or domain have an agent in common, not an identity.
_MOST_IN_COMMON = 20
#: How alike two names must be that have something else in common, from 0 to 1.
_ALIKE = 0.75
_SECOND = ("phone", "email", "domain")


@dataclass(frozen=True, slots=True)
class _Known:
    """A customer as it is compared."""

    customer: Customer
    marks: frozenset[Mark]
    #: The name as it is compared, without its places.
    name: str
    places: frozenset[str]
    branch: bool


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A warning at the later one of two customers that are likely to be one, with what they have in common."""
    for one, other in _pairs(_known(customer) for customer in snapshot.customers):
        if reasons := tuple(_reasons(one, other)):
            yield _told(one.customer, other.customer, reasons)


def _known(customer: Customer) -> _Known:
    name = simplified(customer.name)
    short, where = core(name), places(name)
    plain = without_places(short) or short
    found = marks(customer.data) | {("name", f"{plain} {' '.join(sorted(where))}")}
    return _Known(customer, found, plain, where, is_branch(name))


def _pairs(known: Iterable[_Known]) -> Iterator[tuple[_Known, _Known]]:
    """Those that have something in common, each pair once: nobody compares all with all."""
    sharing: dict[Mark, list[_Known]] = {}
    for each in known:
        for mark in each.marks:
            sharing.setdefault(mark, []).append(each)
    seen: set[tuple[str, str]] = set()
    for members in sharing.values():
        for one, other in combinations(members if len(members) <= _MOST_IN_COMMON else (), 2):
            pair = (one.customer.path, other.customer.path)
            if pair not in seen:
                seen.add(pair)
                yield one, other


def _reasons(one: _Known, other: _Known) -> Iterator[str]:
    """What speaks for the two being one; nothing where that is not enough, or something speaks against it."""
    if _told_apart(one.customer, other.customer):
        return
    common = dict(sorted(one.marks & other.marks))
    second = [kind for kind in _SECOND if kind in common]
    if "uscc" not in common and not _one_name(one, other, common, second=bool(second)):
        return
    words = {
        "uscc": _("the same credit code"),
        "full-name": _("the same name"),
        "phone": _("the phone number {value}"),
        "email": _("the e-mail address {value}"),
        "domain": _("the domain {value}"),
    }
    shown = [words[kind].format(value=common[kind]) for kind in words if kind in common]
    yield from shown if "full-name" in common else [*shown, _("names that are alike")]


def _one_name(one: _Known, other: _Known, common: dict[str, str], *, second: bool) -> bool:
    """Whether the names may be those of one customer, given what else they have in common."""
    people = [each.customer.type == "person" for each in (one, other)]
    if any(people):
        # Persons share names, and a person shares a number with the firm.
        return all(people) and "full-name" in common and second
    if one.places != other.places and (one.places and other.places):
        return False
    if one.name == other.name and (one.places == other.places or second):
        return True
    if not second or one.branch or other.branch:
        return False
    shorter, longer = sorted((one.name, other.name), key=len)
    return (len(shorter) > 2 and shorter in longer) or SequenceMatcher(None, shorter, longer).ratio() >= _ALIKE


def _told_apart(one: Customer, other: Customer) -> bool:
    """Whether the records themselves say that they are two."""
    codes = {each.data["uscc"].upper() for each in (one, other) if each.data.get("uscc")}
    if one.id == other.id or len(codes) > 1:
        return True
    for here, there in ((one, other), (other, one)):
        related = (each["id"] for each in here.data.get("relations", ()))
        if there.id in here.data.get("not_duplicate_of", ()) or there.id in related:
            return True
    return False


def _told(one: Customer, other: Customer, reasons: tuple[str, ...]) -> Problem:
    message = _("likely the same customer as {id}: {reasons}").format(id=one.id, reasons=_(", ").join(reasons))
    hint = _("make one of the two, or say that they are two: not_duplicate_of: [{id}]").format(id=one.id)
    problem = other.document.problem("likely-duplicate", message, "/name", hint=hint, severity=Severity.WARNING)
    return replace(problem, also=(one.document.place("/name"),))
