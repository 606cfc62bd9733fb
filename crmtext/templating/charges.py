"""The filters, tests and methods that templates may call, each charged by the size of its input and output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.tests import TESTS
from jinja2.utils import _PassArg
from markupsafe import Markup

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jinja2.runtime import Context

#: The cost of a loop round and of a call, in characters.
STEP = 512
#: The cost of an item of a list: about the bytes that Python needs for it.
_ITEM = 64
#: The cost of a character of source.
_READ = 64
#: The length limit of attribute names, date formats and numbers; honest templates stay far below.
_SHORT = 100
_PRECISE = 15
#: Filters of text. Those with unlimited output are left out: `center`, `indent`, `replace`, `format`, `tojson` …
_ON_TEXT = ("capitalize", "e", "escape", "lower", "title", "trim", "truncate", "upper", "urlencode")
_ON_ANYTHING = ("abs", "count", "d", "default", "first", "float", "int", "items", "last", "length", "round")
#: Filters that walk through their input.
_WALKING = (
    "join",
    "list",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "select",
    "selectattr",
    "sort",
    "sum",
    "unique",
)
_TESTS = (
    *("boolean", "defined", "divisibleby", "even", "false", "float", "integer", "iterable", "mapping", "none"),
    *("number", "odd", "sameas", "sequence", "string", "true", "undefined"),
)
_COMPARING = (
    *("!=", "<", "<=", "==", ">", ">=", "eq", "equalto", "ge", "greaterthan", "gt", "in", "le", "lessthan", "lt", "ne"),
)
_CASES = ("lower", "upper")
_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset({"endswith", "lower", "lstrip", "rstrip", "split", "splitlines", "startswith", "strip", "upper"}),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    date: frozenset({"isoformat", "strftime"}),
    LoopContext: frozenset({"cycle", "changed"}),
}
_WRITTEN = (str, int, float, Decimal, date)


class Budget:
    """The cost that templates have left, in characters."""

    def __init__(self, whole: int, page: int) -> None:
        self._whole = self._left = whole
        self._page = page

    def next_page(self) -> None:
        """Add the budget of one more page."""
        self._left = min(self._whole, self._left + self._page)

    def spend(self, cost: int) -> None:
        """Take a cost. Raises SecurityError if too little is left."""
        self._left -= cost
        if self._left < 0:
            raise budget_error()

    def source(self, text: str) -> None:
        """Charge for parsing a template."""
        self.spend(_READ * len(text))

    def weigh(self, *values: Any, times: int = 1, deep: bool = False) -> None:
        """Charge for walking through values and nested lists; with `deep`, also through our own objects."""
        ahead = [*values]
        while ahead:
            value = ahead.pop()
            if isinstance(value, str):
                self.spend(times * len(value))
            elif isinstance(value, dict):
                self.spend(times * _ITEM * len(value))
                ahead += [*value.keys(), *value.values()]
            elif isinstance(value, list | tuple | set | frozenset):
                self.spend(times * _ITEM * len(value))
                ahead += value
            elif isinstance(value, range):
                self.spend(times * len(value))
            elif isinstance(value, int):
                self.spend(times * (value.bit_length() // 8))
            elif deep and hasattr(type(value), "__dataclass_fields__"):
                self.spend(times * _ITEM)
                ahead += [getattr(value, name) for name in type(value).__dataclass_fields__]

    def charge(self, value: Any) -> Any:
        """Charge for a new value and return it."""
        if isinstance(value, str):
            self.spend(len(value))
        elif isinstance(value, list | tuple | dict):
            self.spend(_ITEM * len(value))
        elif isinstance(value, int):
            self.spend(value.bit_length() // 8)
        return value

    def text(self, value: Any) -> str:
        """Return a value as text. Raises SecurityError for lists and records, whose text could fill the memory."""
        if value is not None and not isinstance(value, _WRITTEN) and not hasattr(value, "_undefined_hint"):
            kind = type(value).__name__
            raise SecurityError(_("a value of type '{kind}' can't be output directly").format(kind=kind))
        text = value if isinstance(value, str) else str(value)
        self.spend(len(text))
        return text

    def counted(self, values: Iterable[Any]) -> Iterator[Any]:
        """Yield the values, charging a step for each."""
        for value in values:
            self.spend(STEP)
            yield value

    def sliced(self, value: Any, start: Any, stop: Any, step: Any) -> Any:
        """Return a slice of a text or list."""
        if not isinstance(value, str | list | tuple):
            raise SecurityError(_("only text and lists can be sliced"))
        part = slice(start, stop, step)
        self.spend(_ITEM * len(range(*part.indices(len(value)))) if not isinstance(value, str) else 0)
        return self.charge(value[part])

    def joined(self, values: Iterable[Any]) -> str:
        """Join values, as `~` does."""
        parts = [value if isinstance(value, str) else self.text(value) for value in values]
        self.spend(sum(map(len, parts)))
        return Markup("").join(parts) if any(isinstance(part, Markup) for part in parts) else "".join(parts)

    def filled(self, text: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        """Fill in the placeholders of a text."""
        reject_format_specs(text)
        words, given = [*map(self.text, args)], {key: self.text(value) for key, value in kwargs.items()}
        self.spend(text.count("{") * max(map(len, (*words, *given.values())), default=0))
        return str(self.charge(text.format(*words, **given)))

    def method(self, obj: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call a method, charging for it."""
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        given = (*args, *kwargs.values())
        if name == "strftime" and any(len(str(argument)) > _SHORT for argument in given):
            raise budget_error()
        self.weigh(owner if isinstance(owner, str | list | tuple) else None, given)
        if isinstance(owner, str) and name.endswith("strip") and args:
            self.spend(len(owner) * len(args[0] or ""))
        return self.charge(obj(*args, **kwargs))


