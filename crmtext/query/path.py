"""Paths to values, for columns and sorting: `contacts.name`, `contacts[0].title`, `合作.合作开始日期`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.query.computed_names import PATH
from crmtext.query.filter import functions
from crmtext.query.filter.budget import Budget
from crmtext.query.filter.names import Names
from crmtext.query.filter.syntax import Index, Node
from crmtext.query.filter.wrong import Source
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.query.filter.kinds import Type
    from crmtext.query.filter.names import Terms

_INDEX = lazy.pattern(r"\[(-?\d{1,9})\]")
_STEP = lazy.pattern(r"([^\[\]]+)((?:\[-?\d{1,9}\])*)")


class Path(NamedTuple):
    """A path that the schema knows."""

    #: In names of fields, also if labels were typed.
    name: str
    type: Type
    #: Returns the value from a customer's values by name; None or an empty list if it is missing.
    value: Callable[[Mapping[str, Any]], Any]


def names(terms: Terms) -> tuple[str, ...]:
    """The names that a path can start with: fields, computed names and the file's path."""
    return (*(field.key for field in terms.schema.fields), *terms.names, PATH)


def every_name(terms: Terms) -> str:
    """Return the hint with all names that a path can start with."""
    return _("one of: {values}").format(values=_(", ").join(names(terms)))


def resolve(typed: str, terms: Terms) -> Path:
    """Return the path that was typed. Raises CrmError if the schema has no such path."""
    source = Source(typed)
    known = Names(terms, source, Budget(lambda message, hint: source.wrong(None, message, hint)))
    node, root = Node(0, len(typed)), known.root()
    first, *steps = typed.strip().split(".")
    name, _indexes = _parted(first)
    try:
        part = known.name(node, name, root)
    except CrmError as error:
        if error.problem.rule == "sensitive-field":
            raise
        if len(homes := known.homes(name)) > 1:
            message = _("'{name}' may be {n} columns").format(name=typed, n=len(homes))
            raise usage("several-columns", message, _("choose one: {keys}").format(keys=_(", ").join(homes))) from None
        hint = known.meant(name, root) or every_name(terms)
        raise _no_column(typed, hint) from None
    try:
        for number, step in enumerate((first, *steps)):
            key, indexes = _parted(step)
            part = known.step(node, part, key) if number else part
            for index in _INDEX.findall(indexes):
                part = functions.item(Index(0, len(typed), node, int(index)), part, known)
    except CrmError as error:
        if error.problem.rule == "sensitive-field":
            raise
        raise _no_column(typed, error.problem.hint) from None
    get = part.get
    return Path(part.type.name, part.type, lambda values: get((values,)))


def _parted(step: str) -> tuple[str, str]:
    """A step's name, and the positions in brackets after it."""
    match = _STEP.fullmatch(step.strip())
    return (match[1].strip(), match[2]) if match else (step.strip(), "")


def _no_column(typed: str, hint: str) -> CrmError:
    return usage("unknown-column", _("unknown column '{name}'").format(name=typed), hint)
