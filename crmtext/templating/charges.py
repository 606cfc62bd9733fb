"""What a store's templates may call, each charged for the size of what it is given and of what it makes."""

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

#: A round of a loop and a call cost as much as so many characters.
STEP = 512
#: An item of a list, whatever it is; Python takes about as many bytes for one.
_ITEM = 64
#: So much of a source is read for a character written.
_READ = 64
#: Names of attributes, formats of dates, digits: what is never longer in a template that means well.
_SHORT = 100
_PRECISE = 15
#: On texts: a list is not written as it is. What can grow without end is not here: `center`, `indent`, `replace`,
#: `format`, `tojson` and the like.
_ON_TEXT = ("capitalize", "e", "escape", "lower", "title", "trim", "truncate", "upper", "urlencode")
_ON_ANYTHING = ("abs", "count", "d", "default", "first", "float", "int", "items", "last", "length", "round")
#: Those that walk through what they are given.
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
    """What templates may still cost, in characters; every charge takes from it."""

    def __init__(self, whole: int, page: int) -> None:
        self._whole = self._left = whole
        self._page = page

    def next_page(self) -> None:
        """Add what one more page may cost."""
        self._left = min(self._whole, self._left + self._page)

    def spend(self, cost: int) -> None:
        """Take a cost. Raises SecurityError where nothing is left."""
        self._left -= cost
        if self._left < 0:
            raise endless()

    def source(self, text: str) -> None:
        """Charge for the reading of a template."""
        self.spend(_READ * len(text))

    def weigh(self, *values: Any, times: int = 1, deep: bool = False) -> None:
        """Charge for a walk through values, the lists in them too, and with `deep` what our own objects hold."""
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

    def made(self, value: Any, times: int = 1) -> Any:
        """The value, charged as new."""
        if isinstance(value, str):
            self.spend(times * len(value))
        elif isinstance(value, list | tuple | dict):
            self.spend(_ITEM * len(value))
        elif isinstance(value, int):
            self.spend(value.bit_length() // 8)
        return value

    def text(self, value: Any) -> str:
        """A value in words. Whole lists and records are not written: their text could fill the memory."""
        if value is not None and not isinstance(value, _WRITTEN) and not hasattr(value, "_undefined_hint"):
            kind = type(value).__name__
            raise SecurityError(_("a value of type '{kind}' can't be output directly").format(kind=kind))
        text = value if isinstance(value, str) else str(value)
        self.spend(len(text))
        return text

    def counted(self, values: Iterable[Any]) -> Iterator[Any]:
        """The values, a step each."""
        for value in values:
            self.spend(STEP)
            yield value

    def sliced(self, value: Any, start: Any, stop: Any, step: Any) -> Any:
        """A part of a text or list."""
        if not isinstance(value, str | list | tuple):
            raise SecurityError(_("only text and lists can be sliced"))
        part = slice(start, stop, step)
        self.spend(_ITEM * len(range(*part.indices(len(value)))) if not isinstance(value, str) else 0)
        return self.made(value[part])

    def joined(self, values: Iterable[Any]) -> str:
        """Values one after the other, as `~` puts them."""
        parts = [value if isinstance(value, str) else self.text(value) for value in values]
        self.spend(sum(map(len, parts)))
        return Markup("").join(parts) if any(isinstance(part, Markup) for part in parts) else "".join(parts)

    def filled(self, text: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        """A text with its places in braces filled in."""
        refuse_fields(text)
        words, given = [*map(self.text, args)], {key: self.text(value) for key, value in kwargs.items()}
        self.spend(text.count("{") * max(map(len, (*words, *given.values())), default=0))
        return str(self.made(text.format(*words, **given)))

    def method(self, obj: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What the call of a method gives."""
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        given = (*args, *kwargs.values())
        if name == "strftime" and any(len(str(each)) > _SHORT for each in given):
            raise endless()
        self.weigh(owner if isinstance(owner, str | list | tuple) else None, given)
        if isinstance(owner, str) and name.endswith("strip") and args:
            self.spend(len(owner) * len(args[0] or ""))
        return self.made(obj(*args, **kwargs))


@dataclass(frozen=True, slots=True)
class Fill:
    """A text with places in braces, called with what to fill in."""

    text: str
    budget: Budget

    def __call__(self, /, *args: Any, **kwargs: Any) -> str:
        """The text filled in."""
        return self.budget.filled(self.text, args, kwargs)


def filters(budget: Budget) -> dict[str, Any]:
    """The filters of Jinja that a template may use."""
    found = {name: _text_filter(budget, name) for name in _ON_TEXT}
    found |= {name: _filter(budget, name) for name in _ON_ANYTHING}
    found |= {name: _walk(budget, name) for name in _WALKING}
    return found | {"string": _late(budget.text)}


def tests(budget: Budget) -> dict[str, Any]:
    """The tests of Jinja that a template may use."""
    found: dict[str, Any] = {name: TESTS[name] for name in _TESTS}
    for name in _COMPARING:
        found[name] = _weighed(budget, TESTS[name])
    for name in _CASES:
        found[name] = _cased(budget, TESTS[name])
    return found


def ours(budget: Budget, plain: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of our own, charged for all that it is given and makes."""

    def run(value: Any, *args: Any) -> Any:
        _short(*args)
        budget.weigh(value, deep=True, times=2)
        return budget.made(plain(value, *args))

    return _late(run)


def internal(budget: Budget) -> dict[str, Any]:
    """The filters that the sandbox itself puts into a template's tree."""

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

    made: dict[str, Callable[..., Any]] = {"cost_": cost, "weighed_": weighed, "name_": named, "flat_": _flat}
    made |= {"counted_": budget.counted, "joined_": budget.joined, "sliced_": budget.sliced}
    return {name: _late(each) for name, each in made.items()}


def may_be_called(obj: Any) -> bool:
    """Whether it is one of the few harmless methods."""
    owner = getattr(obj, "__self__", None)
    return any(isinstance(owner, kind) and obj.__name__ in names for kind, names in _METHODS.items())


def refuse_fields(*texts: str) -> None:
    """Refuse what reaches into a value (`{n.__class__}`) or makes it wide (`{n:>999999999}`)."""
    for text in texts:
        for _literal, name, form, conversion in Formatter().parse(text):
            if name is not None and (form or conversion or not re.fullmatch(r"\w*", name)):
                raise SecurityError(_("only names are allowed in the braces of '{text}'").format(text=text[:40]))


def endless() -> SecurityError:
    """The error of a template that used its budget up."""
    return SecurityError(_("its output is too long or endless"))


def _late(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that asks for the context, and so is not worked out while the template is read."""

    @pass_context
    def run(_context: Context, *args: Any, **kwargs: Any) -> Any:
        return plain(*args, **kwargs)

    return run


def _called(name: str, context: Context, *args: Any, **kwargs: Any) -> Any:
    """What Jinja's own filter gives, passed what it is marked for."""
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
            isinstance(each, int) and abs(each) > _PRECISE for each in (*args, *kwargs.values())
        ):
            raise endless()
        return budget.made(_called(name, context, value, *args, **kwargs))

    return run


def _text_filter(budget: Budget, name: str) -> Callable[..., Any]:
    @pass_context
    def run(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(value, "_undefined_hint"):
            value = value if isinstance(value, Markup) else budget.text(value)
        _short(*args, *kwargs.values())
        return budget.made(_called(name, context, value, *args, **kwargs))

    return run


def _walk(budget: Budget, name: str) -> Callable[..., Any]:
    """A filter that walks, with its steps counted."""

    @pass_context
    def run(context: Context, values: Any, *args: Any, **kwargs: Any) -> Any:
        given = (*args, *kwargs.values())
        budget.weigh(*given)
        if name == "sum" and any(isinstance(each, list | tuple) for each in given):
            raise SecurityError(_("'{sign}' works only on numbers").format(sign="sum"))
        if name == "join":
            extra = sum(len(each) for each in given if isinstance(each, str))
            return budget.made(_called(name, context, _worded(budget, values, extra), *args, **kwargs))
        _short(*given)
        items: Iterable[Any] = _heavy(budget, values)
        if name == "sort":
            items = [*items]
            budget.weigh(items, times=len(items).bit_length())
        return budget.made(_called(name, context, items, *args, **kwargs))

    return run


def _heavy(budget: Budget, values: Iterable[Any]) -> Iterator[Any]:
    for value in budget.counted(values):
        budget.weigh(value)
        yield value


def _worded(budget: Budget, values: Iterable[Any], extra: int) -> Iterator[Any]:
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
    """An item of a list that a template writes; a list of lists of lists grows without end in a few lines."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if any(isinstance(each, list | tuple | dict) for each in inner):
        raise SecurityError(_("lists are nested too deeply"))
    return value


def _short(*values: Any) -> None:
    if any(isinstance(value, str) and len(value) > _SHORT for value in values):
        raise endless()