@dataclass(frozen=True, slots=True)
class Fill:
    """A text with placeholders, called with their values."""

    text: str
    budget: Budget

    def __call__(self, /, *args: Any, **kwargs: Any) -> str:
        """Return the text filled in."""
        return self.budget.filled(self.text, args, kwargs)


def filters(budget: Budget) -> dict[str, Any]:
    """Return the filters of Jinja that a template may use."""
    allowed = {name: _text_filter(budget, name) for name in _ON_TEXT}
    allowed |= {name: _filter(budget, name) for name in _ON_ANYTHING}
    allowed |= {name: _walk(budget, name) for name in _WALKING}
    return allowed | {"string": _at_run_time(budget.text)}


def tests(budget: Budget) -> dict[str, Any]:
    """Return the tests of Jinja that a template may use."""
    allowed: dict[str, Any] = {name: TESTS[name] for name in _TESTS}
    for name in _COMPARING:
        allowed[name] = _weighed(budget, TESTS[name])
    for name in _CASES:
        allowed[name] = _cased(budget, TESTS[name])
    return allowed


def charged(budget: Budget, plain: Callable[..., Any]) -> Callable[..., Any]:
    """Return one of our own filters, charged for its input and output."""

    def run(value: Any, *args: Any) -> Any:
        _short(*args)
        budget.weigh(value, deep=True, times=2)
        return budget.charge(plain(value, *args))

    return _at_run_time(run)


def internal(budget: Budget) -> dict[str, Any]:
    """Return the filters that the sandbox puts into a template's tree."""

    def cost(cost: int) -> str:
        budget.spend(cost)
        return ""

    def weighed(value: Any) -> Any:
        budget.weigh(value)
        return value

    def named(value: Any) -> Any:
        if not isinstance(value, str):
            raise SecurityError(_("a template must be given by a single name"))
        budget.spend(_ITEM * STEP)
        return value

    functions: dict[str, Callable[..., Any]] = {"cost_": cost, "weighed_": weighed, "name_": named, "flat_": _flat}
    functions |= {"counted_": budget.counted, "joined_": budget.joined, "sliced_": budget.sliced}
    return {name: _at_run_time(function) for name, function in functions.items()}


def may_be_called(obj: Any) -> bool:
    """Whether the object is one of the few harmless methods."""
    owner = getattr(obj, "__self__", None)
    return any(isinstance(owner, kind) and obj.__name__ in names for kind, names in _METHODS.items())


