"""Names found in texts that are not read as YAML."""

from __future__ import annotations

import pytest

from crmtext.text.read.name_lines import names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: C1\nname: 云帆贸易\nshort_name: 云帆\n", ("云帆贸易", "云帆")),
        ("name: 'A: B'\r\n", ("A: B",)),
        ('name:  "云帆"   # as they sign\n', ("云帆",)),
        ("name: C#\n", ("C#",)),
        ("name: # none\nname:none\n  name: of a contact\nnames: x\n", ()),
        ("<<<<<<< ours\nname: A\n=======\nname: B\n>>>>>>> theirs\n", ("A", "B")),
    ],
)
def test_names(text: str, expected: tuple[str, ...]) -> None:
    assert names(text) == expected


def test_long_rows_of_blanks_are_read_once() -> None:
    # 100,000 blanks took more than a minute.
    blanks = " " * 200_000
    assert names(f"name: a{blanks}b\nname: c{blanks}#{blanks}d\n") == (f"a{blanks}b", "c")
