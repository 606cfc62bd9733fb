"""Comments in records that have a warning ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

from crmtext import checks

if TYPE_CHECKING:
    from pathlib import Path

HERE = "website: https://shili.example.com\n"


def rules(more: str) -> list[str]:
    return [problem.rule for problem in checks.run(stores.snapshot(stores.record("001", more=more)))]


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ('phones: ["1234"]\n', ["phone-form"]),
        ('phones: ["1234"] # crmtext: ignore phone-form 短号\n', []),
        ('# crmtext: ignore phone-form 短号\nphones: ["1234"]\n', []),
        ('# crmtext: ignore phone-form 短号\n# more\n\nphones: ["1234"]\n', []),
        ('# crmtext: ignore industry-code 短号\nphones: ["1234"]\n', ["phone-form"]),
        (f'# crmtext: ignore phone-form 短号\n{HERE}phones: ["1234"]\n', ["phone-form"]),
        ('phones: ["1234"] # crmtext: ignore phone-form\n', ["ignore-comment", "phone-form"]),
        ('phones: ["1234"] # crmtext: ignore phone-from 短号\n', ["ignore-comment", "phone-form"]),
        ('phones: ["1234"] # crmtext: ignore\n', ["ignore-comment", "phone-form"]),
        ('phones: ["1234"]\nnotes: |\n  # crmtext: ignore phone-form\n', ["phone-form"]),
        ("collaborators: [nobody] # crmtext: ignore team-member 新同事\n", ["team-member"]),
    ],
)
def test_a_warning_is_ignored_on_its_line_or_the_one_above_and_with_a_reason(more: str, left: list[str]) -> None:
    assert sorted(rules(more)) == left


def test_an_unknown_rule_is_told_with_the_nearest_one() -> None:
    (problem,) = checks.run(stores.snapshot(stores.record("001", more="# crmtext: ignore phone-from 短号\n")))
    assert (problem.message, problem.hint, problem.place.line, problem.place.column) == (
        "unknown rule 'phone-from'",
        "did you mean 'phone-form'?",
        8,
        1,
    )


def test_what_is_ignored_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = stores.record("001", more='phones: ["1234"] # crmtext: ignore phone-form 短号\n')
    program = stores.Program(capsys, stores.made(tmp_path, text))
    assert program("check").out == "1 record checked, no problems (1 warning ignored by a comment)\n"
    assert program("check", "--format", "json").data["ignored"] == 1
