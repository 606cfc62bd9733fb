"""The door to the JSON Schema validators: a fast one for validity, a thorough one for the errors."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from crmtext import quick
from crmtext.schema import pattern_safety
from crmtext.schema.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

#: The most steps of Python's matching for a record (a second or two), and for a text before the fast engine is used.
_STEPS, _FEW_STEPS = 60_000_000, 10_000
#: The items of longer lists are first checked by the fast engine.
_LONG_LIST = 100
_DRAFT = "http://json-schema.org/draft-07/schema#"


class Validator:
    """One schema, ready to validate data. Nothing is fetched: references stay inside the schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        #: The steps left to Python's own matching for the current record.
        self._left = _STEPS
        #: The fast validators of the items of long lists, by the id of their part of the schema.
        self._quick: dict[int, Any] = {}

    def valid(self, data: Any) -> bool:
        """Whether the data is valid."""
        if self._fast is not None:
            return bool(self._fast.is_valid(data))
        self._left = _STEPS
        return bool(self._thorough.is_valid(data))

    def errors(self, data: Any) -> Iterator[Any]:
        """The `jsonschema.ValidationError`s of the data."""
        self._left = _STEPS
        yield from self._thorough.iter_errors(data)

    @cached_property
    def _fast(self) -> Any:
        return _compiled_fast(self._schema) if quick.on("validator") else None

    @cached_property
    def _thorough(self) -> Any:
        import jsonschema
        import referencing

        checker = jsonschema.FormatChecker(formats=())
        for name, check in FORMATS.items():
            checker.checks(name)(check)
        base = jsonschema.validators.validator_for(self._schema, default=jsonschema.Draft7Validator)
        strict = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
            base, {"pattern": self._pattern, "items": self._items, "uniqueItems": _unique}
        )
        return strict(self._schema, format_checker=checker, registry=referencing.Registry())

    def _items(self, validator: Any, items: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        """The errors of a list's items; in a long list, the fast engine first skips valid ones."""
        if not isinstance(instance, list):
            return
        fast = self._quick_items(items) if len(instance) > _LONG_LIST else None
        for index, item in enumerate(instance):
            if fast is None or not fast.is_valid(item):
                yield from validator.descend(item, items, path=index)

    def _quick_items(self, items: Any) -> Any:
        if id(items) not in self._quick:
            known = {"definitions": self._schema.get("definitions", {}), "$schema": self._schema.get("$schema", _DRAFT)}
            usable = isinstance(items, dict) and quick.on("validator")
            self._quick[id(items)] = _compiled_fast({**known, **items}) if usable else None
        return self._quick[id(items)]

    def _pattern(self, _validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
        """The draft's `pattern`, with JavaScript's meaning as in the fast engine."""
        import jsonschema

        if isinstance(instance, str) and not self._matches(pattern, instance):
            yield jsonschema.ValidationError("does not match")

    def _matches(self, pattern: str, text: str) -> bool:
        """Whether a pattern matches in a text, by the fast engine if Python could take too long."""
        steps = pattern_safety.steps(pattern, len(text))
        if (steps > _FEW_STEPS or steps > self._left) and (fast := _quick(pattern)) is not None:
            return bool(fast.is_valid(text))
        # Without the fast engine a text that takes too long doesn't match, so that no pattern can hang the program.
        self._left -= min(steps, self._left + 1)
        return self._left >= 0 and _compiled(pattern).search(text) is not None


def _compiled_fast(schema: dict[str, Any]) -> Any:
    """The fast engine's validator of a schema; None if the engine is missing or can't use the schema."""
    try:
        import jsonschema_rs
    except ImportError:
        return None
    try:
        return jsonschema_rs.validator_for(
            schema, formats=dict(FORMATS), validate_formats=True, retriever=_reject_reference
        )
    except (ValueError, jsonschema_rs.ValidationError):  # a pattern that only Python knows
        return None


def identity(value: Any) -> Hashable:
    """Return a key that is equal for equal JSON values: 1 and 1.0 are equal, 1 and true aren't."""
    if isinstance(value, dict):
        return "map", frozenset([(key, identity(item)) for key, item in value.items()])
    if isinstance(value, list):
        return "list", tuple([identity(item) for item in value])
    return ("truth", value) if isinstance(value, bool) else value


def _unique(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    """The draft's `uniqueItems`, without jsonschema's comparison of all pairs of maps."""
    import jsonschema

    if wanted and isinstance(instance, list) and len({*map(identity, instance)}) < len(instance):
        yield jsonschema.ValidationError("not unique")


def _reject_reference(uri: str) -> Any:
    raise ValueError(f"a schema does not refer outside itself: {uri}")


@cache
def _quick(pattern: str) -> Any:
    return _compiled_fast({"pattern": pattern})


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""The pattern with JavaScript's meaning: `$` is the very end, `\d` and `\w` are ASCII, `\s` any Unicode blank."""
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1] + r"\Z"
    parts, in_class = [], False
    for sign in re.findall(r"\\.|.", pattern, re.DOTALL):
        if sign in ("[", "]"):
            in_class = sign == "["
        parts.append(_BLANK[in_class].get(sign, sign))
    return re.compile("".join(parts), re.ASCII)


_BLANKS = r"\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
#: Python's form of blanks outside a character class, and inside one.
_BLANK = ({r"\s": f"[{_BLANKS}]", r"\S": f"[^{_BLANKS}]"}, {r"\s": _BLANKS})
