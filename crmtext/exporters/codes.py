"""Codes that files with labels show in words, and back: colleagues by name, industries with their name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.exporters.editing_rows import is_person
from crmtext.values.standards import industry

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.exporters.tables import Shape
    from crmtext.settings import Settings


class Codes(NamedTuple):
    """The words of a field's codes. Both functions return other texts as they are."""

    word: Callable[[str], str]
    code: Callable[[str], str]

    def shown(self, value: Any) -> Any:
        """Return a value, or several, in words; a text that is such words already gets a `'`."""
        if isinstance(value, list):
            return [self.shown(one) for one in value]
        if not isinstance(value, str):
            return value
        word = self.word(value)
        return f"'{value}" if word == value and self._is_word(value) else word

    def read(self, value: Any) -> Any:
        """Return the value that `shown` was given."""
        if isinstance(value, list):
            return [self.read(one) for one in value]
        if not isinstance(value, str):
            return value
        return value[1:] if value[:1] == "'" and self._is_word(value) else self.code(value)

    def _is_word(self, text: str) -> bool:
        bare = text.lstrip("'")
        return self.code(bare) != bare


def codes_of(shape: Shape, settings: Settings) -> Codes | None:
    """Return the words of a field's codes; None if it has none."""
    if is_person(shape):
        team = settings.team.values()
        names = Counter(name for member in team for name in {member.handle, member.shown})
        words = {member.handle: member.shown for member in team if names[member.shown] == 1}
        handles = {word: handle for handle, word in words.items()}
        return Codes(lambda handle: words.get(handle, handle), lambda name: handles.get(name, name))
    if shape.field and shape.field.path == "industry":
        return Codes(_with_name, _without_name)
    return None


def _with_name(code: str) -> str:
    name = industry(code) if code == code.strip() else ""
    return f"{code} {name}" if name else code


def _without_name(text: str) -> str:
    code = text.partition(" ")[0]
    return code if text != code and _with_name(code) == text else text
