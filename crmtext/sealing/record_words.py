"""The values of a record that are looked for in its free text, each with its masked form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.sealing import forms, free_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Shorter words occur by chance; so do parts of names below three letters, and numbers such as 110.
_SHORTEST, _SHORTEST_PART, _SHORTEST_PHONE = 2, 3, 7

#: The keys along the paths of the values; the kind of mask at the end of one stands under an empty key.
Tree = dict[str, Any]


def tree(kinds: Mapping[str, str]) -> Tree:
    """Return the paths of values, with the kind of mask of each, as a tree: a record is read in one pass."""
    root: Tree = {}
    for path, kind in kinds.items():
        below = root
        for step in path.replace("[]", "").split("."):
            below = below.setdefault(step, {})
        below[""] = kind
    return root


def words(data: Mapping[str, Any], paths: Tree, is_shown: Callable[[str], bool]) -> dict[str, str]:
    """Return the values of a record at these paths, each with its masked form, the longest first.

    The parts of a name in letters are among them. Codes for which `is_shown` is true are left out.
    """
    texts: list[tuple[str, str]] = []
    _collect(data, paths, texts)
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    for kind, word in texts:
        shortest = _SHORTEST_PHONE if kind == "phone" else _SHORTEST
        if len(word) < shortest or (kind == "id" and is_shown(word)):
            continue
        mask = forms.FORMS[kind]
        whole[word] = mask(word)
        if kind == "name" and word.isascii():
            names = word.replace(".", " ").split()
            parts |= {part: mask(part) for part in names if len(part) >= _SHORTEST_PART and part.isalpha()}
    return free_text.by_length((parts | whole).items())


def _collect(value: Any, paths: Tree, into: list[tuple[str, str]]) -> None:
    """Add the texts in a value at these paths with their kinds."""
    kind = paths.get("")
    if kind:
        _add(value, kind, into)
    elif type(value) is dict:
        for key in value:
            if key in paths:
                _collect(value[key], paths[key], into)
    elif type(value) is list:
        for item in value:
            _collect(item, paths, into)


def _add(value: Any, kind: str, into: list[tuple[str, str]]) -> None:
    if type(value) is str:
        into.append((kind, value))
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            _add(child, kind, into)
