"""Every kind of mistake, planted into valid records: found on its line, and nobody else is blamed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import mistakes
import pytest

from crmtext.setup.demo import generate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dozen generated customers."""
    folder = tmp_path_factory.mktemp("mistakes") / "store"
    generate.generate(folder, 24, 1)
    shutil.rmtree(folder / ".git")
    return folder


@pytest.mark.parametrize("mistake", mistakes.MISTAKES, ids=lambda each: f"{each.rule}-{len(each.text)}")
def test_mistake_is_found_on_its_line_and_no_other_record_is_blamed(store: Path, mistake: mistakes.Mistake) -> None:
    planted = list(mistakes.verdicts(store, (mistake,), each=2))
    assert planted
    assert [each for each in planted if not each.found] == []
    assert [each.others for each in planted if each.others] == []


@pytest.mark.parametrize(
    ("mistake", "text", "data", "line"),
    [
        (mistakes.Mistake("x", "b: 2\nc: 3¶"), "a: 1\n", b"a: 1\nb: 2\nc: 3\n", 3),
        (mistakes.Mistake("x", "a: 2¶", at="a: .*"), "b: 1\na: 1\nc: 1\n", b"b: 1\na: 2\nc: 1\n", 2),
        (mistakes.Mistake("x", "b: \udcff¶"), "a: 1\n", b"a: 1\nb: \xff\n", 2),
        (mistakes.Mistake("x", "", at="a: .*"), "a: 1\nb: 1\n", b"\nb: 1\n", 1),
    ],
    ids=["appended", "in the place of a line", "bytes that are no text", "a line taken away"],
)
def test_mistake_is_planted_where_it_is_said_to_be(
    mistake: mistakes.Mistake, text: str, data: bytes, line: int
) -> None:
    assert mistakes.plant(mistake, text) == mistakes.Planted(data, line)


def test_what_stands_under_the_key_makes_room_for_the_mistake() -> None:
    planted = mistakes.plant(mistakes.Mistake("x", "a: 2¶"), "a:\n  - 1\n\nb: 1\n")
    assert planted == mistakes.Planted(b"b: 1\na: 2\n", 2)


def test_mistake_is_planted_only_where_it_is_one() -> None:
    assert mistakes.plant(mistakes.Mistake("x", "a: 2¶", where="^type: person"), "type: company\n") is None
