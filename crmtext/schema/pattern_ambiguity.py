"""The number of ways in which a regular expression can match one text: a backtracking matcher may try them all.

A pattern becomes an automaton whose states are its signs (Glushkov 1961), with the number of ways for each step,
as in N. Weideman, B. van der Merwe, M. Berglund and B. Watson, "Analyzing Matching Time Behavior of Backtracking
Regular Expression Matchers by Using Ambiguity of NFA" (CIAA 2016). Two ways round one cycle by the same text make the
time exponential (A. Weber and H. Seidl, "On the degree of ambiguity of finite automata", 1991). Otherwise a text leads
from one state of a cycle to another in one way, and only leaving a cycle multiplies the ways: by the text's length if
the following signs may also belong to the cycle. Counted repetitions are expanded and their ways added up. All bounds
are upper bounds: a pattern called harmless is harmless.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Ranges of code points, in order.
Signs = tuple[tuple[int, int], ...]

#: The signs for the beginning and the end of a text; no character matches them.
_BEGIN, _END = -2, -1
_HIGHEST = 0x10FFFF
_DIGITS: Signs = ((48, 57),)
_WORD: Signs = ((48, 57), (65, 90), (95, 95), (97, 122))
_BLANK: Signs = (
    *((9, 13), (28, 32), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_UNBOUNDED = 2**31
#: The most steps of this analysis for all patterns of a schema (a second or two), and for one pattern.
_WORK, _ONE = 3_000_000, 300_000


class Work:
    """The steps left for the analysis."""

    def __init__(self) -> None:
        self._left, self._one = _WORK, _ONE

    def begin(self) -> None:
        """Start with another pattern."""
        self._one = _ONE

    def take(self, steps: int) -> None:
        """Use steps. Raises TooLargeError if none are left."""
        self._left -= steps
        self._one -= steps
        if min(self._left, self._one) < 0:
            raise TooLargeError


class TooLargeError(Exception):
    """The pattern is too large to analyse."""


class UnknownError(Exception):
    """The pattern has a construct without an automaton; the argument names it."""


class _TwoWaysError(Exception):
    """One text leads round a cycle in two ways."""


class Cost(NamedTuple):
    """The growth of a search's work with the length n of a text: `ways` times n to the power of `degree`."""

    #: Whether it grows beyond any power.
    exponential: bool
    ways: int
    degree: int
    #: The most unbounded repetitions that follow each other directly and can share a text.
    adjacent: int
    #: Whether it can match at the beginning of a text only.
    anchored: bool

    def steps(self, length: int) -> int:
        """The most steps of a search in a text of this length, up to a factor."""
        n = max(length, 1)
        return int(self.ways * n**self.degree * n * (1 if self.anchored else n))


@dataclass
class _Part:
    """A part of a pattern: its first and last states, and the number of ways to match nothing."""

    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    empty: int = 1


