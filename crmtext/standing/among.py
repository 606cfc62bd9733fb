"""What records have to do with one another: whose answers a change concerns, and these answers anew."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.compared import MOST_IN_COMMON
from crmtext.model import Customer
from crmtext.snapshot import Elsewhere
from crmtext.standing.derive import nothing, without_text
from crmtext.standing.late import Late, reader
from crmtext.standing.pack import packed, unpacked
from crmtext.text.parse import document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.index import Fact, Index
    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.standing.sides import Side
    from crmtext.standing.terms import Terms

#: The numbers of records that have changed, and the facts of each before and after.
Touched = list[tuple[int, frozenset["Fact"], frozenset["Fact"]]]

#: So many records are looked at together.
TOGETHER = 250
#: Where a reference may lead.
_LED = frozenset({"claim", "merged"})


def everybody(index: Index) -> set[int]:
    """All records that may have to do with another one."""
    found = index.shared("fold") | index.shared("path") | index.dangling() | index.revived() | index.shared("near")
    found |= index.shared("mark", MOST_IN_COMMON) | _in_circles(index) | {*index.sharing("misnamed", "")}
    for mark in index.crowded("mark", MOST_IN_COMMON):
        named: dict[str, list[int]] = {}
        for name, number in index.beside(("mark", mark), "named"):
            named.setdefault(name, []).append(number)
        found.update(number for same in named.values() if len(same) > 1 for number in same)
        found.update(index.first("mark", mark, 1))
    return found


def concerned(index: Index, touched: Touched) -> set[int]:
    """The records whose answers a change of some may have changed, these included."""
    found = {number for number, _old, new in touched if new}
    moved: set[str] = set()
    for _number, old, new in touched:
        moved.update(kind for kind, _value in old ^ new)
        found.update(number for kind, value in old ^ new if kind in _LED for number in index.sharing("ref", value))
        names = [value for kind, value in old | new if kind == "named"]
        for fact in old | new:
            found.update(_beside(index, fact, names, len(touched) + 1))
    if "claim" in moved:
        # Their hints name the id that is nearest.
        found |= index.ruled("reference")
    if moved & {"claim", "parent"}:
        found |= index.ruled("parent-circle") | _in_circles(index)
    return found


def _beside(index: Index, fact: Fact, names: Iterable[str], more: int) -> Iterator[int]:
    """Whose answers may depend on a record with this fact, where `more` records but one have changed."""
    kind, value = fact
    # A group that has shrunk to the most, or grown above it, is looked at once more.
    most = MOST_IN_COMMON + more
    if kind in ("fold", "path"):
        yield from index.sharing(kind, value)
    elif kind == "claim":
        yield from index.sharing("merged", value)
    elif kind == "near":
        yield from index.first(kind, value, most)
    elif kind == "mark":
        alike = index.sharing(kind, value, most)
        if len(alike) < most:
            yield from alike
            return
        # The first of a crowd tells of it, and each is compared with the first of its own name.
        yield from index.first(kind, value, more)
        yield from (number for name, number in index.beside(fact, "named") if name in names)


def _in_circles(index: Index) -> set[int]:
    parents: dict[str, set[str]] = {}
    for child, parent in index.pairs("claim", "parent"):
        parents.setdefault(child, set()).add(parent)
    while tops := {child for child, above in parents.items() if not above & parents.keys()}:
        parents = {child: above for child, above in parents.items() if child not in tops}
    return {number for child in parents for number in index.sharing("claim", child)}


def renew(index: Index, terms: Terms, side: Side, numbers: Iterable[int]) -> None:
    """Find out what is wrong between these records and others."""
    wanted = sorted(numbers)
    circles = _in_circles(index) if wanted else set()
    groups = Groups(index)
    for start in range(0, len(wanted), TOGETHER):
        here = wanted[start : start + TOGETHER]
        snapshot = part(index, terms, side, here, groups.around(here) | circles)
        asked = frozenset(path for _number, path, _content, _valid in index.known(here))
        elsewhere = Elsewhere(ids=_ids(index, here), crowds=groups.crowds, asked=asked)
        told = found(index, replace(snapshot, elsewhere=elsewhere), here, checks.BESIDE_OTHERS)
        index.add_problems((number, "among", rule, line) for number, rule, line in told)


class Groups:
    """Whom records are looked at together with; what many of them share is looked up once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[Fact, frozenset[int]] = {}
        self._first: dict[Fact, dict[str, int]] = {}
        #: How many share what too many have in common for all of them to be looked at.
        self.crowds: dict[tuple[str, str], int] = {}

    def around(self, numbers: Iterable[int]) -> set[int]:
        """These records, and all whose facts their answers depend on."""
        found = set(numbers)
        for number in numbers:
            facts = self._index.facts(number)
            name = next((value for kind, value in facts if kind == "named"), "")
            for fact in facts:
                if fact not in self._known:
                    self._known[fact] = frozenset(self._with(fact))
                found |= self._known[fact]
                if fact in self._first and name in self._first[fact]:
                    found.add(self._first[fact][name])
        return found

    def _with(self, fact: Fact) -> Iterable[int]:
        kind, value = fact
        index = self._index
        if kind in ("fold", "path"):
            return index.sharing(kind, value)
        if kind == "merged":
            return index.sharing("claim", value)
        if kind == "ref":
            return (*index.sharing("claim", value), *index.sharing("merged", value, 1))
        if kind == "near":
            return index.first(kind, value, MOST_IN_COMMON + 1)
        if kind != "mark":
            return ()
        few = index.sharing(kind, value, MOST_IN_COMMON + 1)
        return few if len(few) <= MOST_IN_COMMON else self._crowd(fact)

    def _crowd(self, fact: Fact) -> Iterable[int]:
        """Of very many so many, from the first on, that they are seen to be too many, and one that is no branch."""
        index = self._index
        kind, _colon, value = fact[1].partition(":")
        self.crowds[kind, value] = index.count(*fact)
        self._first[fact] = dict(reversed(index.beside(fact, "named")))
        return (*index.first(*fact, MOST_IN_COMMON + 1), *index.lacking(fact, "branch"))


