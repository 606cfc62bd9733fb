"""Every rule has a page: what it says, why, an example of wrong and right, and what to do instead.

A check's page is the docstring of its module, and `RULES` there holds those of whatever else it finds; the pages of
all other rules are here, a file for each family. All are written in English; the catalogue has the Chinese.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from textwrap import dedent
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.checks.table import CHECKS
from crmtext.i18n import _, pick
from crmtext.schema import conditions
from crmtext.values import lazy
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.schema import Schema

#: The families in the order in which a reader would meet them: `module` in this folder, and its heading.
FAMILIES = ("characters", "yaml", "values", "checks", "setup", "commands", "records", "past", "machine")
#: The families of what can be wrong in a store; the others are about commands and the machine.
_OF_CHECKS = ("characters", "yaml", "values", "checks", "setup")
#: Checks that name no rule after themselves.
_NO_RULES = frozenset({"next-step", "recommended-keys"})
_PARTS = lazy.pattern(r"^(Why|Wrong|Right|Instead):", re.MULTILINE)


class Page(NamedTuple):
    """What there is to say about a rule, in English; `said` gives a part in the language in use."""

    rule: str
    #: The rule as a fact.
    fact: str
    why: str = ""
    wrong: str = ""
    right: str = ""
    instead: str = ""

    @property
    def messages(self) -> tuple[str, ...]:
        """What is to be translated: examples are the same in every language."""
        return tuple(filter(None, (self.fact, self.why, self.instead)))


def said(part: str) -> str:
    """A part of a page in the language in use."""
    return _(part) if part else ""


@cache
def pages() -> Mapping[str, Page]:
    """Every page by the name of its rule, family after family."""
    return MappingProxyType({name: parsed(name, page) for name, page in _written()})


def known(schema: Schema) -> tuple[Page, ...]:
    """The pages of all rules; last those that the schema's own conditions bring along, in the language in use."""
    own = {node["x-rule"]: _condition(node) for node in conditions(schema.data) if node["x-rule"] not in pages()}
    return (*pages().values(), *own.values())


def names(schema: Schema) -> tuple[str, ...]:
    """The names of all rules."""
    return tuple(page.rule for page in known(schema))


def _condition(node: Mapping[str, Any]) -> Page:
    return Page(node["x-rule"], pick(node.get("x-message", {})), instead=pick(node.get("x-hint", {})))


@cache
def checked() -> frozenset[str]:
    """The rules that a check of a store can find broken."""
    return frozenset(name for family in _OF_CHECKS for name, _page in _pages_of(family)) - _NO_RULES


def misnamed(names: Iterable[str], schema: Schema) -> Iterator[tuple[str, str]]:
    """Of these names those that no rule has which a check can find broken, each with a hint at what was meant."""
    known = checked() | schema.conditions
    for name in names:
        if name not in known:
            where = _("a rule's name stands in brackets behind each problem")
            yield name, did_you_mean(nearest(name, sorted(known)), where)


def _written() -> Iterator[tuple[str, str]]:
    for family in FAMILIES:
        yield from _pages_of(family)


def _pages_of(family: str) -> Iterator[tuple[str, str]]:
    if family != "checks":
        yield from import_module(f"crmtext.checks.pages.{family}").PAGES.items()
        return
    for name, target in CHECKS.items():
        module = import_module(target.partition(":")[0])
        yield name, module.__doc__ or ""
        yield from getattr(module, "RULES", {}).items()


def parsed(rule: str, written: str) -> Page:
    """The page of a text: the fact, then parts that begin with `Why:`, `Wrong:`, `Right:` and `Instead:`."""
    fact, *rest = _PARTS.split(written)
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    why, instead = (" ".join(parts.get(name, "").split()) for name in ("Why", "Instead"))
    wrong, right = (dedent(parts.get(name, "")).strip("\n") for name in ("Wrong", "Right"))
    return Page(rule, " ".join(fact.split()), why, wrong, right, instead)
