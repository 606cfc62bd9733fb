"""The text of a decision: our lines, with their changes as they wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.merge import notes
from crmtext.merge.blocks import Block, Both, Loom
from crmtext.merge.decide import Decision, conflicts, inside
from crmtext.merge.parts import NoRoomError, Part, shifted
from crmtext.merge.single_line import head_of, rewritten, single
from crmtext.merge.trees import Tree, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


def weave(loom: Loom, decision: Decision) -> str:
    """Return the text of a decision about a whole file. Raises NoRoomError if lines alone can't express it."""
    return _block(loom, decision, "", 0).marked(loom)


def _block(loom: Loom, decision: Decision, path: str, column: int) -> Block:
    """The lines of an entry or item with its key or dash in this column."""
    if decision.why is not None:
        return _conflict(loom, decision, column)
    ours, theirs = loom.of(decision.ours), loom.of(decision.theirs)
    if ours is None or theirs is None:
        return _from_one(loom, decision, column)
    both = Both(decision, path, loom.of(decision.base), ours, theirs)
    lead = _lines_above(loom, both)
    was, here, there = both.texts
    if there == here or (both.base and there == was):
        return Block(lead, ours.at(column))
    if both.base and here == was:
        return Block(lead, theirs.at(column))
    try:
        block = _composed(loom, both)
    except NoRoomError:
        if not any(conflicts(decision)):
            raise
        block = Block("", ours.at(column), theirs.at(column))
    return Block(lead + block.lead, block.body, block.rival)


def _lines_above(loom: Loom, both: Both) -> str:
    here = both.ours.column
    was = shifted(both.base.lead, here - both.base.column) if both.base else ""
    return notes.merge_lines(was, both.ours.lead, shifted(both.theirs.lead, here - both.theirs.column), loom.still)


def _from_one(loom: Loom, decision: Decision, column: int) -> Block:
    """The lines of a value that only one side has on lines of its own."""
    tree, part = next(_written(loom, decision), (None, None))
    if part is None:
        raise NoRoomError
    new = decision.base is None and tree is decision.theirs and decision.ours is None
    lead = notes.new_lines(part.lead, loom.still) if new else part.lead
    return Block(shifted(lead, column - part.column), part.at(column))


def _written(loom: Loom, decision: Decision) -> Iterator[tuple[Tree, Part]]:
    """The trees and parts of the sides that have the decided value on lines of its own."""
    for tree in (decision.ours, decision.theirs):
        part = loom.of(tree)
        if tree is not None and part is not None and same(tree, decision.taken):
            yield tree, part


def _conflict(loom: Loom, decision: Decision, column: int) -> Block:
    ours, theirs = loom.of(decision.ours), loom.of(decision.theirs)
    if ours is not None and theirs is not None:
        # Comments aren't part of the choice: both sides' stay above it.
        both = Both(decision, "", loom.of(decision.base), ours, theirs)
        lead = shifted(_lines_above(loom, both), column - ours.column)
        return Block(lead, ours.at(column), theirs.at(column))
    leads, bodies = [], []
    for tree in (decision.ours, decision.theirs):
        part = loom.of(tree)
        if tree is not None and part is None:
            raise NoRoomError
        leads.append(shifted(part.lead, column - part.column) if part else "")
        bodies.append(part.at(column) if part else "")
    if leads[0] == leads[1]:
        return Block(leads[0], *bodies)
    return Block("", leads[0] + bodies[0], leads[1] + bodies[1])


def _composed(loom: Loom, both: Both) -> Block:
    """An entry that both sides changed, combined from its parts, or from value and comment."""
    decision, ours, theirs = both.decision, both.ours, both.theirs
    deeper = decision if decision.kind else inside(decision, both.path, loom.keys)
    if deeper is None:
        return single(both)
    if ours.inside and theirs.inside:
        return _from_inside(loom, both, deeper)
    return rewritten(both)


def _from_inside(loom: Loom, both: Both, deeper: Decision) -> Block:
    ours, theirs = both.ours, both.theirs
    head = head_of(both)
    within = ours.inside[0].column
    orphans = notes.orphans(both, (part for _step, below in deeper.below for part in loom.every(below)))
    blocks = [
        _with_orphans(_block(loom, below, _path(both.path, deeper, step), within), orphans, loom.every(below))
        for step, below in deeper.below
    ]
    if not blocks:
        return Block(head.lead, _emptied(head.body, deeper.kind))
    if not any(block.body for block in blocks):
        raise NoRoomError
    if not any(block.body if block.rival is None else block.rival for block in blocks):
        raise NoRoomError
    was = shifted(both.base.tail, within - both.base.inside[0].column) if both.base and both.base.inside else ""
    tail = notes.merge_lines(was, ours.tail, shifted(theirs.tail, within - theirs.inside[0].column), loom.still)
    tail = orphans.get(0, "") + tail
    return _joined(loom, head, blocks, tail)


def _with_orphans(block: Block, orphans: Mapping[int, str], parts: Iterable[Part]) -> Block:
    """A block below the comments of deleted entries before it."""
    return block._replace(lead="".join(orphans.get(id(part.node), "") for part in parts) + block.lead)


def _joined(loom: Loom, head: Block, blocks: Sequence[Block], tail: str) -> Block:
    """The lines of a key or dash and of its blocks; the first may share the dash's line."""
    first, *rest = blocks
    lead = head.lead
    if head.body.strip() and not head.body.endswith("\n"):
        lead, first = lead + first.lead, _behind(head.body, first)
        body = first.marked(loom)
    else:
        body = head.body + first.marked(loom)
    return Block(lead, body + "".join(block.marked(loom) for block in rest) + tail)


def _behind(dash: str, block: Block) -> Block:
    """A block on the line of a dash; in a conflict both sides get the dash."""
    sides = [side for side in (block.body, block.rival) if side is not None]
    if any(side[: len(dash)].strip(" ") or len(side) <= len(dash) for side in sides):
        raise NoRoomError
    return Block("", *(dash + side[len(dash) :] for side in sides))


def _emptied(head: str, kind: str) -> str:
    """A key or dash with empty brackets."""
    mark = "{}" if kind == "map" else "[]"
    before, sign, comment = head.rstrip("\n").partition(" #")
    gap = " " if before.strip() else ""
    return "".join((before.rstrip(), gap, mark, sign and f" {sign}{comment}", "\n"))


def _path(path: str, above: Decision, step: str) -> str:
    if above.kind == "list":
        return f"{path}[]"
    return f"{path}.{step}" if path else step
