"""Classification rules: their proposals for each customer, the differences from the records, and the reasons."""

from __future__ import annotations

from collections import Counter
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.figures.circles import TAGS, circles
from crmtext.figures.rules import NAMES
from crmtext.i18n import _
from crmtext.problem import CrmError, Problem
from crmtext.query import filter as query_filter
from crmtext.query.listing import terms
from crmtext.settings.rule_tables import CLASSIFICATION, SETTABLE, rule_problem
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmtext.model import Customer
    from crmtext.query.computed_names import Row
    from crmtext.query.filter import Filter, Outcome
    from crmtext.schema import Schema
    from crmtext.settings import ClassificationRule
    from crmtext.snapshot import Snapshot


class Change(NamedTuple):
    """A change that a rule proposes for a record."""

    #: `value`, `priority`, `segment` or `tags`.
    key: str
    #: Of `tags` the whole list; None if the record has none.
    before: Any
    after: Any
    rule: str


class Classified(NamedTuple):
    """A customer that differs from the rules."""

    customer: Customer
    #: Whether the record keeps value, priority and segment.
    fixed: bool
    changes: tuple[Change, ...]


class Differences(NamedTuple):
    """The customers that differ from the rules, in the snapshot's order, and the number of the others."""

    customers: tuple[Classified, ...]
    unchanged: int
    #: The number of all customers by recorded value and the value that the rules propose; None for no value.
    values: Mapping[tuple[str | None, str | None], int] = MappingProxyType({})


class Verdict(NamedTuple):
    """The result of a rule for one customer."""

    rule: ClassificationRule
    matches: bool
    #: How its condition came out; None for a rule without one.
    outcome: Outcome | None
    #: The fields that it decides: for others that it sets, an earlier rule does.
    decides: tuple[str, ...]


class Rules:
    """The classification rules of a snapshot. Raises CrmError if one of them is wrong."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._tests: list[tuple[ClassificationRule, Filter | None]] = []
        for rule, compiled in _compiled(snapshot):
            if isinstance(compiled, Problem):
                raise CrmError(compiled)
            self._tests.append((rule, compiled))
        self._values = NAMES.of(snapshot)

    @classmethod
    def of(cls, snapshot: Snapshot) -> Rules:
        """Return the rules of a snapshot, which are compiled once."""
        return snapshot.once(cls)

    def changes(self, customer: Customer) -> tuple[Change, ...]:
        """Return what the rules would change in a record: for each field as the first rule that applies sets it."""
        row, fixed = self._values(customer), is_fixed(customer)
        decided: set[str] = set()
        tags = customer.data.get(TAGS)
        done: list[Change] = []
        for rule, test in self._tests:
            keys = [] if fixed else [key for key in rule.sets if key not in decided]
            new = [tag for tag in dict.fromkeys(rule.tags) if tag not in (tags or ())]
            if not (keys or new) or not _holds(test, row):
                continue
            decided.update(keys)
            pairs = ((key, present(customer, key)) for key in keys)
            done += [Change(key, now, rule.sets[key], rule.name) for key, now in pairs if now != rule.sets[key]]
            if new:
                done.append(Change(TAGS, tags, [*(tags or ()), *new], rule.name))
                tags = done[-1].after
        return tuple(done)

    def verdicts(self, customer: Customer) -> tuple[Verdict, ...]:
        """Return what each rule says about a customer, also of fields that the record keeps."""
        row = self._values(customer)
        decided: set[str] = set()
        done: list[Verdict] = []
        for rule, test in self._tests:
            matches = _holds(test, row)
            decides = tuple(key for key in rule.sets if matches and key not in decided)
            decided.update(decides)
            done.append(Verdict(rule, matches, test.outcome(row) if test else None, decides))
        return tuple(done)


def _holds(test: Filter | None, row: Row) -> bool:
    return test is None or test.matches(row)


def is_fixed(customer: Customer) -> bool:
    """Whether the record keeps value, priority and segment, whatever the rules say."""
    return customer.data.get("classification", {}).get("fixed") is True


def present(customer: Customer, key: str) -> Any:
    """Return the recorded value of a field that rules set; None if it is missing."""
    block, _dot, name = SETTABLE[key].rpartition(".")
    holder = customer.data.get(block, {}) if block else customer.data
    return holder.get(name)


def differences(snapshot: Snapshot, customers: Iterable[Customer] | None = None) -> Differences:
    """Return how these customers, by default all, differ from the rules of the settings."""
    rules = Rules.of(snapshot)
    differing: list[Classified] = []
    values: Counter[tuple[str | None, str | None]] = Counter()
    for customer in snapshot.customers if customers is None else customers:
        now = present(customer, "value")
        changes = rules.changes(customer)
        values[now, next((change.after for change in changes if change.key == "value"), now)] += 1
        if changes:
            differing.append(Classified(customer, is_fixed(customer), changes))
    return Differences(tuple(differing), values.total() - len(differing), values)


def problems(snapshot: Snapshot) -> Iterator[Problem]:
    """Yield what is wrong with the rules: conditions, circles, values that the schema doesn't allow."""
    yield from (compiled for _rule, compiled in _compiled(snapshot) if isinstance(compiled, Problem))