def reject_format_specs(*texts: str) -> None:
    """Raise SecurityError for attributes (`{n.__class__}`) and format specs (`{n:>999999999}`) in placeholders."""
    for text in texts:
        for _literal, name, form, conversion in Formatter().parse(text):
            if name is not None and (form or conversion or not re.fullmatch(r"\w*", name)):
                raise SecurityError(_("only names are allowed in the braces of '{text}'").format(text=text[:40]))


def budget_error() -> SecurityError:
    """Return the error of a template that has used up its budget."""
    return SecurityError(_("its output is too long or endless"))


def _at_run_time(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes the context, so that Jinja doesn't evaluate it while it parses the template."""

    @pass_context
    def run(_context: Context, *args: Any, **kwargs: Any) -> Any:
        return plain(*args, **kwargs)

    return run


def _call(name: str, context: Context, *args: Any, **kwargs: Any) -> Any:
    """Call one of Jinja's filters, passing the context or environment that it is marked for."""
    plain = FILTERS[name]
    passed = {
        _PassArg.context: context,
        _PassArg.eval_context: context.eval_ctx,
        _PassArg.environment: context.environment,
    }
    wanted = _PassArg.from_obj(plain)
    return plain(*((passed[wanted],) if wanted else ()), *args, **kwargs)


def _filter(budget: Budget, name: str) -> Callable[..., Any]:
    @pass_context
    def run(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if name in ("int", "float"):
            _short(value, *args, *kwargs.values())
        if name == "round" and any(
            isinstance(argument, int) and abs(argument) > _PRECISE for argument in (*args, *kwargs.values())
        ):
            raise budget_error()
        return budget.charge(_call(name, context, value, *args, **kwargs))

    return run


def _text_filter(budget: Budget, name: str) -> Callable[..., Any]:
    @pass_context
    def run(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(value, "_undefined_hint"):
            value = value if isinstance(value, Markup) else budget.text(value)
        _short(*args, *kwargs.values())
        return budget.charge(_call(name, context, value, *args, **kwargs))

    return run


def _walk(budget: Budget, name: str) -> Callable[..., Any]:
    """A filter that walks through its input, with a charge for each step."""

    @pass_context
    def run(context: Context, values: Any, *args: Any, **kwargs: Any) -> Any:
        given = (*args, *kwargs.values())
        budget.weigh(*given)
        if name == "sum" and any(isinstance(argument, list | tuple) for argument in given):
            raise SecurityError(_("'{sign}' works only on numbers").format(sign="sum"))
        if name == "join":
            extra = sum(len(argument) for argument in given if isinstance(argument, str))
            return budget.charge(_call(name, context, _as_texts(budget, values, extra), *args, **kwargs))
        _short(*given)
        items: Iterable[Any] = _weighing(budget, values)
        if name == "sort":
            items = [*items]
            budget.weigh(items, times=len(items).bit_length())
        return budget.charge(_call(name, context, items, *args, **kwargs))

    return run


def _weighing(budget: Budget, values: Iterable[Any]) -> Iterator[Any]:
    for value in budget.counted(values):
        budget.weigh(value)
        yield value


def _as_texts(budget: Budget, values: Iterable[Any], extra: int) -> Iterator[Any]:
    for value in budget.counted(values):
        budget.spend(extra)
        text = budget.text(value)
        yield value if isinstance(value, str) else text


def _weighed(budget: Budget, plain: Any) -> Callable[..., Any]:
    def run(*args: Any) -> bool:
        budget.weigh(*args)
        return bool(plain(*args))

    return run


def _cased(budget: Budget, plain: Any) -> Callable[..., Any]:
    return lambda value: bool(plain(budget.text(value)))


def _flat(value: Any) -> Any:
    """An item of a list in a template. Lists nested three deep are rejected: they grow exponentially."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if any(isinstance(item, list | tuple | dict) for item in inner):
        raise SecurityError(_("lists are nested too deeply"))
    return value


def _short(*values: Any) -> None:
    if any(isinstance(value, str) and len(value) > _SHORT for value in values):
        raise budget_error()
