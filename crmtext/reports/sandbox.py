"""Where a store's own templates run: they lay out what a page holds, can reach nothing else, and come to an end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import update_wrapper
from string import Formatter
from typing import TYPE_CHECKING, Any, cast

from jinja2 import ChoiceLoader, FileSystemLoader, FunctionLoader, PrefixLoader, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup

from crmtext.i18n import _
from crmtext.reports.overrides import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from jinja2 import BaseLoader
    from jinja2.runtime import Context

#: What a store's template calls ours: {% extends "crmtext/index.html.j2" %}.
OURS = "crmtext"
#: What a page may cost: a character written, and a round of a loop or a call, which counts as many. So much for the
#: page and for each customer of the site; our own pages take a third of it at most.
_PAGE = 32_000_000
_CUSTOMER = 16_384
_STEP = 512
#: No text or list that `+` makes is longer.
_LONGEST = 1_000_000
#: No number that is reckoned with is larger.
_LARGEST = 10**15
#: What can grow without end is not here: `center`, `indent`, `replace`, `format`, `tojson` and the like.
_FILTERS = frozenset({
    "abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "items", "last", "length",
    "lower", "round", "title", "trim", "truncate", "upper", "urlencode",
})  # fmt: skip
#: Those that walk through what they are given.
_WALKING = frozenset({
    "join", "list", "map", "max", "min", "reject", "rejectattr", "select", "selectattr", "sort", "sum", "unique",
})  # fmt: skip
_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset({"endswith", "lower", "lstrip", "rstrip", "split", "splitlines", "startswith", "strip", "upper"}),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    date: frozenset({"isoformat", "strftime"}),
    LoopContext: frozenset({"cycle", "changed"}),
}
_WRITTEN = (str, int, float, Decimal, date)


def loader(shipped: Path, own: Mapping[str, str]) -> BaseLoader:
    """Templates by name: the store's, else ours; `crmtext/NAME` is always ours."""

    def find(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (own[name], f"{FOLDER}/{name}", lambda: True) if name in own else None

    ours = FileSystemLoader(shipped)
    return ChoiceLoader([FunctionLoader(find), ours, PrefixLoader({OURS: ours})])


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment that names everything it allows, and counts what a page costs."""

    intercepted_binops = frozenset({"+", "*", "%", "**"})

    def __init__(self, *, customers: int, write: Callable[[object], object] | None, **options: Any) -> None:
        super().__init__(finalize=self._write, **options)
        self._shown = write or (lambda value: value)
        self._budget = self._left = _PAGE + _CUSTOMER * customers
        walking = {name: self._walking(self.filters[name]) for name in _WALKING}
        own = {"string": self._text, "counted_": self._counted, "cost_": self._cost, "joined_": self._joined}
        self.filters = {name: self.filters[name] for name in _FILTERS} | walking | own | {"flat_": _flat}
        self.globals = {"range": self.globals["range"], "namespace": Namespace}

    def afresh(self) -> None:
        """Begin a new page."""
        self._left = self._budget

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call it: macros and blocks, what it is given for this, and a few harmless methods."""
        self._spend(_STEP)
        if isinstance(obj, Macro | BlockReference | LoopContext | Fill) or obj is Namespace:
            return True
        if any(obj is given for given in self.globals.values()):
            return True
        owner = getattr(obj, "__self__", None)
        return any(isinstance(owner, kind) and obj.__name__ in names for kind, names in _METHODS.items())

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What the callable gives; a plural form is filled in with a number only."""
        if getattr(obj, "__name__", "") == "plural" and obj in self.globals.values():
            one, many, count = args
            _refuse_fields(one, many)
            args = (one, many, int(count))
        return super().call(context, obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Any:
        """`format` of a text: it fills in words and does nothing else."""
        if getattr(value, "__name__", "") in ("format", "format_map") and isinstance(value.__self__, str):
            return Fill(value.__self__, self._text)
        return None

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The operator on numbers; of texts and lists only `+`, as long as they stay short."""
        if operator == "+" and isinstance(left, str | list | tuple):
            if len(left) + len(right) > _LONGEST:
                raise _endless()
        elif not (_is_small(left) and _is_small(right)):
            raise SecurityError(_("'{sign}' is for numbers").format(sign=operator))
        elif operator == "**":
            raise SecurityError(_("'{sign}' is not used in templates").format(sign=operator))
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for kind in (nodes.ScopedEvalContextModifier, nodes.EvalContextModifier):
            if tree.find(kind) is not None:
                raise SecurityError(_("what a record holds is always escaped"))
        for each in tree.find_all(nodes.For):
            if each.recursive:
                raise SecurityError(_("a loop does not call itself here"))
            each.iter = _through("counted_", each.iter)
        _count_text(tree)
        _plainly(tree)
        return tree

    def _spend(self, cost: int) -> None:
        self._left -= cost
        if self._left < 0:
            raise _endless()

    def _write(self, value: Any) -> Any:
        text = self._text(value)
        return self._shown(value if isinstance(value, str) else text)

    def _text(self, value: Any) -> str:
        """A value in words. Whole lists and records are not written: their text could fill the memory."""
        if value is not None and not isinstance(value, _WRITTEN) and not hasattr(value, "_undefined_hint"):
            kind = type(value).__name__
            raise SecurityError(_("a value of the kind '{kind}' is not written as it is").format(kind=kind))
        text = value if isinstance(value, str) else str(value)
        self._spend(len(text))
        return text

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self._spend(_STEP)
            yield value

    @pass_context
    def _cost(self, _context: Context, cost: int) -> str:
        # Asking for the context keeps it from being worked out while the template is read.
        self._spend(cost)
        return ""

    def _joined(self, values: Iterable[Any]) -> str:
        parts = [value if isinstance(value, str) else self._text(value) for value in values]
        self._spend(sum(map(len, parts)))
        return Markup("").join(parts) if any(isinstance(part, Markup) for part in parts) else "".join(parts)

    def _walking(self, plain: Any) -> Any:
        """A filter that walks, with its steps counted."""
        # Jinja passes the environment or context first to those that are marked for it; the mark is kept.
        first = 1 if hasattr(plain, "jinja_pass_arg") else 0

        def walk(*args: Any, **kwargs: Any) -> Any:
            values = args[first]
            counted = self._counted(_worded(values, self._text) if plain.__name__.endswith("join") else values)
            return plain(*args[:first], counted, *args[first + 1 :], **kwargs)

        return update_wrapper(walk, plain)


@dataclass(frozen=True, slots=True)
class Fill:
    """A text with places in braces, called with what to fill in."""

    text: str
    worded: Callable[[Any], str]

    def __call__(self, /, *args: Any, **kwargs: Any) -> str:
        """The text filled in."""
        _refuse_fields(self.text)
        return self.text.format(*map(self.worded, args), **{key: self.worded(value) for key, value in kwargs.items()})


def _refuse_fields(*texts: str) -> None:
    """Refuse what reaches into a value (`{n.__class__}`) or makes it wide (`{n:>999999999}`)."""
    for text in texts:
        for _literal, name, form, conversion in Formatter().parse(text):
            if name is not None and (form or conversion or not re.fullmatch(r"\w*", name)):
                raise SecurityError(_("'{text}' has more in its braces than a name").format(text=text[:40]))


def _worded(values: Iterable[Any], word: Callable[[Any], str]) -> Iterator[Any]:
    return (value if isinstance(value, str) else word(value) for value in values)


def _flat(value: Any) -> Any:
    """An item of a list that a template writes; a list of lists of lists grows without end in a few lines."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if any(isinstance(each, list | tuple | dict) for each in inner):
        raise SecurityError(_("lists are nested too deep"))
    return value


def _is_small(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and -_LARGEST < value < _LARGEST


def _endless() -> SecurityError:
    return SecurityError(_("it writes too much, or does not come to an end"))


def _through(name: str, node: nodes.Node) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, [], [], None, None, lineno=node.lineno)


def _count_text(tree: nodes.Template) -> None:
    """Let whatever runs more than once pay for the text that stands in it."""
    for each in (tree, *tree.find_all((nodes.Block, nodes.For, nodes.Macro, nodes.CallBlock))):
        written = [part.data for part in each.find_all(nodes.TemplateData)]
        written += [str(part.value) for part in each.find_all(nodes.Const)]
        cost = _STEP + sum(map(len, written))
        paid = nodes.Output([_through("cost_", nodes.Const(cost))], lineno=each.lineno)
        each.body.insert(0, paid)  # type: ignore[attr-defined]


def _plainly(node: Any) -> Any:
    """The tree with `~` counted, and with no list of lists of lists."""
    for field, value in node.iter_fields():
        if isinstance(value, list):
            setattr(node, field, [_plainly(each) if isinstance(each, nodes.Node) else each for each in value])
        elif isinstance(value, nodes.Node):
            setattr(node, field, _plainly(value))
    if isinstance(node, nodes.Concat):
        return _through("joined_", nodes.List(node.nodes, lineno=node.lineno))
    if isinstance(node, nodes.List | nodes.Tuple) and getattr(node, "ctx", "load") == "load":
        node.items = [each if isinstance(each, nodes.Const) else _through("flat_", each) for each in node.items]
    if isinstance(node, nodes.Pair) and not isinstance(node.value, nodes.Const):
        node.value = _through("flat_", node.value)
    return node
