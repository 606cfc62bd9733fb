"""The pictures in the READMEs show what the program prints."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[1] / "docs/pictures"
SPEC = importlib.util.spec_from_file_location("make_pictures", PICTURES / "make.py")
assert SPEC is not None
assert SPEC.loader is not None
MAKE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MAKE)


@pytest.mark.skipif(sys.platform == "win32", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("language", MAKE.COMMANDS)
def test_the_picture_of_the_terminal_shows_what_is_printed_now(language: str) -> None:
    """When this fails: python docs/pictures/make.py."""
    assert MAKE.transcript(language) == (PICTURES / f"terminal.{language}.txt").read_text("utf-8")


@pytest.mark.parametrize("theme", MAKE.PAPER)
def test_colours_become_spans_and_text_stays_text(theme: str) -> None:
    red = MAKE.COLOURS["31"][theme == "dark"]
    assert MAKE.painted("a <b>\x1b[31m\x1b[1merror\x1b[0m: c", theme) == (
        f'a &lt;b&gt;<span style="color:{red};font-weight:bold;">error</span>: c'
    )
