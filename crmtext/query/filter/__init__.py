"""The language of `--where`: `parse` reads the text, `check` types each part, and parts evaluate within `budget`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.query.computed_names import Row
from crmtext.query.filter.budget import Budget
from crmtext.query.filter.names import Names, Terms
from crmtext.query.filter.outcome import Outcome, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.schema import Schema

__all__ = ["Filter", "Outcome", "Read", "Terms", "compiled", "literal"]


class Filter(NamedTuple):
    """A checked expression."""

    #: Whether the expression is true for a customer's values by name.
    matches: Callable[[Mapping[str, Any]], bool]
    #: The values that a field can have in any customer that matches.
    fixed: Mapping[str, frozenset[str]]
    #: Names that have a value, or are true, in every customer that matches.
    given: frozenset[str]
    #: Returns every name that it reads.
    reads: Callable[[], tuple[Read, ...]]
    #: Returns how each comparison in it comes out for a customer's values by name.
    outcome: Callable[[Mapping[str, Any]], Outcome]


def literal(text: str) -> str:
    """Return a text in quotes for an expression."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def compiled(text: str, terms: Terms) -> Filter:
    """Return the filter of an expression. Raises CrmError with the place in the text if it is not valid."""
    # The parser is Jinja's, which is slow to load.
    from crmtext.query.filter.check import Checker
    from crmtext.query.filter.parse import parse

    source, tree = parse(text, _names_with_spaces(terms.schema))
    budget = Budget(lambda message, hint: source.wrong(None, message, hint))
    names = Names(terms, source, budget)
    checker = Checker(names)
    part = checker.truth(tree, names.root())

    def matches(values: Mapping[str, Any]) -> bool:
        budget.renew()
        budget.spend(part.size)
        # A masked customer is judged by its full values.
        return bool(part.get((values.full if isinstance(values, Row) else values,)))

    def reads() -> tuple[Read, ...]:
        from crmtext.query.filter import reading  # few expressions are asked what they read

        return reading.names(tree, checker)

    def outcome(values: Mapping[str, Any]) -> Outcome:
        from crmtext.query.filter import reading

        budget.renew()
        return reading.outcome(tree, checker, values)

    fixed: dict[str, frozenset[str]] = {}
    for name, values in part.must:
        if values:
            fixed[name] = fixed[name] & {*values} if name in fixed else frozenset(values)
    given = frozenset(name for name, values in part.must if not values)
    return Filter(matches, fixed, given, reads, outcome)


def _names_with_spaces(schema: Schema) -> Iterator[str]:
    """Names of fields that are no identifiers, so that an expression can't hold them, as 'name: path'."""
    for field in schema.by_path.values():
        for name in field.names() if field.path else ():
            if name and not name.isidentifier():
                yield f"{name}: {field.path.replace('[]', '')}"
