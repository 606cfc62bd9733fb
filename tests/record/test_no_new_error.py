"""No writing command that succeeds leaves an error that was not there, on the disk or in the last commit.

Checks that nobody ships are among those that judge: no command can know what they compare. Left out are `check --fix`
and `undo`: a fix may bring an error to light, and what is undone may bring one back.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import made_up
import pytest
import stores
from hypothesis import given, settings
from hypothesis import strategies as st
from random_stores import NUMBERS, commit, edit, git, stored

from crmtext import checks
from crmtext.index import lookup
from crmtext.problem import Problem, Severity, unknown
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from crmtext.snapshot import Snapshot

STATUS = ("lead", "prospect", "paused", "lost")
WORDS = ("甲", "甲乙", "乙丙", "Alpha", "alpha")


@pytest.fixture(params=["shipped", "made up"])
def made_up_checks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of checks as shipped, and with the made-up ones."""
    for name, place in made_up.CHECKS.items() if request.param == "made up" else ():
        monkeypatch.setitem(checks.CHECKS, name, place)  # type: ignore[arg-type]  # it is a dict


def command(random: Random) -> tuple[str, ...]:
    """A writing command, mostly of one of the customers."""
    one, other = (f"C20240501{random.choice(NUMBERS)}" for _ in range(2))
    kind, day = random.choice(("parent", "parent", "partner")), random.choice(("2026-11-19", "昨天", "today"))
    number = random.choice(NUMBERS)
    return random.choice(
        (
            ("set", one, f"short_name={random.choice(WORDS)}"),
            ("set", one, f"aliases={random.choice(WORDS)}"),
            ("set", one, f"tags+={random.choice(('SMT', 'VIP'))}", f"notes={random.choice(WORDS)}"),
            ("set", one, f"owner={random.choice(('lilei', 'hanmei', 'liuyang'))}"),
            ("set", one, f"relations[0].id={other}"),
            ("set", one, "relations="),
            ("set", one, f"merged_from+={other}"),
            ("set", one, f"name=示例{random.choice(WORDS)}厂"),
            ("set", "--where", "status == 'lead'", f"status={random.choice(STATUS)}"),
            ("append", one, "relations", f"id={other}", f"kind={kind}"),
            ("append", one, "contacts", f"name={random.choice(WORDS)}"),
            ("status", one, random.choice(STATUS), "--reason", "预算"),
            ("log", one, "phone", "谈了价格", "--by", "lilei", "--date", day, "--next", "发送方案", "--due", "+3d"),
            ("done", one),
            ("add", f"示例{random.choice(WORDS)}厂", "--force", "--id", f"C20240501{number}", "--owner", "lilei"),
            ("add", f"新{random.random()}厂", "--set", f"short_name={random.choice(WORDS)}", "--owner", "lilei"),
            ("rm", one, *random.choice(((), ("--force",)))),
            ("rename", one, "--id", other),
            ("rename", one, "--new-id"),
            ("rename", one, "--slug", "x"),
            ("archive", one, *random.choice(((), ("--back",)))),
            ("handover", "--from", "lilei", "--to", "hanmei"),
            ("handover", "--from", "hanmei", "--to", "lilei"),
            ("fmt", "--write"),
        )
    )


def errors(snapshot: Snapshot) -> list[Problem]:
    return [problem for problem in checks.run(snapshot) if problem.severity is Severity.ERROR]


def nothing_new(root: Path, random: Random, capsys: pytest.CaptureFixture[str], commands: int) -> int:
    """Run random commands; how many of them did something."""
    crmtext = stores.Program(capsys, root)
    done = 0
    for _each in range(commands):
        if random.random() < 0.2:
            edit(random, root)
        if random.random() < 0.2:
            commit(root)
        typed = command(random)
        if typed[0] != "fmt":
            typed += (random.choice(("--commit", "--no-commit")),)
        store = Store(root)
        before, held, files = errors(store.worktree()), errors(store.at("HEAD")), stores.files(root)
        result = crmtext(*typed)
        assert result.code in (0, 1, 2, 3), (typed, result.err)
        store = Store(root)
        new = unknown(errors(store.worktree()), before, moved=True)
        new += unknown(errors(store.at("HEAD")), held, moved=True)
        assert result.code or new == [], typed
        changed = files != stores.files(root)
        assert not (result.code and changed and typed[0] != "fmt"), (typed, result.err)
        done += changed
    return done


@pytest.mark.parametrize("quick", ["", "off"])
@pytest.mark.usefixtures("made_up_checks")
def test_a_command_that_succeeds_leaves_no_new_error(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    quick: str,
) -> None:
    many(tmp_path_factory, capsys, monkeypatch, quick, examples=1)


@pytest.mark.long
@pytest.mark.parametrize("quick", ["", "off"])
@pytest.mark.usefixtures("made_up_checks")
def test_a_command_that_succeeds_leaves_no_new_error_for_long(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    quick: str,
) -> None:
    many(tmp_path_factory, capsys, monkeypatch, quick, examples=25)


def many(
    factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    quick: str,
    examples: int,
) -> None:
    monkeypatch.setattr(lookup, "WORTHWHILE", 0)
    monkeypatch.setenv("CRMTEXT_QUICK", quick)

    @settings(max_examples=examples, derandomize=examples == 1)
    @given(seed=st.integers(0, 10**9))
    def holds(seed: int) -> None:
        random = Random(seed)
        root = stored(factory.mktemp("store"), random)
        git(root, "config", "user.name", "李雷")
        git(root, "config", "user.email", "lilei@example.com")
        assert nothing_new(root, random, capsys, 8) >= 0

    holds()
