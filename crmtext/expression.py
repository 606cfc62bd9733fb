"""Expressions such as `status == 'active' and days_since_contact > 30`, evaluated over customers and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.cells import clip
from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.schema import near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment

_LONGEST = 2000
#: So much of an expression is quoted.
_QUOTED = 80
#: What can ask for endless time or memory is not here: `center`, `format`, `indent`, `batch` and the like.
_FILTERS = frozenset({
    "abs", "default", "first", "float", "int", "join", "last", "length", "list", "lower", "map", "max", "min", "reject",
    "rejectattr", "round", "select", "selectattr", "sort", "string", "sum", "trim", "unique", "upper",
})  # fmt: skip
_METHODS = frozenset({"startswith", "endswith", "lower", "upper", "strip", "count", "get", "keys", "values"})


def compile_(source: str, names: Iterable[str]) -> Callable[[Mapping[str, Any]], bool]:
    """A test over a mapping of these names. Raises CrmError if the expression is none, or uses another name.

    The grammar is that of Jinja's expressions, less whatever reaches beyond the values or could run without end.
    """
    if len(source) > _LONGEST:
        raise usage("expression", _("the expression has more than {n} characters").format(n=_LONGEST), _example())
    tree, test = _compiled(source)
    used = _names(tree, frozenset(names))
    _refuse_unsafe(tree)

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


def _compiled(source: str) -> tuple[nodes.Expr, Callable[..., Any]]:
    from jinja2 import TemplateSyntaxError
    from jinja2.parser import Parser

    environment = _environment()
    try:
        parser = Parser(environment, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise _no_expression(source, _("'{sign}' stands where it should end").format(sign=parser.stream.current))
        return tree, environment.compile_expression(source)
    except TemplateSyntaxError as error:
        raise _no_expression(source, _slip(error.message or "")) from None
    except RecursionError:
        raise _no_expression(source, _("it is nested too deep")) from None


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


def _names(tree: nodes.Expr, known: frozenset[str]) -> frozenset[str]:
    from jinja2 import nodes

    used = frozenset(node.name for node in (tree, *tree.find_all(nodes.Name)) if isinstance(node, nodes.Name))
    for name in sorted(used - known):
        raise _unknown(name, known)
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
