"""How wide a terminal is, by what is known of it."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from crmtext.terminal import color

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")


@pytest.mark.parametrize("columns", ["", "0", "-5", "wide", "120", "１２０"])
def test_the_width_is_the_one_that_the_library_gives(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert color.columns() == shutil.get_terminal_size().columns


def test_a_terminal_says_how_wide_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    ours, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 97))
    with os.fdopen(ours, "wb"), os.fdopen(terminal, "w") as stream:
        monkeypatch.setattr(sys, "__stdout__", stream)
        assert (color.columns(), shutil.get_terminal_size().columns) == (97, 97)
