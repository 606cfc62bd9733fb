"""Strings that one reader of YAML or another takes for something else, and how three of them read what we write.

Run in the repository: `python tests/proof/nasty.py [COUNT] [SEED]`.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import yaml
from ruamel.yaml import YAML

from crmtext.text.edit.rewrite import Append, Set, rewrite

#: What is a number, a boolean, a null, a day or a time to somebody.
_WORDS = """
y n Y N yes no on off Yes NO On OFF true false True FALSE null Null NULL ~ = << Norway none None
0 1 -1 +1 007 0o7 0O7 0x1F 0b11 1_000 1e3 1E3 1e+3 1.0e+3 .5 5. -.5 +.5 1.5.1 1,000 12e03 0.1e 1__0 _1 0x 0b 0o e3
.inf -.inf +.INF .nan .NaN nan inf 12:30 1:20:30 190:20:30 -1:30 12:30.5 60:60 2026-11-21 2026-1-1 10-10-2026 20261121
2026-11-21T10:00:00Z 2026-11-21t10:00:00+08:00 013800138000 13800138000 1.10 + - . .. ... ---
"""
LOOKALIKES = (*_WORDS.split(), "2026-11-21 10:00:00", "2026-11-21 10:00:00 +8", "1 000", "--- x", "... x", "")
INDICATORS = tuple("-?:,[]{}#&*!|>'\"%@`\\=<~^")
#: What is put together at random.
PIECES = (
    *INDICATORS, *INDICATORS,
    " ", " ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", ": ", " #", "#", "- ", "? ", ":\n", "a", "b c",
    "报价", "，", "：", "“", "”", "‘", "’", "＃", "－", "＂", "　", "、", "。", "😀", "👩\u200d💻", "é", "e\u0301",
    "\u00a0", "\u200b", "\u0085", "\u2028", "\u2029", "\ufeff", "\u0000", "\u0007", "\u001b", "\u007f", "\u0080",
    "\u009f", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\uffff", "\U00010000", "\U0010ffff", "x" * 90, "长" * 60,
    "word " * 30,
    "0", "1e", "12:", "\\n", "\\u0041", "''", '""', "<<<<<<< ours", "=======", "%YAML 1.1", "{{ x }}", "${x}", "&a *a",
)  # fmt: skip

#: A reader: text to data.
Reader = Callable[[str], Any]
READERS: dict[str, Reader] = {
    "libyaml": lambda text: yaml.load(text, yaml.CSafeLoader),
    "PyYAML in Python": lambda text: yaml.load(text, yaml.SafeLoader),
    "ruamel.yaml (1.2)": lambda text: YAML(typ="safe", pure=True).load(text),
}

#: A text with each place that a string can stand in: behind a key or a dash, in brackets, in braces, in quotes.
PLACES = """\
plain: x
single: 'x'
double: "x"
literal: |
  x
folded: >-
  x
list:
  - x
flow: [x, {key: x, quoted: 'x'}]
last: x
"""
POINTERS = (
    "/plain", "/single", "/double", "/literal", "/folded", "/list/0", "/flow/0", "/flow/1/key", "/flow/1/quoted",
    "/flow/1/new", "/new/below", "/last",
)  # fmt: skip


def strings(count: int, seed: int) -> Iterator[str]:
    """So many strings, all of the look-alikes among them."""
    rng = random.Random(seed)
    yield from LOOKALIKES[:count]
    for _ in range(count - len(LOOKALIKES)):
        kind = rng.random()
        if kind < 0.25:
            ends = rng.choice(PIECES), rng.choice(PIECES)
            word = rng.choice(LOOKALIKES)
            yield rng.choice((ends[0] + word, word + ends[1], ends[0] + word + ends[1]))
        elif kind < 0.35:
            yield chr(rng.choice((*range(0xD800), *range(0xE000, 0x11000)))) * rng.randint(1, 2)
        else:
            yield "".join(rng.choices(PIECES, k=rng.randint(1, 7)))


def written(values: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """A text that holds these strings, one at each place in turn, as keys, and in a list; and the data it is to be."""
    data: dict[str, Any] = {
        **dict.fromkeys(("plain", "single", "double", "literal", "folded", "last"), "x"),
        "list": ["x"],
        "flow": ["x", {"key": "x", "quoted": "x"}],
    }
    operations: list[Append | Set] = []
    for number, value in enumerate(values):
        pointer = POINTERS[number % len(POINTERS)]
        operations.append(Set(pointer, value))
        *above, last = pointer.split("/")[1:]
        node = data
        for step in above:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        node[int(last) if isinstance(node, list) else last] = value
    operations.append(Append("/all", list(values)))
    operations.append(Append("/keys", {value or "empty": value for value in values}))
    operations.append(Append("/flow/1/all", {"in": list(values)}))
    data["flow"][1]["all"] = [{"in": list(values)}]
    return rewrite(PLACES, operations), {**data, "all": [list(values)], "keys": [{v or "empty": v for v in values}]}


def misread(count: int, seed: int, readers: dict[str, Reader] = READERS) -> Iterator[tuple[str, list[str]]]:
    """The name of a reader and the strings of a text that it does not read as they were written."""
    waiting = [*strings(count, seed)]
    for start in range(0, count, len(POINTERS)):
        values = waiting[start : start + len(POINTERS)]
        text, data = written(values)
        for name, reader in readers.items():
            try:
                same = reader(text) == data
            except Exception:  # noqa: BLE001 - any failure of any reader is a finding
                same = False
            if not same:
                yield name, values


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    count, seed = (*numbers, *(24_000, 1)[len(numbers) :])
    found = [*misread(count, seed)]
    for name, values in found[:20]:
        sys.stdout.write(f"{name}: {values!a}\n")
    sys.stdout.write(f"{count} strings, seed {seed}; texts that a reader reads otherwise: {len(found)}\n")
    sys.exit(bool(found))
