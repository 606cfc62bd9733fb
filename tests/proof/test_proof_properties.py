from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hands import hand_texts, rough_texts
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from judging import judged
from seeded import compose, data, operations

from crmtext.problem import CrmError, Severity
from crmtext.text.edit.canonical import canonical
from crmtext.text.edit.comments import comments
from crmtext.text.edit.emit import scalar
from crmtext.text.edit.rewrite import Append, Delete, Insert, Operation, Rename, Set, apply, edits, rewrite
from crmtext.text.edit.source import last_leaf, read
from crmtext.text.pointer import split
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = st.integers(0, 1 << 32)


def an_edit_is_right_or_refused(text: str, seed: int) -> None:
    for several in operations(text, 2, str(seed)):
        verdict = judged(text, several, slowly=len(text) < 400)
        assert verdict.kind != "wrong", (several, verdict.text)


def bytes_outside_the_edits_stay(text: str, seed: int) -> None:
    for several in operations(text, 2, str(seed)):
        try:
            found = edits(text, several)
        except CrmError:
            continue
        made, at, moved = apply(text, found), 0, 0
        for edit in found:
            assert text[at : edit.start] == made[at + moved : edit.start + moved]
            at, moved = edit.end, moved + len(edit.new) - (edit.end - edit.start)
        assert text[at:] == made[at + moved :]


def an_edit_and_its_inverse_give_the_first_bytes(text: str, seed: int) -> None:
    for operation, *more in operations(text, 3, str(seed)):
        back = None if more else inverse(text, operation)
        if back is None:
            continue
        try:
            made = rewrite(text, [operation])
            again = rewrite(made, [back])
        except CrmError:
            continue
        if isinstance(operation, Rename) and re.search(rf"(['\"]){re.escape(operation.new_key)}\1", made):
            # A key that needed quotes keeps them.
            continue
        if made.endswith("\n") and not text.endswith("\n"):
            # Text that ends in a line break brought one, and the file keeps it.
            continue
        assert again == text, (operation, made)


def inverse(text: str, operation: Operation) -> Operation | None:
    """What takes an operation back, where its own text is all that it put in."""
    node, root = compose(text), read(text).root
    assert node is not None
    assert root is not None
    if not text.endswith("\n") and last_leaf(root).style in {"literal", "folded"}:
        # Its `|` becomes `|-` for good when something follows.
        return None
    for step in split(operation.pointer):
        if isinstance(node, yaml.SequenceNode):
            node = node.value[int(step)]
        elif isinstance(node, yaml.MappingNode) and node.value:
            node = next((value for key, value in node.value if key.value == step), None)
            if node is None:
                # A key that is new in a map that has others.
                return Delete(operation.pointer) if isinstance(operation, Set) else None
        else:
            return None
    match operation:
        case Append(pointer, _value) if isinstance(node, yaml.SequenceNode) and node.value:
            return Delete(f"{pointer}/{len(node.value)}")
        case Insert(pointer, index, _value) if node.value:
            return Delete(f"{pointer}/{index}")
        case Rename(pointer, new_key) if re.search(r"/[a-z_]+$", pointer):
            above, _, last = pointer.rpartition("/")
            if scalar(last) != last:
                # It would come back in quotes, as all that is no text to some reader.
                return None
            return Rename(f"{above}/{new_key.replace('~', '~0').replace('/', '~1')}", last)
    return None


def canonical_form_is_the_same_the_second_time(text: str, _seed: int) -> None:
    order = {"": ("name", "id", "b"), "contacts[]": ("title", "name")}
    try:
        made = canonical(text, order)
    except CrmError:
        return
    assert canonical(made, order) == made
    assert read(made).root is None or said(made) == said(text.removeprefix("\ufeff").replace("\r\n", "\n"))


def said(text: str) -> list[str]:
    source = read(text)
    return sorted(each.text for each in comments(source, source.root)) if source.root is not None else []


PROPERTIES: dict[str, Callable[[str, int], None]] = {
    each.__name__: each
    for each in (
        an_edit_is_right_or_refused,
        bytes_outside_the_edits_stay,
        an_edit_and_its_inverse_give_the_first_bytes,
        canonical_form_is_the_same_the_second_time,
    )
}
CALM = [HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]


