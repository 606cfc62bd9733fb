"""Where tables and settings stand in the text of the settings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.settings import read, read_around
from crmtext.settings.places import line_of, named_at, place

VIEWS = """\
[views]
late = '''
[team]
lost = 1
'''
ours = [
    "a", # ]
    "b = ]",
]
lost = "status = lost" # [team]

[team]
lilei = { name = "name = x", email = 5 }
"a.b".email = "x"
"""


@pytest.mark.parametrize(
    ("table", "key", "line", "column"),
    [
        ("views", "late", 2, 1),
        ("views", "ours", 6, 1),
        ("views", "lost", 10, 1),
        ("team", "", 12, 2),
        ("team", "lilei", 13, 1),
        ("team.lilei", "email", 13, 30),
        ('team."a.b"', "email", 14, 1),
        ("team.lucy", "email", 12, 2),
        ("store", "", 1, 1),
    ],
)
def test_a_name_is_found_where_it_is_set_and_not_within_a_value(table: str, key: str, line: int, column: int) -> None:
    assert place(VIEWS, table, key) == (line, column, VIEWS.split("\n")[line - 1] if table != "store" else "")


def test_a_bracket_that_is_not_closed_takes_one_setting_along() -> None:
    text = '[check]\nignore = ["a",\n"b"\nrecommend = []\n[team]\n'
    assert [named_at(text, line) for line in range(1, 6)] == [
        ("check",), ("check", "ignore"), (), ("check", "recommend"), ("team",)
    ]  # fmt: skip


values = st.sampled_from(
    [
        '"a"',
        "1",
        "true",
        "'[x]'",
        '"""\n[a]\nb = 1\n"""',
        "'''\nb = 2\n'''",
        '[\n"b = 1", # c\n[1, 2],\n]',
        '{ b = "]" }',
    ]
)
entries = st.lists(st.tuples(st.sampled_from(["", "# a = 1\n", "\n", "  "]), values), max_size=8)


@given(st.lists(entries, max_size=4))
def test_every_setting_is_found_in_its_line(tables: list[list[tuple[str, str]]]) -> None:
    text, wanted = "", {}
    for number, table in enumerate(tables):
        wanted[f"t{number}"] = text.count("\n") + 1
        text += f"[t{number}]\n"
        for at, (before, value) in enumerate(table):
            text += before
            wanted[f"t{number}.k{at}"] = text.count("\n") + 1
            text += f"k{at} = {value}\n"
    assert {name: line_of(text, name) for name in wanted} == wanted


def test_text_that_matches_in_many_ways_is_read_in_one_pass() -> None:
    # Each took minutes, as the pattern went back over the blanks or the quotes again and again.
    blanks, quotes = " " * 200_000, r"\"" * 100_000
    for end in (f"[{blanks}", f'[store]\nname = "{quotes}', f"x = [{blanks}"):
        assert line_of(f"[team]\n{end}", "team") == 1
    assert named_at(f"[ store {blanks}]\nname = 'x'\n", 2) == ("store", "name")


def test_as_many_settings_as_a_file_can_hold_are_found_in_one_pass() -> None:
    # Looked for one by one they took minutes.
    many = "".join(f"v{number} = 'x'\n" for number in range(16_000))
    assert read(f"[views]\n{many}".encode()).views_at["v15999"][:2] == (16_001, 1)
    assert len(read_around(f"[store]\n{many}".encode())[1]) == 16_000
