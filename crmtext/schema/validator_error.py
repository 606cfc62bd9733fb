"""A validation error with the context needed for its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _, plural
from crmtext.schema import fixes
from crmtext.text.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.problem import Edit, Problem
    from crmtext.schema import Schema
    from crmtext.schema.dictionary import Choice, Field
    from crmtext.text.document import Document

_CLIP = 40


class Fault(NamedTuple):
    """A validation error in a document."""

    schema: Schema
    document: Document
    error: Any

    @property
    def pointer(self) -> str:
        """The pointer of the value."""
        return join(self.error.absolute_path)

    @property
    def field(self) -> Field | None:
        """The field at the pointer."""
        return self.schema.at(self.pointer)

    @property
    def secret(self) -> bool:
        """Whether the value must not be shown."""
        return self.schema.sensitive(self.pointer)

    @property
    def written(self) -> str:
        """A scalar as written in the text."""
        return str(fixes.as_written(self.document, self.pointer, self.error.instance))

    @property
    def quoted(self) -> str:
        """The value in quotes, shortened; a sensitive one is not shown."""
        if self.secret:
            return _("the value")
        text = self.written
        return _("'{value}'").format(value=text if len(text) <= _CLIP else text[: _CLIP - 1] + "…")

    @property
    def key(self) -> str:
        """The nearest key above the value."""
        steps = [str(step) for step in self.error.absolute_path if isinstance(step, str)]
        return steps[-1] if steps else _("the record")

    @property
    def hint(self) -> str:
        """The schema's hint for a wrong value."""
        return self.field.hint if self.field else ""

    def instead(self, fixed: str, otherwise: str) -> str:
        """The hint with the right value if that is known and may be shown."""
        return _("use {value}").format(value=fixed) if fixed and not self.secret else otherwise

    def fix(self, fixed: str) -> tuple[Edit, ...]:
        """The edit that replaces the value by a text."""
        return fixes.replaced(self.document, self.pointer, fixed) if fixed else ()

    def problem(
        self,
        rule: str,
        message: str,
        hint: str = "",
        *,
        pointer: str | None = None,
        key: bool = False,
        quote: bool = True,
        fix: tuple[Edit, ...] = (),
    ) -> Problem:
        """The problem at the value, or at another pointer."""
        at = self.pointer if pointer is None else pointer
        return self.document.problem(rule, message, at, hint=hint, key=key, fix=fix, quote=quote)


def list_choices(choices: Iterable[Choice]) -> str:
    """The values of an enumeration with their Chinese labels."""
    return _(", ").join(f"{choice.value} {choice.labels.get('zh', '')}".strip() for choice in choices)


def kind(wanted: Any) -> str:
    """The name of a JSON type, or of several."""
    names = {
        "string": _("text"),
        "array": _("a list"),
        "object": _("a group of fields"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "boolean": _("true or false"),
    }
    *first, last = (names.get(name, str(name)) for name in ([wanted] if isinstance(wanted, str) else wanted))
    return _("{kinds} or {last}").format(kinds=", ".join(first), last=last) if first else last


def kind_of(value: Any) -> str:
    """The name of a value's JSON type."""
    if isinstance(value, bool):
        return _("true or false")
    if isinstance(value, dict):
        return _("a group of fields")
    if isinstance(value, list):
        return plural("a list with {n} item", "a list with {n} items", len(value))
    return _("text") if isinstance(value, str) else _("a number")