def holds(texts: st.SearchStrategy[str], claim: Callable[[str, int], None], examples: int) -> None:
    """Try a claim on so many texts."""

    @settings(max_examples=examples, suppress_health_check=CALM)
    @given(texts, SEEDS)
    def tried(text: str, seed: int) -> None:
        claim(text, seed)

    tried()


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_holds(name: str) -> None:
    holds(hand_texts(), PROPERTIES[name], 60)


@pytest.mark.long
@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_holds_for_long(name: str) -> None:
    holds(hand_texts(), PROPERTIES[name], 2000)


def the_loader_is_not_looser_than_pyyaml(text: str, _seed: int) -> None:
    document = parse_text(text)
    if document.data is None or any(each.severity is Severity.ERROR for each in document.problems):
        return
    assert shape(yaml.load(text, yaml.CSafeLoader)) == shape(document.data)


def shape(value: Any) -> Any:
    """Data without what YAML 1.1 and 1.2 tell apart: what a plain word means."""
    if isinstance(value, dict):
        return [shape(each) for each in value.values()]
    return [shape(each) for each in value] if isinstance(value, list) else None


#: Signs that make YAML, in any order.
SCRAPS = st.text(st.sampled_from("ab1：: -\n,[]{}#&*!|>'\"%@?~\t\u3000\ufeff"), max_size=24)


def test_what_the_loader_accepts_pyyaml_accepts() -> None:
    holds(rough_texts() | SCRAPS.map("a: {}".format), the_loader_is_not_looser_than_pyyaml, 200)


@pytest.mark.long
def test_what_the_loader_accepts_pyyaml_accepts_for_long() -> None:
    holds(rough_texts() | SCRAPS.map("a: {}".format), the_loader_is_not_looser_than_pyyaml, 20_000)


@st.composite
def labelled(draw: st.DrawFn) -> str:
    """A text in which each comment names the key that it is about, above it or behind it."""
    numbers = iter(range(999))

    def block(indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(draw(st.integers(1, 3))):
            key = f"k{draw(st.integers(0, 9))}x{next(numbers)}"
            above, behind, kind = draw(st.tuples(st.booleans(), st.booleans(), st.sampled_from("svlfm")))
            lines += [""] * draw(st.integers(0, 1)) + [f"{' ' * indent}# above {key}."] * above
            value = {"s": " x", "v": " 'y'", "l": " |", "f": " [1, {a: b}]", "m": ""}[kind if depth < 3 else "s"]
            lines.append(f"{' ' * indent}{key}:{value}" + f"  # behind {key}." * behind)
            if kind == "l" and depth < 3:
                lines += [" " * (indent + 2) + "text", ""]
            if kind == "m" and depth < 3:
                below = block(indent + 2, depth + 1)
                if draw(st.booleans()):
                    first = next(n for n, line in enumerate(below) if line.strip() and "# above" not in line)
                    below = [line.replace("  ", "  ", 1) for line in below]
                    del below[:first]
                    below[0] = " " * indent + "- " + below[0].lstrip()
                lines += below
        return lines

    # What stands above the first key is about the file, and stays its head wherever that key goes.
    return "\n".join([*draw(st.sampled_from([[], ["# head"]])), "top: 1", *block(0, 0)]) + "\n"


@settings(max_examples=150)
@given(labelled(), st.permutations([f"k{n}" for n in range(10)]))
def test_comments_stay_with_what_they_are_about_in_canonical_form(text: str, wish: list[str]) -> None:
    node = compose(text)
    assume(node is not None)
    keys = sorted(re.findall(r"(k\d)(x\d+):", text), key=lambda found: wish.index(found[0]))
    order = {"": ["".join(key) for key in keys]}
    made = canonical(text, order)
    assert sorted(map(str, data(compose(made))[1])) == sorted(map(str, data(node)[1]))
    lines = made.split("\n")
    for number, line in enumerate(lines):
        for where, key in re.findall(r"# (above|behind) (\w+)\.", line):
            following = next(each for each in lines[number:] if each.strip() and not each.lstrip().startswith("#"))
            assert f"{key}:" in (following if where == "above" or line.lstrip().startswith("#") else line), made
