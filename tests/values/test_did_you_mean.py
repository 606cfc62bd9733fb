"""Which known word a mistyped one was meant to be: one measure for keys, values, people and ids."""

import pytest

from crmtext.values.did_you_mean import did_you_mean, nearest


@pytest.mark.parametrize(
    ("typed", "known", "loose", "meant"),
    [
        ("lgo", ["list", "log"], False, "log"),
        (" Due_Date", ["due-date"], False, "due-date"),
        ("lisk", ["list"], False, "list"),
        ("lask", ["list"], False, ""),
        # Ids of one day have most of their characters in common.
        ("C20240501K7QX", ["C20240501AAAA", "C20240501K7QM"], False, "C20240501K7QM"),
        ("C20240501AAAM", ["C20240501K7QM"], False, ""),
        # An automatic fix needs a closer match than a hint.
        ("合做中", ["合作中"], False, ""),
        ("合做中", ["合作中"], True, "合作中"),
        ("王武", ["李四", "王五"], True, "王五"),
        ("x" * 201, ["x" * 200], False, ""),
    ],
)
def test_the_nearest_word_is_the_one_that_was_meant(typed: str, known: list[str], loose: bool, meant: str) -> None:
    assert nearest(typed, known, loose=loose) == meant


def test_the_hint_names_the_word_or_says_what_else_to_do() -> None:
    assert (did_you_mean("log", "see all"), did_you_mean("", "see all")) == ("did you mean 'log'?", "see all")
