"""Text that begins with a dash, in every command that takes text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

if TYPE_CHECKING:
    from repos import Repo

ID = "C20240501001"


@pytest.fixture
def run(repo: Repo, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    stores.made(repo.path, stores.record())
    return stores.Program(capsys, repo.path)


def held(run: stores.Program) -> str:
    """What the records hold, whatever is in quotes there."""
    texts = (file.read_text("utf-8") for file in sorted((run.folder / "records").iterdir()))
    return "".join(texts).replace('"', "")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("log", ID, "phone", "-5% 折扣可以"), "    summary: -5% 折扣可以\n"),
        (("log", ID, "phone", "-5%", "--by", "hanmei"), "  - date: 2026-11-20\n    by: hanmei\n"),
        (("log", ID, "--by", "hanmei", "phone", "- 报价已发"), "    summary: - 报价已发\n"),
        (("log", ID, "phone", "--- 转述 ---"), "    summary: --- 转述 ---\n"),
        (("log", ID, "phone", "--报价"), "    summary: --报价\n"),
        (("log", ID, "phone", "-"), "    summary: -\n"),
        (("log", ID, "phone", "--", "-x"), "    summary: -x\n"),
        (("log", "--by", "hanmei", "--", ID, "phone", "--by"), "    summary: --by\n"),
        (("log", ID, "phone", "报价", "--details", "-x"), "    details: -x\n"),
        (("add", "-X公司", "--type", "company"), "name: -X公司\n"),
        (("set", ID, "notes=-x"), "notes: -x\n"),
        (("append", ID, "needs", "description=- 64 点"), "description: - 64 点\n"),
        (("append", ID, "tags", "-5度"), "-5度"),
        (("status", ID, "lost", "--reason", "-"), "reason: -\n"),
        (("status", ID, "lost", "--reason", "-5% 太贵"), "reason: -5% 太贵\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_can_be_no_option_is_text(run: stores.Program, words: tuple[str, ...], line: str) -> None:
    result = run(*words)
    assert (result.code, line in held(run)) == (0, True), (result.err, held(run))


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("log", ID, "phone", "-x"), f"crmtext log -- {ID} phone -x"),
        (("log", ID, "phone", "--quote", "--by", "hanmei"), f"crmtext log --by hanmei -- {ID} phone --quote"),
        (("add", "-Q", "--type", "company"), "crmtext add --type company -- -Q"),
        (("append", ID, "notes", "-zz"), f"crmtext append -- {ID} notes -zz"),
    ],
)
def test_what_may_be_an_option_is_an_error_with_the_line_that_makes_it_text(
    run: stores.Program, words: tuple[str, ...], hint: str
) -> None:
    before = held(run)
    result = run(*words)
    assert (result.code, result.err.splitlines()[1]) == (2, f"  = if it is text, put -- in front of it: {hint}")
    assert held(run) == before


def test_a_command_without_room_for_more_text_suggests_its_help(run: stores.Program) -> None:
    result = run("edit", ID, "--quick")
    assert (result.code, result.err.splitlines()[1]) == (2, "  = for usage, see 'crmtext edit --help'")


def test_options_that_are_near_or_elsewhere_are_named_as_before(run: stores.Program) -> None:
    assert "did you mean '--by'" in run("log", ID, "phone", "x", "--bye", "y").err
    assert "crmtext list --where overdue" in run("list", "--overdue").err
    assert "unknown option '--force'" in run("doctor", "--force").err
