"""Filters of expressions: `contacts|length`, `opportunities|map(attribute='amount')|sum`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.query.filter import kinds, single
from crmtext.query.filter.functions import extreme, item
from crmtext.query.filter.kinds import Part, truth_of
from crmtext.query.filter.methods import test
from crmtext.query.filter.syntax import Index
from crmtext.query.filter.use import Use
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.query.filter.kinds import Frame
    from crmtext.query.filter.names import Names
    from crmtext.query.filter.syntax import Piped

FILTERS = (
    "abs", "default", "first", "float", "int", "join", "last", "length", "list", "lower", "map", "max", "min", "reject",
    "rejectattr", "round", "select", "selectattr", "sort", "string", "sum", "trim", "unique", "upper",
)  # fmt: skip


def apply(node: Piped, part: Part, arguments: tuple[Part, ...], named: Mapping[str, Part], names: Names) -> Part:
    """Return the part for `value|filter`. Raises CrmError if the filter does not work on the value."""
    if node.name not in FILTERS:
        known = _("filters: {names}").format(names=", ".join(FILTERS))
        hint = did_you_mean(nearest(node.name, FILTERS), known)
        raise names.source.wrong(node, _("{what} is not allowed in an expression").format(what=f"|{node.name}"), hint)
    return _applied(Use(node, node.name, part, arguments, named, names))


def _applied(use: Use) -> Part:
    name, type_ = use.name, use.part.type
    if name in _OF_ANY:
        return _OF_ANY[name](use)
    if name not in _OF_LISTS:
        return single.of_one(use)
    if not type_.many:
        shown = use.names.source.text_of(use.part.node)
        message = _("'{name}' takes a list, but {value} is {kind}")
        raise use.wrong(message.format(name=name, value=shown, kind=kinds.in_words(type_)), f"contacts|{name}")
    return _OF_LISTS[name](use)


def _ended(use: Use) -> Part:
    """The first or the last of several."""
    position = 0 if use.name == "first" else -1
    return item(Index(use.node.start, use.node.end, use.part.node, position), use.part, use.names)


def _extreme(use: Use) -> Part:
    return extreme(use.node, use.name, _attribute(use, use.part, use.constant(9, "attribute")), use.names)


def _attribute(use: Use, part: Part, path: Any) -> Part:
    """Return the values of a field in all items; the part itself if no field is given."""
    if path is None:
        return part
    if not isinstance(path, str):
        raise use.wrong(_("put the field name in quotes"), "opportunities|map(attribute='amount')")
    for step in path.split("."):
        part = use.names.step(use.node, part, step)
    return part


def _sum(use: Use) -> Part:
    part = _attribute(use, use.part, use.constant(0, "attribute"))
    if part.type.kind not in ("number", "any"):
        raise use.wrong(_("'{name}' takes numbers").format(name="sum"), "transactions|sum(attribute='amount') > 1000")
    get, spend = part.get, use.names.budget.spend

    def result(frame: Frame) -> Any:
        values = get(frame)
        spend(len(values))
        return sum((Decimal(number) for number in map(kinds.number, values) if number is not None), Decimal(0))

    return use.result(kinds.NUMBER, result)


def _join(use: Use) -> Part:
    part = _attribute(use, use.part, use.constant(1, "attribute"))
    between = use.constant(0, "d", "")
    if part.type.kind in ("map", "sums") or not isinstance(between, str):
        raise use.wrong(_("'join' takes a list of texts"), "contacts|map(attribute='name')|join(', ')")
    get, text = part.get, use.names.budget.text

    def result(frame: Frame) -> str:
        values = [str(item) for item in get(frame) if item is not None]
        text(sum(map(len, values)) + len(between) * len(values))
        return between.join(values)

    return use.result(kinds.TEXT, result)


def _map(use: Use) -> Part:
    if "attribute" in use.named:
        return _attribute(use, use.part, use.constant(9, "attribute"))
    name = use.constant(0, "")
    if name not in single.TEXT and name not in ("string", "int", "float", "abs", "length"):
        raise use.wrong(
            _("{what} is not allowed in an expression").format(what=f"|map('{name}')"), "contacts|map(attribute='name')"
        )
    value = Part(use.part.type.one, lambda frame: frame[-1], use.node)
    inner = _applied(Use(use.node, name, value, (), {}, use.names))
    get, spend = use.part.get, use.names.budget.spend

    def result(frame: Frame) -> Any:
        values = get(frame)
        spend(len(values))
        return [item for value in values if (item := inner.get((value,))) is not None]

    return use.result(inner.type._replace(many=True, plain=use.part.type.plain), result)


def _chosen(use: Use) -> Part:
    """Return the items that pass a test, or those that fail it."""
    arguments, one = list(use.arguments), use.part.type.one
    value = Part(one, lambda frame: frame[-1], use.node)
    if use.name.endswith("attr"):
        value = _attribute(use, value, use.constant(0, "attribute"))
        arguments = arguments[1:]
    if arguments:
        name = arguments[0].get(()) if arguments[0].constant else None
        value = test(use, str(name), value, tuple(arguments[1:]))
    get, holds, wanted, spend = use.part.get, truth_of(value), use.name.startswith("select"), use.names.budget.spend

    def result(frame: Frame) -> Any:
        values = get(frame)
        spend(len(values) * 2)
        return [item for item in values if holds((*frame, item)) is wanted]

    return use.result(use.part.type, result)


def _sort(use: Use) -> Part:
    reverse, by = use.constant(0, "reverse", default=False), use.constant(2, "attribute")
    key = _attribute(use, Part(use.part.type.one, lambda frame: frame[-1], use.node), by)
    if key.type.kind in ("map", "sums", "any") or key.type.many:
        raise use.wrong(_("'sort' takes numbers, dates or text"), "contacts|sort(attribute='name')")
    get, spend = use.part.get, use.names.budget.spend

    def result(frame: Frame) -> Any:
        values = get(frame)
        spend(len(values) * 4)
        keyed = [(one, item) for item in values if (one := key.get((item,))) is not None]
        return [item for _key, item in sorted(keyed, key=lambda pair: pair[0], reverse=reverse is True)]

    return use.result(use.part.type, result)


def _unique(use: Use) -> Part:
    if use.part.type.kind in ("map", "sums"):
        raise use.wrong(_("'unique' takes a list of single values"), "contacts|map(attribute='role')|unique|length")
    get, spend = use.part.get, use.names.budget.spend

    def result(frame: Frame) -> Any:
        values = get(frame)
        spend(len(values))
        return list({str(item).casefold(): item for item in reversed(values)}.values())[::-1]

    return use.result(use.part.type, result)


_OF_ANY: Mapping[str, Callable[[Use], Part]] = {"default": single.default, "length": single.length}
_OF_LISTS: Mapping[str, Callable[[Use], Part]] = {
    "sum": _sum, "join": _join, "map": _map, "sort": _sort, "unique": _unique, "list": lambda use: use.part,
    "first": _ended, "last": _ended, "min": _extreme, "max": _extreme,
    **dict.fromkeys(("select", "reject", "selectattr", "rejectattr"), _chosen),
}  # fmt: skip
