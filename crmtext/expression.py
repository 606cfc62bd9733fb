"""Expressions such as `status == 'active' and days_since_contact > 30`, evaluated over customers and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from crmtext.cells import clip
from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.schema import near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Protocol

    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment

    class Words(Protocol):
        """What people call names and values."""

        def name(self, typed: str) -> str:
            """The name that is meant, dotted where it is inside a block; empty if none."""

        def called(self) -> Iterable[str]:
            """All that names are called."""

        def below(self, name: str, typed: str) -> str:
            """The name that is meant inside a block; empty if none."""

        def keys(self, name: str) -> tuple[str, ...]:
            """The names inside a block, where only these can be there."""

        def value(self, name: str, typed: str) -> str:
            """The value that is meant by a text that is compared with this name."""


_LONGEST = 2000
#: So much of an expression is quoted.
_QUOTED = 80
#: What can ask for endless time or memory is not here: `center`, `format`, `indent`, `batch` and the like.
_FILTERS = frozenset({
    "abs", "default", "first", "float", "int", "join", "last", "length", "list", "lower", "map", "max", "min", "reject",
    "rejectattr", "round", "select", "selectattr", "sort", "string", "sum", "trim", "unique", "upper",
})  # fmt: skip
_METHODS = frozenset({"startswith", "endswith", "lower", "upper", "strip", "count", "get", "keys", "values"})


def compile_(source: str, names: Iterable[str], words: Words | None = None) -> Callable[[Mapping[str, Any]], bool]:
    """A test over a mapping of these names. Raises CrmError if the expression is none, or uses another name.

    Names and values may be typed as people call them, where there are words for that.

    The grammar is that of Jinja's expressions, less whatever reaches beyond the values or could run without end.
    """
    if len(source) > _LONGEST:
        raise usage("expression", _("the expression has more than {n} characters").format(n=_LONGEST), _example())
    try:
        used, test = _compiled(source, frozenset(names), words)
    except RecursionError:
        raise _no_expression(source, _("it is nested too deep")) from None

    def matches(values: Mapping[str, Any]) -> bool:
        given = {name: values.get(name) for name in used}
        return _answer(source, given, lambda: bool(test(**given)))

    return matches


def _environment() -> SandboxedEnvironment:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            # Text times a large number fills the memory, and so does text with a width: '%999999999d' % 1.
            if isinstance(left, str | list | tuple) or isinstance(right, str | list | tuple):
                raise TypeError(_("'{sign}' is for numbers").format(sign=operator))
            return super().call_binop(context, operator, left, right)

    environment = Environment()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.globals = {}
    return environment


def _compiled(source: str, names: frozenset[str], words: Words | None) -> tuple[frozenset[str], Callable[..., Any]]:
    """The names that an expression uses, and it as a function of these, as jinja makes one of a text."""
    from jinja2 import TemplateSyntaxError, nodes
    from jinja2.environment import TemplateExpression

    environment = _environment()
    try:
        tree = _parsed(source, environment)
        tree = _translated(tree, words) if words else tree
        used = _names(tree, names, words)
        _refuse_unsafe(tree)
        whole = nodes.Template([nodes.Assign(nodes.Name("result", "store"), tree, lineno=1)], lineno=1)
        whole.set_environment(environment)
        template = environment.from_string(whole)
    except TemplateSyntaxError as error:
        raise _no_expression(source, _slip(error.message or "")) from None
    return used, TemplateExpression(template, undefined_to_none=True)


def _parsed(source: str, environment: SandboxedEnvironment) -> nodes.Expr:
    from jinja2.parser import Parser

    parser = Parser(environment, source, state="variable")
    tree = parser.parse_expression()
    if not parser.stream.eos:
        raise _no_expression(source, _("'{sign}' stands where it should end").format(sign=parser.stream.current))
    return tree


def _translated(tree: nodes.Expr, words: Words) -> nodes.Expr:
    """The tree with names and values in place of what people call them."""
    from jinja2 import nodes
    from jinja2.visitor import NodeTransformer

    class Translator(NodeTransformer):
        def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802 - jinja's own way
            first, *steps = (words.name(node.name) or node.name).split(".")
            found: nodes.Expr = nodes.Name(first, "load", lineno=node.lineno)
            for step in steps:
                found = nodes.Getattr(found, step, "load", lineno=node.lineno)
            return found

        def visit_Getattr(self, node: nodes.Getattr) -> nodes.Expr:  # noqa: N802
            self.generic_visit(node)
            above = _dotted(node.node)
            if name := words.below(above, node.attr):
                node.attr = name
            elif (keys := words.keys(above)) and node.attr not in _METHODS:
                raise _unknown(f"{above}.{node.attr}", [f"{above}.{key}" for key in keys])
            return node

        def visit_Compare(self, node: nodes.Compare) -> nodes.Expr:  # noqa: N802
            self.generic_visit(node)
            left = node.expr
            for each in node.ops:
                for name, constants in _compared(each.op, left, each.expr):
                    for constant in constants:
                        constant.value = words.value(name, constant.value)
                left = each.expr
            return node

    return cast("nodes.Expr", Translator().visit(tree))


def _dotted(node: nodes.Node) -> str:
    """The name that a node is, as `cooperation.since`; empty if it is none."""
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return node.name
    above = _dotted(node.node) if isinstance(node, nodes.Getattr) else ""
    return f"{above}.{cast('nodes.Getattr', node).attr}" if above else ""


def _compared(sign: str, left: nodes.Expr, right: nodes.Expr) -> Iterator[tuple[str, list[nodes.Const]]]:
    """The names that a comparison has, each with the texts that it is to be, or to be one of, or to hold."""
    if sign in ("eq", "ne"):
        yield _dotted(left), _texts(right)
        yield _dotted(right), _texts(left)
    if sign in ("in", "notin"):
        yield _dotted(left), [text for each in getattr(right, "items", ()) for text in _texts(each)]
        yield f"{_dotted(right)}[]", _texts(left)


def _texts(node: nodes.Node) -> list[nodes.Const]:
    from jinja2 import nodes

    return [node] if isinstance(node, nodes.Const) and isinstance(node.value, str) else []


def _slip(said: str) -> str:
    """What jinja says of a slip, in words of ours: it names the sign that it did not expect."""
    sign = re.search(r"(?:got|unexpected(?: char)?) '(.+?)'(?: at \d+)?$", said)
    if sign is None or "end of" in sign[1]:
        return _("something is missing in it")
    return _("'{sign}' does not belong there").format(sign=sign[1])


def _no_expression(source: str, said: str) -> CrmError:
    message = _("'{source}' is not an expression: {said}").format(source=clip(source, _QUOTED), said=said)
    single = re.search(r"(?<![=!<>])=(?!=)", source)
    return usage("expression", message, _("two equals signs compare: owner == 'lilei'") if single else _example())


def _names(tree: nodes.Expr, known: frozenset[str], words: Words | None) -> frozenset[str]:
    from jinja2 import nodes

    used = frozenset(node.name for node in (tree, *tree.find_all(nodes.Name)) if isinstance(node, nodes.Name))
    for name in sorted(used - known):
        raise _unknown(name, (*known, *(words.called() if words else ())))
    return used


def _refuse_unsafe(tree: nodes.Expr) -> None:
    from jinja2 import nodes

    for node in (tree, *tree.find_all((nodes.Pow, nodes.Call, nodes.Getattr, nodes.Getitem))):
        if isinstance(node, nodes.Pow):
            raise _forbidden("**")
        if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Getattr) and node.node.attr in _METHODS):
            raise _forbidden("(…)")
        name = node.attr if isinstance(node, nodes.Getattr) else ""
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            name = str(node.arg.value)
        if name.startswith("_"):
            raise _forbidden(name)


def _answer(source: str, given: Mapping[str, Any], test: Callable[[], bool]) -> bool:
    from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError

    try:
        return test()
    except SecurityError as error:
        raise _forbidden(str(error)) from None
    except (UndefinedError, ArithmeticError):
        return False
    except (TypeError, ValueError, TemplateRuntimeError) as error:
        # A value that is not there answers no question about it: `days_since_contact > 30` of who was never called.
        if any(value is None for value in given.values()):
            return False
        message = _("'{source}' cannot be worked out: {said}").format(source=clip(source, _QUOTED), said=error)
        sums = any(isinstance(value, dict) for value in given.values())
        hint = _("sums are by currency: open_value.CNY > 100000") if sums else _example()
        raise usage("expression", message, hint) from None


def _forbidden(what: str) -> CrmError:
    return usage("expression", _("an expression may not use {what}").format(what=what), _example())


def _unknown(name: str, known: Iterable[str]) -> CrmError:
    close = near.word(name, known)
    hint = _("did you mean '{key}'?").format(key=close) if close else _("text stands in quotes: owner == 'lilei'")
    return usage("expression", _("'{name}' is neither a key nor a computed name").format(name=name), hint)


def _example() -> str:
    return _("for instance: status == 'active' and days_since_contact > 30")
