"""Words for a command line: what a real shell makes of them."""

from __future__ import annotations

import subprocess

import pytest

from crmtext.terminal import quoting

WORDS = [
    "皓润",
    "records/华东/C1.yaml",
    "a b",
    "$(touch x)",
    "it's",
    '"',
    "`id`",
    "a;b",
    "*",
    "~",
    "!x",
    "\\",
    "",
    "a\nb",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_shell_takes_a_quoted_word_for_itself(word: str) -> None:
    shell = subprocess.run(["sh", "-c", f"printf %s {quoting.quoted(word)}"], capture_output=True, check=True)
    assert shell.stdout.decode() == word


def test_chinese_stays_as_people_type_it() -> None:
    assert [quoting.quoted(word) for word in ("皓润", "a b")] == ["皓润", "'a b'"]
