"""Patterns of paths: `*`, `contacts[].phones`, `interactions+` (only add), `-notes` (not); the longest one decides."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The step of a path that stands for any item of a list.
ITEM = "[]"

#: The steps of a path: `("contacts", "[]", "phones")`; the empty path is the whole record or file.
Path = tuple[str, ...]


class Effect(IntEnum):
    """The effect of a pattern; if several have one path, the strictest decides, which is the last one here."""

    ALLOW = 1
    ADD = 2
    DENY = 3


class Patterns(NamedTuple):
    """Patterns by path."""

    effects: Mapping[Path, Effect] = MappingProxyType({})

    def allow(self, path: Path, added: Path | None = None) -> bool:
        """Whether the value at a path may change.

        If the value is part of something that was added, `added` is the path of that, else None. A pattern with `+`
        allows what was added as an item of its list, or together with the list.
        """
        for length in range(len(path), -1, -1):
            effect = self.effects.get(path[:length])
            if effect is Effect.ADD:
                return added is not None and len(added) <= length + 1
            if effect:
                return effect is Effect.ALLOW
        return False

    def allow_all(self, path: Path = ()) -> bool:
        """Whether everything at and below a path may change, whatever it is."""
        below = (effect for other, effect in self.effects.items() if other[: len(path)] == path)
        return self.allow(path) and all(effect is Effect.ALLOW for effect in below)


@cache
def fields(texts: tuple[str, ...]) -> Patterns:
    """Return the patterns of fields or settings in these texts."""
    return _patterns(map(_field, texts))


@cache
def files(texts: tuple[str, ...]) -> Patterns:
    """Return the patterns of files and folders in these texts, with paths in the store."""
    return _patterns(map(_file, texts))


def _patterns(parsed: Iterable[tuple[Path, Effect]]) -> Patterns:
    effects: dict[Path, Effect] = {}
    for path, effect in parsed:
        effects[path] = max(effect, effects.get(path, effect))
    return Patterns(MappingProxyType(effects))


def _field(text: str) -> tuple[Path, Effect]:
    name = text.removeprefix("-")
    if name != text:
        return steps(name), Effect.DENY
    if name.endswith("+"):
        # `contacts[]+` means the items of contacts, too.
        path = steps(name[:-1])
        return (path[:-1] if path[-1:] == (ITEM,) else path), Effect.ADD
    return steps(name), Effect.ALLOW


def _file(text: str) -> tuple[Path, Effect]:
    name = text.removeprefix("-")
    path = () if name == "*" else tuple(filter(None, name.split("/")))
    return path, Effect.ALLOW if name == text else Effect.DENY


def steps(path: str) -> Path:
    """Return the steps of a path such as `contacts[].phones`; none for `*`."""
    return () if path == "*" else tuple(path.replace(ITEM, f".{ITEM}").split("."))


def dotted(path: Path) -> str:
    """Return the path of these steps as people write it: `contacts[].phones`."""
    return ".".join(path).replace(f".{ITEM}", ITEM)
