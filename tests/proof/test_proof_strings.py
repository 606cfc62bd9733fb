from __future__ import annotations

import pytest
from nasty import READERS, misread, written

from crmtext.problem import CrmError


def test_every_reader_reads_what_is_written() -> None:
    assert [*misread(420, 1)] == []


@pytest.mark.long
def test_every_reader_reads_24000_nasty_strings_as_they_were_written() -> None:
    assert [*misread(24_000, 2)] == []


def test_a_reader_that_reads_otherwise_is_found() -> None:
    other = {"deaf": lambda text: READERS["libyaml"](text.replace("'no'", "no"))}
    assert [name for name, _values in misread(12, 1, other)] == ["deaf"]


@pytest.mark.parametrize("half", ["\ud800", "x\udfff"], ids=ascii)
def test_half_a_character_is_refused(half: str) -> None:
    with pytest.raises(CrmError, match="half a character"):
        written([half])
