"""Patterns that are compiled late: each of the package can be, and does what one compiled at once does."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from typing import TYPE_CHECKING, cast

import pytest

import crmtext
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator


def patterns() -> Iterator[re.Pattern[str]]:
    """The late patterns that modules of the package hold, in tuples too."""
    for module in pkgutil.walk_packages(crmtext.__path__, "crmtext."):
        if not module.name.endswith("__main__"):
            yield from (pattern for value in vars(import_module(module.name)).values() for pattern in _held(value))


def _held(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, type(lazy.pattern(""))):
        yield cast("re.Pattern[str]", value)
    elif isinstance(value, tuple):
        yield from (pattern for part in value for pattern in _held(part))


def test_every_late_pattern_can_be_compiled() -> None:
    assert len([pattern.match("") for pattern in patterns()]) > 100


def test_a_late_pattern_answers_like_one_compiled_at_once() -> None:
    late, early = lazy.pattern("(?P<word>ab?)", re.IGNORECASE), re.compile("(?P<word>ab?)", re.IGNORECASE)
    assert [late.pattern, late.flags, late.groupindex] == [early.pattern, early.flags, early.groupindex]
    assert [late.findall("A ab"), late.sub("-", "xABx"), late.split("1a2")] == [["A", "ab"], "x-x", ["1", "a", "2"]]


def test_what_no_pattern_has_is_missed() -> None:
    with pytest.raises(AttributeError, match=r"'re\.Pattern' object has no attribute 'found'"):
        _ = lazy.pattern("a").found  # type: ignore[attr-defined]


def test_a_mistake_shows_when_it_is_first_used() -> None:
    with pytest.raises(re.error, match="missing"):
        lazy.pattern("(").match("")