@dataclass
class _Automaton:
    work: Work
    signs: list[Signs] = field(default_factory=list)
    steps: list[Counter[int]] = field(default_factory=list)

    def state(self, signs: Signs) -> _Part:
        self.work.take(10)
        self.signs.append(signs)
        self.steps.append(Counter())
        here = len(self.signs) - 1
        return _Part(Counter({here: 1}), Counter({here: 1}), 0)

    def link(self, last: Counter[int], first: Counter[int]) -> None:
        self.work.take(len(last) * len(first))
        for begin, ways in last.items():
            for end, more in first.items():
                self.steps[begin][end] += ways * more

    def joined(self, one: _Part, other: _Part) -> _Part:
        self.link(one.last, other.first)
        first, last = one.first + _times(other.first, one.empty), other.last + _times(one.last, other.empty)
        self.work.take(4 * (len(first) + len(last)))
        return _Part(first, last, one.empty * other.empty)

    def sequence(self, nodes: Iterable[tuple[Any, Any]]) -> _Part:
        part = _Part()
        for operation, argument in nodes:
            part = self.joined(part, self.node(str(operation), argument))
        return part

    def node(self, name: str, argument: Any) -> _Part:  # noqa: PLR0911 - one line for each kind of node
        match name:
            case "LITERAL":
                return self.state(((argument, argument),))
            case "NOT_LITERAL":
                return self.state(_other(((argument, argument),)))
            case "ANY":
                return self.state(_other(((10, 10),)))
            case "IN":
                return self.state(_class(argument))
            case "BRANCH":
                return self.branches([[*branch] for branch in argument[1]])
            case "SUBPATTERN":
                return self.sequence(argument[-1])
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self.repeated(int(argument[0]), int(argument[1]), argument[2])
            case "AT":
                return self.edge(str(argument))
            case "GROUPREF_EXISTS":
                return self.branches([[*argument[1]], [*(argument[2] or ())]])
        raise UnknownError(name)

    def edge(self, where: str) -> _Part:
        """A position: the beginning and the end become signs; others don't change the ways."""
        if where in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
            return self.state(((_BEGIN, _BEGIN),))
        return self.state(((_END, _END),)) if where in ("AT_END", "AT_END_STRING") else _Part()

    def branches(self, branches: Sequence[list[Any]]) -> _Part:
        """Alternatives; an equal beginning counts once, because a wrong alternative fails after it."""
        alike: dict[str, list[list[Any]]] = {}
        for number, branch in enumerate(branches):
            plain = bool(branch) and str(branch[0][0]) in ("LITERAL", "NOT_LITERAL", "ANY", "IN")
            alike.setdefault(str(branch[0]) if plain else str(number), []).append(branch)
        whole = _Part(empty=0)
        for group in alike.values():
            if len(group) == 1:
                part = self.sequence(group[0])
            else:
                part = self.joined(self.sequence(group[0][:1]), self.branches([branch[1:] for branch in group]))
            whole = _Part(whole.first + part.first, whole.last + part.last, whole.empty + part.empty)
        return whole

    def repeated(self, least: int, most: int, nodes: Any) -> _Part:
        whole = _Part()
        if most >= _UNBOUNDED:
            for _time in range(least - 1):
                whole = self.joined(whole, self.sequence(nodes))
            part = self.sequence(nodes)
            self.link(part.last, part.first)
            if any(self.steps[end][begin] > 1 for end, begin in product(part.last, part.first)):
                raise _TwoWaysError
            return self.joined(whole, part if least else _Part(part.first, part.last, part.empty + 1))
        for _time in range(most - least):
            part = self.joined(self.sequence(nodes), whole)
            whole = _Part(part.first, part.last, part.empty + 1)
        for _time in range(least):
            whole = self.joined(self.sequence(nodes), whole)
        return whole


def cost(parsed: Any, work: Work) -> Cost:
    """Return the cost of a parsed pattern. Raises TooLargeError, or UnknownError if it has no automaton."""
    work.begin()
    automaton = _Automaton(work)
    endless = Cost(exponential=True, ways=0, degree=0, adjacent=0, anchored=False)
    try:
        part = automaton.sequence(parsed)
    except _TwoWaysError:
        return endless
    cycles = [*_components(automaton)]
    if any(_shares(automaton, set(states)) for states in cycles):
        return endless
    home = {state: number for number, states in enumerate(cycles) for state in states}
    ways: list[int] = []
    degrees: list[int] = []
    adjacent: list[int] = []
    for number, states in enumerate(cycles):
        cyclic = len(states) > 1 or states[0] in automaton.steps[states[0]]
        most, degree, row, shared = 1, 0, 0, False
        for state in states:
            leaving = {end: many for end, many in automaton.steps[state].items() if home[end] != number}
            most = max(most, _together(automaton, {end: many * ways[home[end]] for end, many in leaving.items()}))
            inside = [end for end in automaton.steps[state] if home[end] == number]
            automaton.work.take(len(leaving) * len(inside))
            for end in leaving:
                overlaps = any(_overlap(automaton.signs[end], automaton.signs[other]) for other in inside)
                shared |= overlaps
                degree = max(degree, degrees[home[end]])
                row = max(row, adjacent[home[end]] if overlaps or not cyclic else 0)
        ways.append(most)
        degrees.append(degree + (cyclic and shared))
        adjacent.append((row + 1 if row or shared else 1) if cyclic else 0)
    starts = {end: many * ways[home[end]] for end, many in part.first.items()}
    anchored = part.empty == 0 and all(automaton.signs[end] == ((_BEGIN, _BEGIN),) for end in part.first)
    power = max((degrees[home[end]] for end in part.first), default=0)
    return Cost(False, max(_together(automaton, starts), 1), power, max(adjacent, default=0), anchored)