def _compiled(snapshot: Snapshot) -> Iterator[tuple[ClassificationRule, Filter | Problem | None]]:
    """The filter of each rule, None for a rule without a condition; also the problems."""
    for number, rule in enumerate(snapshot.settings.classification_rules):
        problem = partial(rule_problem, snapshot.settings, CLASSIFICATION, number)
        yield from ((rule, wrong) for wrong in _wrong_values(snapshot.schema, rule, problem))
        try:
            compiled = query_filter.compiled(rule.where, terms(snapshot, NAMES)) if rule.where else None
        except CrmError as error:
            inner = error.problem
            message = _("the classification rule '{name}' is invalid: {message}")
            message = message.format(name=rule.name, message=inner.message)
            yield (
                rule,
                rule_problem(
                    snapshot.settings, CLASSIFICATION, number, "where", message, inner.hint, rule.where, inner.place
                ),
            )
            continue
        wrong = tuple(circles(snapshot, rule, compiled.reads())) if compiled else ()
        for circle in wrong:
            place = circle.read.place
            yield (
                rule,
                rule_problem(
                    snapshot.settings, CLASSIFICATION, number, "where", circle.message, circle.hint, rule.where, place
                ),
            )
        if not wrong:
            yield rule, compiled


def _wrong_values(schema: Schema, rule: ClassificationRule, problem: Callable[..., Problem]) -> Iterator[Problem]:
    """The problems of values and tags that the schema doesn't allow."""
    given = [(f"set.{key}", SETTABLE[key], value) for key, value in rule.sets.items()]
    for key, path, value in (*given, *(("tags", f"{TAGS}[]", tag) for tag in rule.tags)):
        field = schema.by_path.get(path)
        name = key.removeprefix("set.")
        if field is None:
            message = _("the schema has no field {path}, which the classification rule '{name}' sets")
            message = message.format(path=path.removesuffix("[]"), name=rule.name)
            yield problem(key, message, _("add it to the schema, or delete it here"))
        elif field.choices and value not in {choice.value for choice in field.choices}:
            meant = {typed: choice.value for choice in field.choices for typed in choice.names()}
            near = meant.get(value) or meant.get(nearest(value, meant), "")
            message = _("unknown value '{value}' for {key} in the classification rule '{name}'")
            known = _("one of: {values}").format(values=", ".join(choice.value for choice in field.choices))
            yield problem(key, message.format(value=value, key=name, name=rule.name), did_you_mean(near, known))
        elif not field.choices and value != " ".join(value.split()):
            message = _("{key} in the classification rule '{name}' has extra blanks or line breaks")
            yield problem(key, message.format(key=name, name=rule.name), _("delete them"))
