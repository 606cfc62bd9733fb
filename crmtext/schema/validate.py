"""The door to the JSON Schema validators: a fast one says yes or no, the thorough one says why."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.schema.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator


class Validator:
    """One schema, ready to judge data. Nothing is fetched: references stay inside the schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def valid(self, data: Any) -> bool:
        """Whether the data fits."""
        if self._fast is not None:
            return bool(self._fast.is_valid(data))
        return bool(self._thorough.is_valid(data))

    def errors(self, data: Any) -> Iterator[Any]:
        """The `jsonschema.ValidationError`s of the data."""
        yield from self._thorough.iter_errors(data)

    @cached_property
    def _fast(self) -> Any:
        try:
            import jsonschema_rs
        except ImportError:
            return None
        checks = {name: _text_only(check) for name, check in FORMATS.items()}
        return jsonschema_rs.validator_for(self._schema, formats=checks, validate_formats=True, retriever=_refuse)

    @cached_property
    def _thorough(self) -> Any:
        import jsonschema
        import referencing

        checker = jsonschema.FormatChecker(formats=())
        for name, check in FORMATS.items():
            checker.checks(name)(check)
        base = jsonschema.validators.validator_for(self._schema, default=jsonschema.Draft7Validator)
        strict = jsonschema.validators.extend(base, {"pattern": _pattern})  # type: ignore[no-untyped-call]
        return strict(self._schema, format_checker=checker, registry=referencing.Registry())


def _text_only(check: Any) -> Any:
    return lambda value: bool(check(value))


def _refuse(uri: str) -> Any:
    raise ValueError(f"a schema does not refer outside itself: {uri}")


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """As the draft has it, but `$` means the very end: Python's matches before a final newline as well."""
    import jsonschema

    if isinstance(instance, str) and not re.search(to_end(pattern), instance):
        yield jsonschema.ValidationError("does not match")


def to_end(pattern: str) -> str:
    r"""The pattern with its final `$` written as Python's `\Z`."""
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        return pattern[:-1] + r"\Z"
    return pattern
