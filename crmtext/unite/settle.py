"""Which records decisions about likely duplicates merge, and which they mark as different."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crmtext.duplicates.groups import connected
from crmtext.i18n import _, pick, plural, speaking
from crmtext.problem import CrmError
from crmtext.record import set as record_set
from crmtext.record.change.draft import draft
from crmtext.record.input import path as field_path
from crmtext.record.rm import unheld
from crmtext.snapshot import claimed_id
from crmtext.terminal.quoting import quoted
from crmtext.text.edit.operations import Append
from crmtext.text.pointer import get
from crmtext.unite.merge import uncommitted
from crmtext.unite.plan import A, B, Wishes, since, united
from crmtext.unite.sheet import DECISIONS, HEADERS, differ_lines
from crmtext.values.folding import plain
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from crmtext.text.document import Document
    from crmtext.unite.plan import Plan
    from crmtext.unite.records import Records
    from crmtext.unite.sheet import Decision

_MARKS = "/not_duplicate_of"


class Open(NamedTuple):
    """A row that can't be carried out: why, and how to fix it."""

    row: int
    problem: str
    hint: str = ""
    #: The merge with the fields to decide.
    plan: Plan | None = None


class Pair(NamedTuple):
    """A decision with the paths of its two records."""

    decision: Decision
    one: str
    other: str

    @property
    def row(self) -> int:
        """The row of the sheet."""
        return self.decision.row

    @property
    def both(self) -> tuple[str, str]:
        """The two paths."""
        return self.one, self.other


class Settled(NamedTuple):
    """The changes of decisions, before anything is written."""

    merges: tuple[Plan, ...]
    #: How many pairs are marked as different, are left for later, and were carried out before.
    different: int
    later: int
    before: int
    open: tuple[Open, ...]
    #: The rows that can't be carried out because of `open`.
    held_up: frozenset[int]


def settle(records: Records, decisions: Sequence[Decision]) -> Settled:
    """Add the changes of the decisions to the records; return them with the rows that are open."""
    return _Settling(records).settled(decisions)


