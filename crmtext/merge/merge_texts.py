"""The merge of two texts that came from one: what is decided, written, and left to a person."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.merge.choose import chosen, in_conflict
from crmtext.merge.conflict_text import Names, by_lines, field, sized, whole
from crmtext.merge.decide import Decision, Why, conflicts, decide
from crmtext.merge.lines import three_way
from crmtext.merge.rule_conflicts import broken_together, entangled
from crmtext.merge.sides import Sides, sides
from crmtext.merge.trees import UnreadableError, is_record
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.merge.matching import Keys

_NO_KEYS: Keys = MappingProxyType({})
_NO_NAMES = Names()


class Conflict(NamedTuple):
    """What is left to a person: as `contacts[张三].title`, empty for the whole file, and why."""

    field: str
    why: Why


class Merged(NamedTuple):
    """The text of a merge; with conflicts it has markers, and either side of each can be chosen."""

    text: str
    conflicts: tuple[Conflict, ...] = ()


def merge(
    base: str,
    ours: str,
    theirs: str,
    keys: Keys = _NO_KEYS,
    names: Names = _NO_NAMES,
    valid: Callable[[str], bool] | None = None,
) -> Merged:
    """The merge of two texts that came from one.

    `keys` tell the items of lists apart; `valid` is asked where only the schema knows whether two changes go together.
    """
    if theirs in (ours, base):
        return Merged(ours)
    if base == ours:
        return Merged(theirs)
    try:
        three = sides(base, ours, theirs)
    except UnreadableError:
        return _as_text(base, ours, theirs, names)
    decision = decide(three.base.tree, three.ours.tree, three.theirs.tree, keys)
    if any(conflicts(decision)):
        return _left(three, decision, keys, names)
    merged = _written(three, decision, keys, names)
    if valid and not merged.conflicts and entangled(decision) and _broken(merged.text, ours, theirs, valid):
        return _left(three, broken_together(decision), keys, names)
    return merged


def _as_text(base: str, ours: str, theirs: str, names: Names) -> Merged:
    """The merge of texts that are no records, as git makes it; what cannot be read at all is left to a person."""
    kinds = {is_record(text) for text in (base, ours, theirs)}
    if None not in kinds or False in kinds:
        text = by_lines(base, ours, theirs, names, lambda each: is_record(each) is not False)
        return Merged(text, (Conflict("", Why.UNREADABLE),))
    parts = three_way(base, ours, theirs)
    text = "".join(part if isinstance(part, str) else whole(part.ours, part.theirs, names) for part in parts)
    clean = all(isinstance(part, str) for part in parts)
    if clean and is_record(text) is False:
        return Merged(whole(ours, theirs, names), (Conflict("", Why.WRITING),))
    return Merged(text, () if clean else (Conflict("", Why.CHANGED),))


def _written(three: Sides, decision: Decision, keys: Keys, names: Names) -> Merged:
    """The merge where all was decided; in the rare case that no text can be made of it, both texts whole."""
    text = chosen(three, decision, keys)
    if text is None:
        turned = Sides(three.base, three.theirs, three.ours)
        text = chosen(turned, decide(turned.base.tree, turned.ours.tree, turned.theirs.tree, keys), keys)
    if text is None:
        return Merged(whole(three.ours.raw, three.theirs.raw, names), (Conflict("", Why.WRITING),))
    return Merged(text)


def _broken(merged: str, ours: str, theirs: str, valid: Callable[[str], bool]) -> bool:
    return not valid(merged) and valid(ours) and valid(theirs)


def _left(three: Sides, decision: Decision, keys: Keys, names: Names) -> Merged:
    """The merge of what can be merged, the rest between markers."""
    found = tuple(Conflict(field(steps, decision), each.why) for steps, each in conflicts(decision) if each.why)
    text = in_conflict(three, decision, keys, conflict_hunks.signs(names.ours, names.theirs))
    if text is None:
        return Merged(whole(three.ours.raw, three.theirs.raw, names), found)
    return Merged(sized(text, names), found)
