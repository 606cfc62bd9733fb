"""Texts as hands leave them: good ones with comments, blank lines, anchors and line ends put anywhere."""

from __future__ import annotations

from pathlib import Path

import yamlish
from hypothesis import assume
from hypothesis import strategies as st
from seeded import compose
from spec import EXAMPLES

SAMPLES = tuple(path.read_bytes().decode() for path in sorted((Path(__file__).parent / "samples").iterdir()))
RECORDS = tuple(path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "records").rglob("*.yaml"))[:8])

#: What is done to a line: a number picks the line, another the column, and so on.
TOUCHES = ("comment", "behind", "blank", "blanks", "trailing", "anchor", "tag", "cut", "twice", "indent")


def touched(lines: list[str], at: int, column: int, touch: str) -> None:
    """Do one thing to one line."""
    where = at % len(lines)
    line = lines[where]
    head, colon, rest = line.partition(": ")
    match touch:
        case "comment":
            lines.insert(where, f"{' ' * column}# c{at}")
        case "behind":
            lines[where] += f" # c{at}"
        case "blank":
            lines.insert(where, "")
        case "blanks":
            lines.insert(where, " " * column)
        case "trailing":
            lines[where] += " " * column
        case "anchor" | "tag" if colon:
            lines[where] = f"{head}: {f'&c{at}' if touch == 'anchor' else '!!str'} {rest}"
        case "cut":
            del lines[where:]
            lines.append("")
        case "twice":
            lines.insert(where, line)
        case "indent":
            lines[where] = " " * column + line


@st.composite
def rough_texts(draw: st.DrawFn) -> str:
    """Any text at all, most of it YAML."""
    text = draw(st.one_of(yamlish.texts(), st.sampled_from([*SAMPLES, *RECORDS, *EXAMPLES.values()])))
    lines = text.split("\n")
    touches = st.tuples(st.integers(0, 99), st.integers(0, 9), st.sampled_from(TOUCHES))
    for at, column, touch in draw(st.lists(touches, max_size=5)):
        touched(lines, at, column, touch)
    text = "\n".join(lines)
    match draw(st.sampled_from(["", "", "", "windows", "mark", "open"])):
        case "windows":
            return text.replace("\r", "").replace("\n", "\r\n")
        case "mark":
            return "\ufeff" + text.removeprefix("\ufeff")
        case "open":
            return text.rstrip("\n")
    return text


@st.composite
def hand_texts(draw: st.DrawFn) -> str:
    """A text that is one document."""
    text = draw(rough_texts())
    assume(compose(text) is not None)
    return text
