from __future__ import annotations

import pytest

from crmtext.text.edit.style import Style, detect
from crmtext.text.tree import compose

TEXTS: dict[str, tuple[str, Style]] = {
    "nothing to go by": ("a: 1\n", Style()),
    "lists at the column of their key": ("a:\n- x\nb:\n- y\nc:\n  - z\n", Style(list_step=0, dashed=frozenset("abc"))),
    "wide steps": ("a:\n    b:\n        c: 1\n", Style(map_step=4)),
    "a gap behind the dash": ("a:\n  -   b: 1\n      c: 2\n", Style(gap=3)),
    "single quotes": ("a: 'x'\nb: \"y\"\nc: 'z'\n", Style(quote="'")),
    "line ends of Windows": ("a: 1\r\nb: 2\r\nc: 3\n", Style(newline="\r\n")),
    "an anchor is no step": ("a: &x\n  b: 1\n", Style()),
    "brackets say nothing of steps": ("a: [\n      x]\n", Style(bracketed=frozenset("a"))),
    "lists of maps are neither": ("a: [{b: 1}]\nc:\n  - d: [x]\n", Style(bracketed=frozenset({"c[].d"}))),
    "lists are as most of the same key": (
        "a:\n  - b: [1]\n  - b: [2]\n  - b:\n      - 3\n",
        Style(bracketed=frozenset({"a[].b"})),
    ),
}


@pytest.mark.parametrize(("text", "style"), TEXTS.values(), ids=list(TEXTS))
def test_the_style_is_that_of_most_of_the_file(text: str, style: Style) -> None:
    assert detect(text, compose(text)) == style