def part(index: Index, terms: Terms, side: Side, here: Iterable[int], around: Iterable[int]) -> Snapshot:
    """A snapshot of some records and those around them, with what is wrong in the text of the former."""
    base = nothing(terms)
    known = tuple(index.known(sorted(around)))
    contents = {path: content for _number, path, content, _valid in known}
    read = reader(side, contents.__getitem__)
    customers = [
        Customer(Late(path, read, json.loads(index.data(number)))) for number, path, _content, valid in known if valid
    ]
    customers.sort(key=lambda customer: (customer.id, customer.path))
    wrong = [side.again(path, content) for _number, path, content, valid in known if not valid]
    broken = tuple(document(raw, path) for path, _name, raw in side.read(wrong))
    problems = tuple(problem for number in here for problem in _text_problems(index, number))
    return replace(base, customers=tuple(customers), broken=broken, problems=problems)


def _ids(index: Index, here: Iterable[int]) -> frozenset[str]:
    """Every id that is claimed, where one of these records refers to another one."""
    dangling = any(
        kind == "ref" and not index.sharing("claim", value, 1) for number in here for kind, value in index.facts(number)
    )
    return index.values("claim") if dangling else frozenset()


def _text_problems(index: Index, number: int) -> Iterator[Problem]:
    yield from (unpacked(line)[0] for line in index.told(number, "text"))


def found(
    index: Index, snapshot: Snapshot, here: Iterable[int], names: Iterable[str]
) -> Iterator[tuple[int, str, str]]:
    """What checks of a snapshot tell of these records: number, rule and JSON of each problem."""
    paths = {path: number for number, path, _content, _valid in index.known(here)}
    told = [each for each in checks.found(snapshot, names) if each.place.path in paths]
    about = {each.place.path for each in told}
    shown = without_text(snapshot, (each for each in snapshot.customers if each.path in about))
    ignored = {id(each) for each in checks.settled(shown, told)[1]}
    for each in told:
        yield paths[each.place.path], each.rule, packed(each, ignored=id(each) in ignored)
