"""The language of `--where`: an expression is read, checked against the schema, and evaluated here, by no other engine.

`parse` reads the text, `check` finds out what each part gives, and the parts evaluate themselves, within `budget`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.query.filter.budget import Budget
from crmtext.query.filter.names import Names, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.schema import Schema

__all__ = ["Filter", "Terms", "compiled"]


class Filter(NamedTuple):
    """An expression that has been checked."""

    #: Whether it is true for a customer, given as values by name.
    matches: Callable[[Mapping[str, Any]], bool]
    #: What holds of each customer for whom it is true: the values that a field may have.
    fixed: Mapping[str, frozenset[str]]
    #: Names that have a value, or are true, for each of them.
    given: frozenset[str]


def compiled(text: str, terms: Terms) -> Filter:
    """The filter that an expression is. Raises CrmError, with the place in the text, if it can't be answered."""
    # The parser is Jinja's, which takes long to load.
    from crmtext.query.filter.check import Checker
    from crmtext.query.filter.parse import parse

    source, tree = parse(text, _spaced(terms.schema))
    budget = Budget(lambda message, hint: source.wrong(None, message, hint))
    names = Names(terms, source, budget)
    part = Checker(names).truth(tree, names.root())

    def matches(values: Mapping[str, Any]) -> bool:
        budget.renew()
        budget.spend(part.size)
        return bool(part.get((values,)))

    fixed: dict[str, frozenset[str]] = {}
    for name, values in part.must:
        if values:
            fixed[name] = fixed[name] & {*values} if name in fixed else frozenset(values)
    return Filter(matches, fixed, frozenset(name for name, values in part.must if not values))


def _spaced(schema: Schema) -> Iterator[str]:
    """The names that people use and that can't be typed in an expression, each with the field's path."""
    for field in schema.by_path.values():
        for name in field.names() if field.path else ():
            if name and not name.isidentifier():
                yield f"{name}: {field.path.replace('[]', '')}"