class _Settling:
    def __init__(self, records: Records) -> None:
        self._records = records
        self._open: list[Open] = []
        self._held_up: set[int] = set()
        #: The record that each merged one became.
        self._became: dict[str, str] = {}

    def settled(self, decisions: Sequence[Decision]) -> Settled:
        pairs = []
        for decision in decisions:
            if misfit := self._misfit(decision):
                self._reject([decision.row], *misfit)
            elif decision.verdict != "later":
                one, other = (str(self._records.customer(id_)) for id_ in decision.ids)
                pairs.append(Pair(decision, one, other))
        apart = [pair for pair in pairs if pair.decision.verdict == "different"]
        groups = self._groups([pair for pair in pairs if pair.decision.verdict == "same" and pair.one != pair.other])
        self._reject_contradictions(groups, apart)
        self._reject_uncommitted(groups)
        merges: list[Plan] = []
        for group in groups:
            if not any(pair.row in self._held_up for pair in group):
                merges += self._merged(group)
        marked = [self._mark(pair) for pair in apart if pair.row not in self._held_up]
        before = sum(pair.one == pair.other for pair in pairs) + marked.count(False)
        later = sum(decision.verdict == "later" for decision in decisions)
        rows = tuple(sorted(self._open, key=lambda one: one.row))
        return Settled(tuple(merges), marked.count(True), later, before, rows, frozenset(self._held_up))

    def _reject(self, rows: Sequence[int], problem: str, hint: str = "", plan: Plan | None = None) -> None:
        """Note why the first of the rows can't be carried out, which holds up the others."""
        self._open.append(Open(rows[0], problem, hint, plan))
        self._held_up.update(rows)

    def _now(self, path: str) -> Document:
        document = self._records.now(path)
        if document is None:
            raise KeyError(path)
        return document

    def _misfit(self, decision: Decision) -> tuple[str, str] | None:
        """Return the problem and the hint if a row can't be understood, or doesn't fit the store as it is now."""
        if decision.verdict not in DECISIONS:
            known = _(", ").join(map(pick, DECISIONS.values()))
            return _("'{value}' is not one of: {values}").format(value=decision.verdict, values=known), ""
        if decision.verdict == "later":
            return None
        for id_, name in zip(decision.ids, decision.names, strict=True):
            if stale := self._stale(id_, name):
                return stale, _new_sheet()
        (one, other), paths = decision.ids, {*map(self._records.customer, decision.ids)}
        if len(paths) == 1 and one == other:
            return _("{id} is named twice").format(id=one), ""
        if len(paths) == 1 and decision.verdict == "different":
            hint = _("to see that merge: {command}").format(command=f"crmtext history {quoted(one)}")
            return _("{one} and {other} are merged already").format(one=one, other=other), hint
        return _wrong_answer(decision)

    def _stale(self, id_: str, name: str) -> str:
        """Return why an id and a name aren't a customer's; empty if they are."""
        path = self._records.customer(id_)
        if path is None:
            return _("there is no customer {id}").format(id=id_)
        document = self._now(path)
        if name and claimed_id(document) == id_ and plain(name) not in _names(document):
            return _("{id} is {name}, not {other}").format(id=id_, name=customer_name(document), other=name)
        return ""

    def _groups(self, same: Sequence[Pair]) -> list[list[Pair]]:
        """Return the connected pairs of the same customer."""
        heads = connected(pair.both for pair in same)
        groups: defaultdict[str, list[Pair]] = defaultdict(list)
        for pair in same:
            groups[heads[pair.one]].append(pair)
        return [*groups.values()]

    def _reject_contradictions(self, groups: Sequence[Sequence[Pair]], apart: Sequence[Pair]) -> None:
        """Note pairs of one group that are different by the sheet or by the store."""
        member = {path: at for at, group in enumerate(groups) for pair in group for path in pair.both}
        for pair in apart:
            at = member.get(pair.one)
            if at is not None and at == member.get(pair.other):
                rows = _chain(groups[at], *pair.both)
                named = _(", ").join(map(str, rows))
                problem = plural(
                    "{a} and {b} are different here, but the same by row {rows}",
                    "{a} and {b} are different here, but the same by rows {rows}",
                    len(rows),
                    a=pair.decision.ids[0],
                    b=pair.decision.ids[1],
                    rows=named,
                )
                rest = [one.row for one in groups[at]]
                self._reject([pair.row, *rest], problem, _("change one of these decisions"))
        for path, at in member.items():
            for marked in self._now(path).data.get("not_duplicate_of", ()):
                other = self._records.customer(str(marked))
                if other != path and other is not None and member.get(other) == at:
                    one = claimed_id(self._now(path))
                    problem = _("{one} and {other} are marked as different customers").format(one=one, other=marked)
                    command = f"crmtext set {quoted(one)} not_duplicate_of-={quoted(str(marked))}"
                    hint = _("if they are the same: {command}").format(command=command)
                    self._reject([*_chain(groups[at], path, other), *(pair.row for pair in groups[at])], problem, hint)

    def _reject_uncommitted(self, groups: Sequence[Sequence[Pair]]) -> None:
        """Note records that go and that git's last commit doesn't hold."""
        if self._records.store.repository is None:
            return
        going = {path: group for group in groups for path in self._members(group)[1:]}
        for document in unheld(self._records.store, map(self._now, going)):
            problem = uncommitted(document.path).problem
            rows = [pair.row for pair in going[document.path] if document.path in pair.both]
            self._reject([*rows, *(pair.row for pair in going[document.path])], problem.message, problem.hint)

    def _members(self, group: Sequence[Pair]) -> list[str]:
        """Return the records of a group: the one that stays, then each after one that it shares a row with."""
        paths = dict.fromkeys(path for pair in group for path in pair.both)
        order = [min(paths, key=lambda path: since(self._records.store, self._now(path)))]
        for path in order:
            order += [other for other in _neighbours(group, path) if other not in order]
        return order

    def _merged(self, group: Sequence[Pair]) -> list[Plan]:
        """Merge a group; return the merges, none if something is open."""
        rows = [pair.row for pair in group]
        kept, *others = self._members(group)
        ranking = _ranking(group)
        if any(one == other for one, other in ranking):
            answered = _(", ").join(str(pair.row) for pair in group if pair.decision.prefer)
            column = pick(HEADERS["answer"])
            problem = _("rows {rows} contradict each other in '{column}'").format(rows=answered, column=column)
            self._reject(rows, problem, _("each answer says whose values win: A or B of its row"))
            return []
        for pair in group:
            if changed := self._changed(pair):
                self._reject([pair.row, *rows], *changed)
        typed = tuple(text for pair in group for text in pair.decision.assignments)
        plans: list[Plan] = []
        for count, path in enumerate(others):
            before = (kept, *others[:count])
            pair = next(pair for pair in group if path in pair.both and not {*before}.isdisjoint(pair.both))
            try:
                plan_ = self._plan((kept, *others), path, pair, typed, ranking)
            except CrmError as error:
                self._reject([pair.row, *rows], error.problem.message, error.problem.hint)
                continue
            if plan_.open:
                fields = plural("{n} field differs", "{n} fields differ", len(plan_.open))
                self._reject([pair.row, *rows], fields, plan=plan_)
            else:
                self._records.add(plan_.drafts)
                plans.append(plan_)
        if not self._held_up.isdisjoint(rows):
            return []
        self._became.update(dict.fromkeys(others, kept))
        return plans

    def _plan(
        self,
        members: Sequence[str],
        path: str,
        pair: Pair,
        typed: tuple[str, ...],
        ranking: Container[tuple[str, str]],
    ) -> Plan:
        """Return the plan to merge a record of a group into its first one."""
        letter, stays = (A, B) if pair.one == path else (B, A)
        sides = dict(sorted({letter: self._now(path), stays: self._now(members[0])}.items()))
        plan_ = united(self._records, sides, Wishes(stays, "", typed))
        chosen: dict[str, str] = {}
        for difference in plan_.open:
            # Records with the same value speak for each other.
            ours = self._with_value(members, difference.pointer, difference.kept) or [members[0]]
            theirs = self._with_value(members, difference.pointer, difference.other) or [path]
            wins = {(one, other) in ranking for one in theirs for other in ours}
            loses = {(other, one) in ranking for one in theirs for other in ours}
            if (True in wins) is not (True in loses):
                chosen[difference.pointer] = letter if True in wins else stays
        return united(self._records, sides, Wishes(stays, "", typed, chosen)) if chosen else plan_

    def _with_value(self, paths: Iterable[str], pointer: str, value: object) -> list[str]:
        return [path for path in paths if get(self._records.before(path).data, pointer) == value]

    def _changed(self, pair: Pair) -> tuple[str, str] | None:
        """Return the problem and the hint if an answer was given about other values than those of now."""
        if not pair.decision.prefer:
            return None
        store = self._records.store
        sides = [self._records.before(path).data for path in pair.both]
        shown = {*map(plain, pair.decision.differ.splitlines())}
        for language in ("en", "zh"):
            with speaking(language):
                if shown.issuperset(map(plain, differ_lines(store.schema, store.settings, *sides))):
                    return None
        now = _("; ").join(differ_lines(store.schema, store.settings, *sides))
        return _("the fields that differ have changed: {fields}").format(fields=now), _new_sheet()

    def _mark(self, pair: Pair) -> bool:
        """Mark two customers as different; return whether they weren't before."""
        if _are_marked(*map(self._records.before, pair.both)):
            return False
        one, other = (self._now(self._became.get(path, path)) for path in pair.both)
        if not _are_marked(one, other):
            order = field_path.order(self._records.schema, one.data, _MARKS)
            try:
                self._records.add([draft(one, (Append(_MARKS, claimed_id(other), order),), self._records.schema)])
            except CrmError as error:
                self._reject([pair.row], error.problem.message, error.problem.hint)
        return True


