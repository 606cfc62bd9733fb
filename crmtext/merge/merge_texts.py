"""Three-way merge of texts: decisions, the merged text, and the conflicts left to the user."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.merge.choose import marked_text, merged_text
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
    """A conflict: its field, as `contacts[张三].title` (empty for the whole file), and the reason."""

    field: str
    why: Why


class Merged(NamedTuple):
    """The merged text, with markers around each conflict."""

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
    """Return the merge of two texts with a common base.

    `keys` identify the items of lists; `valid` tests a text if only the schema knows whether two changes fit together.
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
    suspect = not merged.conflicts and entangled(decision)
    if valid and suspect and not valid(merged.text) and valid(ours) and valid(theirs):
        return _left(three, broken_together(decision), keys, names)
    return merged


def _as_text(base: str, ours: str, theirs: str, names: Names) -> Merged:
    """The merge of texts that aren't records, by lines as git does; unreadable text becomes a conflict."""
    kinds = {is_record(text) for text in (base, ours, theirs)}
    if None not in kinds or False in kinds:
        text = by_lines(base, ours, theirs, names, lambda text: is_record(text) is not False)
        return Merged(text, (Conflict("", Why.UNREADABLE),))
    parts = three_way(base, ours, theirs)
    text = "".join(part if isinstance(part, str) else whole(part.ours, part.theirs, names) for part in parts)
    clean = all(isinstance(part, str) for part in parts)
    if clean and is_record(text) is False:
        return Merged(whole(ours, theirs, names), (Conflict("", Why.WRITING),))
    return Merged(text, () if clean else (Conflict("", Why.CHANGED),))


def _written(three: Sides, decision: Decision, keys: Keys, names: Names) -> Merged:
    """The merge without conflicts; in the rare case that it can't be written, both texts in full."""
    text = merged_text(three, decision, keys)
    if text is None:
        turned = Sides(three.base, three.theirs, three.ours)
        text = merged_text(turned, decide(turned.base.tree, turned.ours.tree, turned.theirs.tree, keys), keys)
    if text is None:
        return Merged(whole(three.ours.raw, three.theirs.raw, names), (Conflict("", Why.WRITING),))
    return Merged(text)


def _left(three: Sides, decision: Decision, keys: Keys, names: Names) -> Merged:
    """The merge with conflicts, in markers."""
    left = tuple(Conflict(field(steps, decision), below.why) for steps, below in conflicts(decision) if below.why)
    text = marked_text(three, decision, keys, conflict_hunks.signs(names.ours, names.theirs))
    if text is None:
        return Merged(whole(three.ours.raw, three.theirs.raw, names), left)
    return Merged(sized(text, names), left)
