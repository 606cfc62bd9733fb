"""Circles of classification rules: a rule must not read anything that depends on what rules set."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.figures import rules
from crmtext.figures.rules import NAMES
from crmtext.i18n import _
from crmtext.query.filter import Read
from crmtext.query.filter.kinds import fold
from crmtext.query.filter.names import CUSTOMER
from crmtext.settings.rule_tables import FOLLOW_UP, SETTABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.settings import ClassificationRule
    from crmtext.snapshot import Snapshot

TAGS = "tags"
#: Counts how many fields are filled in, so that no rule reads it, whatever the rules set.
_NEVER = "completeness"
_KEYS = {path: key for key, path in SETTABLE.items()}


class Circle(NamedTuple):
    """A name that a rule must not read."""

    read: Read
    message: str
    hint: str


def circles(snapshot: Snapshot, rule: ClassificationRule, reads: Sequence[Read]) -> Iterator[Circle]:
    """Yield the names that a rule must not read, of those in its condition."""
    for read in reads:
        if read.name == TAGS and not read.text:
            message = _("classification rule {name} reads tags, which rules add to").format(name=rule.name)
            hint = _("ask for one tag that no rule adds: {form}").format(form="'vip' in tags")
            yield Circle(read, message, hint)
        elif message := next(_messages(snapshot, rule, read), ""):
            yield Circle(read, message, _("use a name that does not depend on what rules set, such as recency"))


def _messages(snapshot: Snapshot, rule: ClassificationRule, read: Read) -> Iterator[str]:
    for steps, end in _chains(read, snapshot):
        set_by = list(_set_by(end, snapshot.settings.classification_rules))
        if not set_by:
            if _NEVER in steps:
                message = _("classification rule {name} reads {chain}, which depends on fields that rules set")
                yield message.format(name=rule.name, chain=" → ".join(steps[: steps.index(_NEVER) + 1]))
            continue
        other, key = next((pair for pair in set_by if pair[0] is rule), set_by[0])
        chain = " → ".join(steps if key in (steps[-1], TAGS) else (*steps, key))
        if other is rule:
            message = _("classification rule {name} reads {chain}, which it adds") if key == TAGS else ""
            message = message or _("classification rule {name} reads {chain}, which it sets")
            yield message.format(name=rule.name, chain=chain)
        else:
            message = _("classification rule {name} reads {chain}, which rule {other} adds") if key == TAGS else ""
            message = message or _("classification rule {name} reads {chain}, which rule {other} sets")
            yield message.format(name=rule.name, chain=chain, other=other.name)


def _chains(read: Read, snapshot: Snapshot) -> Iterator[tuple[tuple[str, ...], Read]]:
    """Each way from a name to a field that it depends on: the names and rules between, and the field."""
    words = f"'{read.text}' in {read.name}" if read.text else _KEYS.get(read.name, read.name)
    # A sum is read in one currency: monetary.CNY.
    figure = NAMES.get(read.name) or NAMES.get(read.name.partition(".")[0])
    if figure is None:
        yield (words,), read
        return
    for name in figure.reads:
        if name != FOLLOW_UP.name:
            yield from (((words, *steps), end) for steps, end in _chains(Read(name), snapshot))
            continue
        for rule, inner in snapshot.once(_follow_up_reads):
            for further in inner:
                yield from (((words, rule, *steps), end) for steps, end in _chains(further, snapshot))


def _follow_up_reads(snapshot: Snapshot) -> tuple[tuple[str, tuple[Read, ...]], ...]:
    return tuple(rules.reads(snapshot))


def _set_by(read: Read, every: Sequence[ClassificationRule]) -> Iterator[tuple[ClassificationRule, str]]:
    """The rules that set what is read, or a part of it, each with the name of that part."""
    for rule in every:
        for key in rule.sets:
            path = SETTABLE[key]
            if read.name in (path, CUSTOMER) or path.startswith(f"{read.name}."):
                yield rule, key
        names = {*map(fold, rule.tags)}
        if names and (read.name == CUSTOMER or (read.name == TAGS and (not read.text or read.text in names))):
            yield rule, TAGS