def _are_marked(one: Document, other: Document) -> bool:
    return any(
        claimed_id(there) in here.data.get("not_duplicate_of", ()) for here, there in ((one, other), (other, one))
    )


def _names(document: Document) -> set[str]:
    data = document.data if isinstance(document.data, dict) else {}
    every = (data.get("name"), data.get("short_name"), *data.get("aliases", ()), *data.get("former_names", ()))
    return {plain(str(name)) for name in every if name}


def _wrong_answer(decision: Decision) -> tuple[str, str] | None:
    try:
        record_set.parsed(decision.assignments)
    except CrmError as error:
        column = pick(HEADERS["answer"])
        return error.problem.message, _("write A, B or FIELD=VALUE into '{column}'").format(column=column)
    return None


def _new_sheet() -> str:
    return _("for a new sheet: {command}").format(command="crmtext dedupe -o FILE.xlsx")


def _ranking(group: Sequence[Pair]) -> set[tuple[str, str]]:
    """Return the pairs of records whose first one's values win by the answers, directly or by way of others."""
    wins: defaultdict[str, set[str]] = defaultdict(set)
    for pair in group:
        if pair.decision.prefer:
            winner, loser = pair.both if pair.decision.prefer == A else pair.both[::-1]
            wins[winner].add(loser)
    ranking = set()
    for winner in tuple(wins):
        below = [*wins[winner]]
        for path in below:
            ranking.add((winner, path))
            below += [other for other in wins.get(path, ()) if other not in below]
    return ranking


def _neighbours(group: Sequence[Pair], path: str) -> Iterator[str]:
    for pair in group:
        if path in pair.both:
            yield pair.other if pair.one == path else pair.one


def _chain(group: Sequence[Pair], start: str, end: str) -> list[int]:
    """Return the rows that lead from one record of a group to another, the fewest possible."""
    came: dict[str, tuple[str, int]] = {start: (start, 0)}
    order = [start]
    for path in order:
        for pair in group:
            other = pair.other if pair.one == path else pair.one
            if path in pair.both and other not in came:
                came[other] = (path, pair.row)
                order.append(other)
    rows = []
    while end != start:
        end, row = came[end]
        rows.append(row)
    return sorted(rows)
