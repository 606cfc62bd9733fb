"""The command line of reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    return stores.Program(capsys, stores.made(tmp_path / "store", stores.record("001")))


def test_a_review_is_of_one_kind(program: stores.Program) -> None:
    done = program("review", "--weekly", "--monthly")
    assert (done.code, done.out) == (2, "")
    assert "--weekly and --monthly can't be combined" in done.err


def test_a_review_is_weekly_unless_another_kind_is_given(program: stores.Program) -> None:
    assert program("review").out == program("review", "--weekly").out
    assert [
        program("review", option).out.partition("\n")[0] for option in ("--weekly", "--monthly", "--quarterly")
    ] == [
        "# Weekly review",
        "# Monthly review",
        "# Quarterly review",
    ]


def test_without_git_there_is_no_list_of_idle_deals(program: stores.Program) -> None:
    done = program("review", "--format", "json")
    assert "idle-deals" not in done.data["lists"]
    assert done.err == "without git, these lists are left out: Idle deals\n"
    assert program("review", "--quarterly").err == ""
