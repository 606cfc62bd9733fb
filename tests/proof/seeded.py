"""Seeded edits on any YAML text, and what the data is to be after them, told by PyYAML and not by crmtext."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from crmtext.text.edit.rewrite import Append, Delete, Insert, Operation, Rename, Set
from crmtext.text.pointer import escape

#: Data as PyYAML reads it: `("map", pairs)`, `("list", items)`, or the tag and text of a scalar.
Data = tuple[str, Any]
_NULL = ("tag:yaml.org,2002:null", "")
_TEXT = "tag:yaml.org,2002:str"

#: What is written: as people type it, and as nobody hopes.
WORDS = (
    "报价已发, 等回复", "lilei", "回访", "no", "1e3", "2026-11-21", "12:30", "a: b", "a #b", "- x", "it's", '"x"', "",
    "~", "[x]", "{x", "ends:", "&x", "*x", "!x", "%x", "@x", "`x", "|", ">", "?", "null", "0x1f", "1_000", " x", "x ",
    "a\tb", "多行\n文本\n", "a\nb", "“引号”", "：", "😀", "C:\\path", "https://example.com/?a=b#c", "x" * 130,
)  # fmt: skip
KEYS = ("note", "备注", "no", "1", "a b", "k/~", "x:y")


@dataclass(frozen=True, slots=True)
class Place:
    """A node as PyYAML composes it, and the pointer to it."""

    pointer: str
    node: yaml.Node
    depth: int
    #: Whether it stands inside brackets or braces.
    flow: bool
    #: Whether it holds an alias, or what one shares: it can be added to, but not go.
    holds: bool = False


def compose(text: str, loader: Any = None) -> yaml.Node | None:
    """The only document of a text; None if it is no YAML, several documents, or nothing."""
    try:
        found = list(yaml.compose_all(text, loader or yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError, UnicodeEncodeError):
        return None
    return found[0] if len(found) == 1 else None


def data(node: yaml.Node | None) -> Data:
    """What the text means: order, tags and letters count; a null is a null however it is written."""
    if isinstance(node, yaml.MappingNode):
        return "map", [(data(key), data(value)) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return "list", [data(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return _NULL if node.tag == _NULL[0] else (node.tag, node.value)


def of_value(value: Any) -> Data:
    """What a new value is to mean."""
    if isinstance(value, Mapping):
        return "map", [(of_value(key), of_value(below)) for key, below in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "list", [of_value(below) for below in value]
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "tag:yaml.org,2002:bool", "true" if value else "false"
    if isinstance(value, int):
        return "tag:yaml.org,2002:int", str(value)
    return _TEXT, value


def after(before: Data, operation: Operation) -> Data:
    """The data after an operation."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in operation.pointer.split("/")[1:]]
    return _at(before, steps, operation)


def _at(old: Data, steps: Sequence[str], operation: Operation) -> Data:
    if not steps:
        return _changed(old, operation)
    kind, parts = (old[0], list(old[1])) if old != _NULL else ("map", [])
    first = steps[0]
    if kind == "list":
        index, own = int(first), parts[int(first)]
    else:
        index = next((i for i, (key, _value) in enumerate(parts) if key[1] == first), len(parts))
        own = parts[index][1] if index < len(parts) else _NULL
    if isinstance(operation, Delete) and len(steps) == 1:
        return kind, parts[:index] + parts[index + 1 :]
    if isinstance(operation, Rename) and len(steps) == 1:
        return kind, [*parts[:index], (of_value(operation.new_key), own), *parts[index + 1 :]]
    made = _at(own, steps[1:], operation)
    if kind == "list":
        return kind, [*parts[:index], made, *parts[index + 1 :]]
    key = parts[index][0] if index < len(parts) else of_value(first)
    return kind, [*parts[:index], (key, made), *parts[index + 1 :]]


def _changed(old: Data, operation: Operation) -> Data:
    match operation:
        case Set(_pointer, value):
            return of_value(value)
        case Append(_pointer, value):
            return "list", [*(() if old == _NULL else old[1]), of_value(value)]
        case Insert(_pointer, index, value):
            return "list", [*old[1][:index], of_value(value), *old[1][index:]]
    raise AssertionError(operation)


def loosely(one: Data) -> Data:
    """The data with the entries of each map in one order: a map that is set anew keeps the order it had."""
    if one[0] == "map":
        return "map", sorted((repr(loosely(key)), loosely(value)) for key, value in one[1])
    return ("list", [loosely(item) for item in one[1]]) if one[0] == "list" else one


def operations(text: str, count: int, seed: str) -> Iterator[tuple[Operation, ...]]:
    """So many edits of a text: most are one operation, some are three in one pass at places apart from each other."""
    rng = random.Random(seed)
    root = compose(text)
    if root is None or not isinstance(root, yaml.MappingNode | yaml.SequenceNode):
        return
    spots = [*_places(root, *_shared(text))]
    made = tried = 0
    while spots and made < count and tried < 50 * count:
        tried += 1
        chosen = [_operation(rng, rng.choice(spots)) for _ in range(3 if rng.random() < 0.15 else 1)]
        found = [each for each in chosen if each is not None]
        if found and not _touch(found):
            made += 1
            yield tuple(found)


