"""The text for a decision: each candidate is read again and must hold exactly that."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from crmtext.merge import notes
from crmtext.merge.blocks import Loom
from crmtext.merge.comments import comments, keeps_all
from crmtext.merge.decide import conflicts, fits
from crmtext.merge.lines import three_way
from crmtext.merge.parts import NoRoomError
from crmtext.merge.trees import UnreadableError, read
from crmtext.merge.weave import weave
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.merge.decide import Decision
    from crmtext.merge.matching import Keys
    from crmtext.merge.sides import Sides


def merged_text(three: Sides, decision: Decision, keys: Keys) -> str | None:
    """Return a text with the decided data and all comments; None if it can't be written."""
    for way in (_by_lines, _by_weaving):
        for text in way(three, decision, keys):
            for finished in three.finished(text):
                if _good(finished, three, decision):
                    return finished
    return None


def marked_text(three: Sides, decision: Decision, keys: Keys, signs: tuple[str, str, str]) -> str | None:
    """Return a text with marked conflicts where either side can be chosen; None if it can't be written."""
    try:
        text = weave(_loom(three, keys, signs), decision)
    except NoRoomError:
        return None
    return next((finished for finished in three.finished(text) if _choosable(finished, decision)), None)


def _by_lines(three: Sides, _decision: Decision, _keys: Keys) -> Iterator[str]:
    """The merge by lines, as git's, if the sides changed different lines."""
    parts = three_way(three.base.text, three.ours.text, three.theirs.text)
    if not any(isinstance(part, conflict_hunks.Hunk) for part in parts):
        yield "".join(map(str, parts))


def _by_weaving(three: Sides, decision: Decision, keys: Keys) -> Iterator[str]:
    loom = _loom(three, keys, ("", "", ""))
    # A comment moved to the end of a line looks as if its old lines were deleted: compare comments literally then.
    for still in dict.fromkeys((loom.still, frozenset())):
        with suppress(NoRoomError):
            yield weave(loom._replace(still=still), decision)


def _loom(three: Sides, keys: Keys, signs: tuple[str, str, str]) -> Loom:
    still = notes.unmoved(three.base.comments, three.ours.comments, three.theirs.comments)
    return Loom(three.parts, still, keys, signs)


def _good(text: str, three: Sides, decision: Decision) -> bool:
    try:
        tree = read(text)
    except UnreadableError:
        return False
    written = comments(text, tree.node if tree else None)
    return fits(tree, decision) and keeps_all(three.base.comments, three.ours.comments, three.theirs.comments, written)


def _choosable(text: str, decision: Decision) -> bool:
    """Whether the text is valid with our side of all conflicts, with theirs, and with theirs in any single one."""
    hunks = [part for part in conflict_hunks.split(text) if isinstance(part, conflict_hunks.Hunk)]
    one_by_one = (conflict_hunks.resolve(text, partial(_theirs_in, hunk)) for hunk in hunks)
    if not hunks or not all(_readable(picked) for picked in one_by_one):
        return False
    ours = conflict_hunks.resolve(text, lambda hunk: hunk.ours)
    theirs = conflict_hunks.resolve(text, lambda hunk: hunk.theirs)
    if not (_readable(ours) and _readable(theirs)):
        return False
    # If several conflicts share markers, a side chosen there lacks the other's changes: it can't match the decision.
    alone = len(hunks) < sum(1 for _ in conflicts(decision))
    return alone or (fits(read(ours), decision) and fits(read(theirs), decision, theirs=True))


def _theirs_in(chosen: conflict_hunks.Hunk, hunk: conflict_hunks.Hunk) -> str:
    return hunk.theirs if hunk == chosen else hunk.ours


def _readable(text: str) -> bool:
    try:
        read(text)
    except UnreadableError:
        return False
    return True
