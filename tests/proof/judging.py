"""The verdict on an edit: right, refused or wrong, and the lines it changed that it need not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from time import perf_counter
from typing import Any

import yaml
from seeded import Data, after, compose, data, loosely

from crmtext.problem import CrmError
from crmtext.text import pointer, tree
from crmtext.text.edit.rewrite import Delete, Insert, Operation, Rename, Set, rewrite
from crmtext.text.edit.source import last_leaf


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an edit."""

    #: `right`, `refused` or `wrong`.
    kind: str
    #: Changed lines that need not have been, or why it was refused.
    noise: int = 0
    said: str = ""
    text: str = ""
    milliseconds: float = 0.0


def judged(text: str, operations: Sequence[Operation], *, slowly: bool = False) -> Verdict:
    """The verdict of PyYAML; `slowly`: of its parser in Python too."""
    start = perf_counter()
    try:
        made = rewrite(text, operations)
    except CrmError as error:
        return Verdict("refused", said=error.problem.message, milliseconds=1000 * (perf_counter() - start))
    took = 1000 * (perf_counter() - start)
    wanted = data(compose(text))
    for operation in operations:
        wanted = after(wanted, operation)
    loaders = [yaml.CSafeLoader, *([yaml.SafeLoader] if slowly and _agree(text) else [])]
    if not all(_holds(made, wanted, operations, loader) for loader in loaders):
        return Verdict("wrong", text=made, milliseconds=took)
    return Verdict("right", noise(text, made, operations), "", made, took)


def _agree(text: str) -> bool:
    """Whether both of PyYAML's parsers read the text alike before the edit."""
    slow = compose(text, yaml.SafeLoader)
    return slow is not None and data(slow) == data(compose(text))


def _holds(text: str, wanted: Data, operations: Sequence[Operation], loader: Any) -> bool:
    node = compose(text, loader)
    if node is None:
        return False
    found = data(node)
    anew = any(isinstance(operation, Set) and isinstance(operation.value, Mapping) for operation in operations)
    return found == wanted or (anew and loosely(found) == loosely(wanted))


def noise(before: str, text: str, operations: Sequence[Operation]) -> int:
    """The lines taken away outside what the operations are about, those added beyond their values, comments lost."""
    root = tree.compose(before)
    lines = before.split("\n")
    allowed: set[int] = set()
    budget = 0
    if root is not None and not before.endswith("\n"):
        # What goes on behind a block scalar that ended the text makes its `|` a `|-`.
        allowed.add(last_leaf(root).line - 1)
    for operation in operations:
        own, new = _needs(root, lines, operation)
        allowed |= own
        budget += new
    gone, come = _changed([line.rstrip("\r") for line in lines], [line.rstrip("\r") for line in text.split("\n")])
    # By their letters, for of lines alike a diff may name either; what was changed was taken away and came again.
    spare = Counter(lines[number].rstrip("\r") for number in allowed if number < len(lines))
    outside = (Counter(line for _n, line in gone if line.strip()) - spare).total()
    return outside + max(0, len(come) - budget - len(gone)) + _lost(gone, come, operations)


def _lost(gone: list[tuple[int, str]], come: list[str], operations: Sequence[Operation]) -> int:
    """How many comments on their own lines went, though nothing was deleted or replaced by less."""
    if any(isinstance(operation, Delete | Set) for operation in operations):
        return 0
    return max(0, sum(line.lstrip().startswith("#") for _n, line in gone) - sum("#" in line for line in come))


def _needs(root: tree.Node | None, lines: list[str], operation: Operation) -> tuple[set[int], int]:
    """The numbers of the lines that an operation may change, and how many it may add."""
    steps = pointer.split(operation.pointer)
    way: list[tuple[tree.Node, int]] = []
    node = root
    while steps and node is not None and (below := tree.child(node, steps[0])) is not None:
        way.append((below, (tree.find_key(node, f"/{pointer.escape(steps[0])}") or below).line))
        node, steps = below, steps[1:]
    assert node is not None
    assert root is not None
    inside = set(range((way[-1][1] if way else node.line) - 1, _end(node, lines)))
    if isinstance(operation, Rename):
        return inside, 0
    if isinstance(operation, Delete):
        return inside | _around(root, way, lines), 0
    size = _size(operation.value) + len(steps)
    if (isinstance(operation, Set) and not steps) or node.style == "flow" or not node.children:
        return inside, size
    # The line that a text ends with gets a line break where it had none; `- - x` shares its line with the list above.
    ends = {_end(node, lines) - 1} if _end(node, lines) == _end(root, lines) else set()
    return ends | ({node.line - 1} if isinstance(operation, Insert) and operation.number == 0 else set()), size


def _around(root: tree.Node, way: list[tuple[tree.Node, int]], lines: list[str]) -> set[int]:
    """What may change beside an entry that goes: its comments below, what moves up to its dash, the brackets left."""
    parent, key_line = way[-2] if len(way) > 1 else (root, root.line)
    if len(parent.children) == 1:
        alone = key_line > 1 and lines[key_line - 2].strip() == "-"
        return set(range(key_line - 1 - alone, _end(parent, lines)))
    end = _end(way[-1][0], lines)
    while end < len(lines) and (not lines[end].strip() or lines[end].lstrip().startswith("#")):
        end += 1
    before = {way[-1][1] - 2} if parent.style == "flow" or _end(root, lines) == _end(way[-1][0], lines) else set()
    return {*range(_end(way[-1][0], lines), end + 1), *before}


def _end(node: tree.Node, lines: list[str]) -> int:
    """The number of the line, from 1, in which a node ends."""
    return tree.position("\n".join(lines), node.end)[0]


def _size(value: Any) -> int:
    """How many lines a value takes where every entry has one."""
    if isinstance(value, Mapping):
        return 1 + sum(_size(below) for below in value.values())
    if isinstance(value, str):
        # Text over lines stands below its `|`.
        return 1 + value.count("\n") + ("\n" in value.rstrip("\n"))
    return 1 + sum(_size(below) for below in value) if isinstance(value, Sequence) else 1


def _changed(old: list[str], new: list[str]) -> tuple[list[tuple[int, str]], list[str]]:
    """The lines that went, with their numbers, and those that came."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    mid_old, mid_new = old[head : len(old) - tail], new[head : len(new) - tail]
    gone: list[tuple[int, str]] = []
    come: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, mid_old, mid_new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += [(head + n, mid_old[n]) for n in range(a, b)]
            come += mid_new[c:d]
    return gone, come