def _touch(found: Sequence[Operation]) -> bool:
    """Whether one of several operations is inside, or moves, the place of another."""
    if len(found) == 1:
        return False
    above = [each.pointer.rpartition("/")[0] if isinstance(each, Delete | Rename) else each.pointer for each in found]
    return any(
        f"{one}/".startswith(f"{other}/") for i, one in enumerate(above) for j, other in enumerate(above) if i != j
    )


def _places(root: yaml.Node, closed: set[int], holding: set[int]) -> Iterator[Place]:
    waiting = [Place("", root, 0, flow=False)]
    while waiting:
        place = waiting.pop()
        node = place.node
        start = node.start_mark.index
        # What an alias shares is no place: an edit there has no one meaning.
        if start in closed or len(place.pointer) > 400:
            continue
        yield replace(place, holds=start in holding)
        flow = place.flow or bool(getattr(node, "flow_style", False))
        if isinstance(node, yaml.SequenceNode):
            waiting += (Place(f"{place.pointer}/{i}", e, place.depth + 1, flow) for i, e in enumerate(node.value))
        elif isinstance(node, yaml.MappingNode):
            names = [key.value for key, _value in node.value]
            waiting += (
                Place(f"{place.pointer}/{escape(key.value)}", value, place.depth + 1, flow)
                for key, value in node.value
                if isinstance(key, yaml.ScalarNode) and names.count(key.value) == 1
            )


def _shared(text: str) -> tuple[set[int], set[int]]:
    """Where nodes begin that an anchor in use is on or above, and where those that hold one, or an alias."""
    closed: set[int] = set()
    holding: set[int] = set()
    used = {event.anchor for event in yaml.parse(text, yaml.CSafeLoader) if isinstance(event, yaml.AliasEvent)}
    above: list[tuple[int, bool]] = []
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            above.pop()
        elif isinstance(event, yaml.NodeEvent):
            start = event.start_mark.index
            inside = event.anchor in used or bool(above and above[-1][1])
            if inside:
                closed.add(start)
                holding |= {start for start, _inside in above}
            if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                above.append((start, inside))
    return closed, holding - closed


def _operation(rng: random.Random, place: Place) -> Operation | None:
    pointer, node = place.pointer, place.node
    kinds = [_append, _insert] if isinstance(node, yaml.SequenceNode) else [_set_inside, _begin_list]
    if isinstance(node, yaml.ScalarNode) and node.tag != _NULL[0]:
        kinds = [_set_scalar, _set_scalar]
    if place.holds:
        return rng.choice(kinds)(rng, place)
    if pointer:
        kinds += [_delete, _rename if not re.fullmatch(r".*/[0-9]+", pointer) else _set]
    if rng.random() < 0.05 and pointer:
        return _set(rng, place)
    return rng.choice(kinds)(rng, place)


def _append(rng: random.Random, place: Place) -> Operation:
    return Append(place.pointer, _like(rng, place.node))


def _insert(rng: random.Random, place: Place) -> Operation:
    return Insert(place.pointer, rng.randint(0, len(place.node.value)), _like(rng, place.node))


def _set_inside(rng: random.Random, place: Place) -> Operation | None:
    key = rng.choice(KEYS)
    if key in _names(place.node):
        return None
    return Set(f"{place.pointer}/{escape(key)}", _value(rng))


def _begin_list(rng: random.Random, place: Place) -> Operation | None:
    if "new_list" in _names(place.node):
        return None
    return Append(f"{place.pointer}/new_list", _value(rng))


def _names(node: yaml.Node) -> list[str]:
    return [name.value for name, _value in node.value] if isinstance(node, yaml.MappingNode) else []


def _set_scalar(rng: random.Random, place: Place) -> Operation:
    return Set(place.pointer, rng.choice((rng.choice(WORDS), rng.choice(WORDS), 7, True, None)))


def _set(rng: random.Random, place: Place) -> Operation:
    return Set(place.pointer, _value(rng))


def _delete(_rng: random.Random, place: Place) -> Operation:
    return Delete(place.pointer)


def _rename(rng: random.Random, place: Place) -> Operation:
    return Rename(place.pointer, f"{rng.choice(KEYS)}{rng.randint(10, 99)}")


def _like(rng: random.Random, node: yaml.Node) -> Any:
    """An item of the same make as those that are there."""
    if node.value and isinstance(node.value[-1], yaml.MappingNode):
        names = [key.value for key, _value in node.value[-1].value if isinstance(key, yaml.ScalarNode)][:5]
        return {name: rng.choice(WORDS) for name in names} or {"name": "x"}
    return rng.choice(WORDS) if rng.random() < 0.8 else _value(rng)


def _value(rng: random.Random) -> Any:
    word = rng.choice(WORDS)
    return rng.choice((word, word, 7, False, None, [word, "x"], {"a": word, "b": [1, {"c": word}]}, [], {}))
