"""The sandbox of a store's own templates: they reach only the page's data, and always end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from jinja2 import ChoiceLoader, FileSystemLoader, FunctionLoader, PrefixLoader, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from crmtext.i18n import _
from crmtext.layout import TEMPLATES
from crmtext.templating import charges
from crmtext.templating.charges import STEP, Budget, Fill, budget_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jinja2 import BaseLoader
    from jinja2.runtime import Context

#: The prefix of the shipped templates: {% extends "crmtext/index.html.j2" %}.
OURS = "crmtext"
#: The budget of a site in characters: the whole, with a share for each customer, and what each page adds. The shipped
#: pages take at most a third of it.
_SITE = 32_000_000
_CUSTOMER = 16_384
_PAGE = 1_500_000
#: The cost of a node of the tree each time it runs.
_NODE = 16
#: The length limit of a text or list built with `+`.
_LONGEST = 1_000_000
#: The limit of numbers in arithmetic.
_LARGEST = 10**15
#: The limits of nesting and of branches of an `if`: Python can't compile more.
_DEEPEST = 60
_BRANCHES = 200
#: The most nodes of a template, and the cost of parsing each.
_NODES = 20_000
_READ = 200
_TIMES = (date, timedelta)
#: Extra arguments that Jinja passes to a call in a loop or block.
_VARIABLES = ("_loop_vars", "_block_vars")


def loader(shipped: Path, own: Mapping[str, str]) -> BaseLoader:
    """Return the loader: the store's template of a name, else the shipped one; `crmtext/NAME` is always shipped."""

    def find(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (own[name], f"{TEMPLATES}/{name}", lambda: True) if name in own else None

    ours = FileSystemLoader(shipped)
    return ChoiceLoader([FunctionLoader(find), ours, PrefixLoader({OURS: ours})])


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment that allows only what it lists, and charges for everything."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, *, customers: int, write: Callable[[object], object] | None, **options: Any) -> None:
        super().__init__(finalize=self._write, cache_size=-1, **options)
        self._shown = write or (lambda value: value)
        self.budget = Budget(_SITE + _CUSTOMER * customers, _PAGE)
        self.filters = charges.filters(self.budget) | charges.internal(self.budget)
        self.tests = charges.tests(self.budget)
        self.globals = {"range": self.globals["range"], "namespace": Namespace}

    def allow(self, globals_: Mapping[str, Any], filters: Mapping[str, Callable[..., Any]]) -> None:
        """Add our own names and filters."""
        self.globals.update(globals_)
        self.filters.update({name: charges.charged(self.budget, function) for name, function in filters.items()})

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call the object: macros, blocks, our own functions, and a few harmless methods."""
        self.budget.spend(STEP)
        if isinstance(obj, Macro | BlockReference | LoopContext | Fill) or obj is Namespace:
            return True
        return any(obj is given for given in self.globals.values()) or charges.may_be_called(obj)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function; the placeholders of a plural form take only a number."""
        given = {name: value for name, value in kwargs.items() if name not in _VARIABLES}
        if hasattr(obj, "_undefined_hint"):
            str(obj)  # raises UndefinedError with its name
        if charges.may_be_called(obj):
            self.budget.spend(STEP)
            return self.budget.method(obj, args, given)
        self.budget.weigh(args, given)
        if getattr(obj, "__name__", "") == "plural" and obj in self.globals.values():
            one, many, count = args
            charges.reject_format_specs(one, many)
            args = (one, many, int(count))
            self.budget.weigh(one, many, times=STEP)
        return self.budget.charge(super().call(context, obj, *args, **kwargs))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an item; a tuple as the key is charged, as hashing reads all of it."""
        if isinstance(argument, tuple):
            self.budget.weigh(argument)
        return super().getitem(obj, argument)

    def wrap_str_format(self, value: Any) -> Any:
        """Replace `format` of a text by a version that only fills in plain values."""
        if getattr(value, "__name__", "") in ("format", "format_map") and isinstance(value.__self__, str):
            return Fill(value.__self__, self.budget)
        return None

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Apply an operator to numbers; on texts and lists only `+`, within a length limit."""
        if operator == "+" and isinstance(left, str | list | tuple):
            if len(left) + len(right) > _LONGEST:
                raise budget_error()
        elif not (_is_harmless(operator, left, right) or (_is_small(left) and _is_small(right))):
            raise SecurityError(_("'{sign}' works only on numbers").format(sign=operator))
        elif operator == "**":
            raise SecurityError(_("'{sign}' is not allowed in templates").format(sign=operator))
        return self.budget.charge(super().call_binop(context, operator, left, right))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        self.budget.source(source)
        tree = super()._parse(source, name, filename)
        self.budget.spend(_READ * _count_nodes(tree))
        for kind in (nodes.ScopedEvalContextModifier, nodes.EvalContextModifier):
            if tree.find(kind) is not None:
                raise SecurityError(_("values of records are always escaped"))
        for reference in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            reference.template = _filtered("name_", reference.template)  # type: ignore[attr-defined]
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise SecurityError(_("recursive loops are not allowed"))
            loop.iter = _filtered("counted_", loop.iter)
        _count_text(tree)
        _with_charges(tree)
        return tree

    def _write(self, value: Any) -> Any:
        text = self.budget.text(value)
        return self._shown(value if isinstance(value, str) else text)


def _is_harmless(operator: str, left: Any, right: Any) -> bool:
    """Whether both are dates, or one is undefined, for which Jinja has the best message."""
    if any(hasattr(value, "_undefined_hint") for value in (left, right)):
        return True
    return operator in "+-" and isinstance(left, _TIMES) and isinstance(right, _TIMES)


def _is_small(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and -_LARGEST < value < _LARGEST


def _filtered(name: str, node: nodes.Node, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, [*args], [], None, None, lineno=node.lineno)


def _count_nodes(tree: nodes.Template) -> int:
    """The number of nodes. Raises SecurityError for too many nodes, or nesting that Python can't compile."""
    row: list[nodes.Node] = [tree]
    total = 0
    for _depth in range(_DEEPEST):
        row = [below for node in row for below in node.iter_child_nodes()]
        total += len(row)
        if total > _NODES:
            raise SecurityError(_("it has too many parts"))
        if any(isinstance(node, nodes.If) and len(node.elif_) > _BRANCHES for node in row):
            break
        if not row:
            return total
    raise SecurityError(_("it is nested too deeply"))


def _count_text(tree: nodes.Template) -> None:
    """Charge for the text of each block, loop and macro whenever it runs."""
    for holder in (tree, *tree.find_all((nodes.Block, nodes.For, nodes.Macro, nodes.CallBlock))):
        written = [part.data for part in holder.find_all(nodes.TemplateData)]
        written += [str(part.value) for part in holder.find_all(nodes.Const)]
        cost = STEP + sum(map(len, written)) + _NODE * sum(1 for _node in holder.find_all(nodes.Node))
        paid = nodes.Output([_filtered("cost_", nodes.Const(cost))], lineno=holder.lineno)
        holder.body.insert(0, paid)  # type: ignore[attr-defined]


def _with_charges(node: Any) -> Any:
    """The tree with charges for `~`, slices and comparisons, and a check of nested lists."""
    for field, value in node.iter_fields():
        if isinstance(value, list):
            setattr(node, field, [_with_charges(item) if isinstance(item, nodes.Node) else item for item in value])
        elif isinstance(value, nodes.Node):
            setattr(node, field, _with_charges(value))
    match node:
        case nodes.Concat():
            return _filtered("joined_", nodes.List(node.nodes, lineno=node.lineno))
        case nodes.Getitem(arg=nodes.Slice() as part):
            none = nodes.Const(None)
            return _filtered("sliced_", node.node, part.start or none, part.stop or none, part.step or none)
        case nodes.Compare():
            node.expr = _weighed(node.expr)
            for operand in node.ops:
                operand.expr = _weighed(operand.expr)
        case nodes.List() | nodes.Tuple() if getattr(node, "ctx", "load") == "load":
            node.items = [item if isinstance(item, nodes.Const) else _filtered("flat_", item) for item in node.items]
        case nodes.Pair():
            node.key = _weighed(node.key)
            node.value = node.value if isinstance(node.value, nodes.Const) else _filtered("flat_", node.value)
    return node


def _weighed(node: nodes.Expr) -> nodes.Expr:
    return node if isinstance(node, nodes.Const) else _filtered("weighed_", node)
