"""Select an entry of a list by its number from 0, or by what identifies it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy
from crmtext.values.folding import is_part, spellings
from crmtext.wording.values import few

if TYPE_CHECKING:
    from crmtext.schema import Field

_PARTS = lazy.pattern(r"[\s/,，、]+")
_MOST = 8


def index(field: Field, shown: str, have: Sequence[Any], wanted: str) -> int:
    """Return the number of the selected entry; the number after the last one means a new entry."""
    if re.fullmatch(r"-?\d{1,4}", wanted) and -len(have) <= int(wanted) <= len(have):
        return int(wanted) if int(wanted) >= 0 else len(have) + int(wanted)
    for means in (_is_called, _is_spelled, _has_words):
        numbers = [number for number, item in enumerate(have) if means([*_names(field, item)], wanted)]
        if len(numbers) == 1:
            return numbers[0]
        if numbers:
            message = _("'{name}' matches {n} entries of '{key}'").format(name=wanted, n=len(numbers), key=shown)
            raise several(message, field, shown, [(number, have[number]) for number in numbers])
    message = _("'{key}' has no entry '{name}'").format(key=shown, name=wanted)
    keys = field.mark("x-key") or []
    add = (
        _("add it first: {assignment}").format(assignment=f"{shown}.{keys[0]}={quoted(wanted)}")
        if len(keys) == 1 and not wanted.isdigit()
        else _("to add it: crmtext append CUSTOMER {key} …").format(key=shown)
    )
    rows = _rows(field, shown, list(enumerate(have)))
    raise usage("no-entry", message, _("existing entries:") + "\n" + rows if have else add)


def several(message: str, field: Field, shown: str, some: Sequence[tuple[int, Any]]) -> CrmError:
    """Error for a selection that matches several entries."""
    return usage("several-entries", message, _("choose one:") + "\n" + _rows(field, shown, some))


def name(field: Field, item: Any) -> str:
    """Return the value that identifies an item by itself, such as a contact's name; empty if it takes several."""
    if not isinstance(item, Mapping):
        return item if isinstance(item, str) else ""
    keys = field.mark("x-key") or []
    return str(item.get(keys[0], "")) if len(keys) == 1 else ""


def _is_called(names: Sequence[str], wanted: str) -> bool:
    """Whether a selector is one of an item's values exactly: `1.5` is not `15`."""
    return wanted.casefold() in (name.casefold() for name in names)


def _is_spelled(names: Sequence[str], wanted: str) -> bool:
    """Whether a selector is one of an item's values, compared as names are."""
    return any(set(spellings(name)).intersection(spellings(wanted)) for name in names)


def _has_words(names: Sequence[str], wanted: str) -> bool:
    """Whether all words of a selector occur in an item's values."""
    words = [word for word in _PARTS.split(wanted) if word]
    return bool(words) and all(any(is_part(word, name) for name in names) for word in words)


def _names(field: Field, item: Any) -> Iterator[str]:
    """Yield an item's names: the values of its identifying keys, or of all keys with single values, with labels."""
    if not isinstance(item, Mapping):
        yield str(item)
        return
    for key in field.mark("x-key") or item:
        value, child = item.get(key), field.child(key)
        if isinstance(value, str | int | float):
            yield str(value)
            choices = child.choices if child else ()
            yield from (name for choice in choices if choice.value == value for name in choice.names())


def _rows(field: Field, shown: str, some: Sequence[tuple[int, Any]]) -> str:
    return "\n".join(few((f"{shown}[{number}]  {description(field, item)}".rstrip() for number, item in some), _MOST))


def description(field: Field, item: Any) -> str:
    """Return the identifying values of an entry in one line, without sensitive ones."""
    if not isinstance(item, Mapping):
        return str(item)
    open_keys = [key for key in item if not ((below := field.child(key)) and below.mark("x-sensitive"))]
    keys = field.mark("x-key") or [key for key in open_keys if isinstance(item[key], str | int | float)][:3]
    return " · ".join(str(item[key]) for key in keys if key in open_keys)