def _components(automaton: _Automaton) -> Iterator[list[int]]:
    """The strongly connected components, each after those it leads to (Tarjan 1972, without recursion)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    held: set[int] = set()
    for root in range(len(automaton.signs)):
        if root in order:
            continue
        ahead: list[tuple[int, Iterator[int]]] = [(root, iter(automaton.steps[root]))]
        order[root] = low[root] = len(order)
        open_.append(root)
        held.add(root)
        while ahead:
            state, following = ahead[-1]
            end = next(following, None)
            if end is None:
                ahead.pop()
                if ahead:
                    low[ahead[-1][0]] = min(low[ahead[-1][0]], low[state])
                if low[state] == order[state]:
                    component = [open_.pop()]
                    while component[-1] != state:
                        component.append(open_.pop())
                    held.difference_update(component)
                    yield component
            elif end not in order:
                order[end] = low[end] = len(order)
                open_.append(end)
                held.add(end)
                ahead.append((end, iter(automaton.steps[end])))
            elif end in held:
                low[state] = min(low[state], order[end])


def _shares(automaton: _Automaton, states: set[int]) -> bool:
    """Whether one text leads round a cycle in two ways: from one state to two, and from these back to one."""
    inside = {state: [end for end in automaton.steps[state] if end in states] for state in states}
    if any(automaton.steps[state][end] > 1 for state, ends in inside.items() for end in ends):
        return True
    if len(states) == 1:
        return False
    back = _pairs(automaton, inside)
    ahead = [(state, state) for state in states]
    home = {*ahead}
    while ahead:
        for pair in back.get(ahead.pop(), ()):
            if pair[0] != pair[1]:
                return True
            if pair not in home:
                home.add(pair)
                ahead.append(pair)
    return False


def _pairs(automaton: _Automaton, inside: dict[int, list[int]]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """The pairs of states reached from one state by one text, each with its predecessors."""
    before: dict[tuple[int, int], list[tuple[int, int]]] = {}
    ahead = [(state, state) for state in inside]
    seen = {*ahead}
    while ahead:
        pair = ahead.pop()
        automaton.work.take(len(inside[pair[0]]) * len(inside[pair[1]]))
        for one, other in product(inside[pair[0]], inside[pair[1]]):
            if _overlap(automaton.signs[one], automaton.signs[other]):
                before.setdefault((one, other), []).append(pair)
                if (one, other) not in seen:
                    seen.add((one, other))
                    ahead.append((one, other))
    return before


def _together(automaton: _Automaton, ways: dict[int, int]) -> int:
    """The most ways for one sign among steps to these states."""
    begins = {low for state in ways for low, _high in automaton.signs[state]}
    automaton.work.take(len(begins) * len(ways))
    most = 0
    for sign in begins:
        most = max(most, sum(many for state, many in ways.items() if _holds(automaton.signs[state], sign)))
    return most


def _times(states: Counter[int], many: int) -> Counter[int]:
    return Counter({state: ways * many for state, ways in states.items()}) if many else Counter()


def _holds(signs: Signs, sign: int) -> bool:
    return any(low <= sign <= high for low, high in signs)


def _overlap(one: Signs, other: Signs) -> bool:
    return any(low <= upper and lower <= high for low, high in one for lower, upper in other)


def _class(items: Sequence[tuple[Any, Any]]) -> Signs:
    """The signs of a class in brackets."""
    ranges: list[tuple[int, int]] = []
    negated = False
    for operation, argument in items:
        match str(operation):
            case "NEGATE":
                negated = True
            case "LITERAL":
                ranges.append((argument, argument))
            case "RANGE":
                ranges.append(argument)
            case _:
                ranges += _category(str(argument))
    signs = tuple(sorted(ranges))
    return _other(signs) if negated else signs


def _category(name: str) -> Signs:
    kind = name.rpartition("_")[2]
    signs = {"DIGIT": _DIGITS, "WORD": _WORD, "SPACE": _BLANK}.get(kind, ((0, _HIGHEST),))
    return _other(signs) if "_NOT_" in name else signs


def _other(signs: Signs) -> Signs:
    """All signs but these."""
    gaps: list[tuple[int, int]] = []
    begin = 0
    for low, high in sorted(signs):
        if low > begin:
            gaps.append((begin, low - 1))
        begin = max(begin, high + 1)
    return (*gaps, (begin, _HIGHEST)) if begin <= _HIGHEST else tuple(gaps)
