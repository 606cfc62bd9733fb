"""The hooks beside other tools, with those tools themselves: pre-commit and prek in a consumer's repository, husky."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import stores
from repos import Repo

from crmtext.setup import hooks

ONE, TWO = stores.path("001"), stores.path("002")
MANIFEST = ".pre-commit-hooks.yaml"
#: As in the README, but the program is the one that is tested, and not one that the framework installs by the network.
CONFIG = """\
repos:
  - repo: {tool}
    rev: {rev}
    hooks:
      - id: crmtext-check
        language: system
"""
FRAMEWORKS = {"pre-commit": "pre_commit", "prek": "prek"}


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`crmtext` on the path, and the frameworks' own folders in a temporary place."""
    shim = tmp_path / "bin/crmtext"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv(
        "PATH", os.pathsep.join((str(shim.parent), str(Path(sys.executable).parent), os.environ["PATH"]))
    )
    monkeypatch.setenv("PYTHONPATH", str(stores.ROOT))
    for name in ("PRE_COMMIT_HOME", "PREK_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def tool(tmp_path: Path) -> Repo:
    """A repository with our manifest, as a consumer's configuration names it."""
    repo = Repo(tmp_path / "tool")
    repo.path.mkdir()
    repo.git("init", "-q", "-b", "main")
    repo.commit({MANIFEST: (stores.ROOT / MANIFEST).read_text("utf-8")})
    return repo


@pytest.fixture(params=sorted(FRAMEWORKS))
def framework(request: pytest.FixtureRequest) -> str:
    if importlib.util.find_spec(FRAMEWORKS[request.param]) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


def call(repo: Repo, *command: str) -> tuple[int, str]:
    done = subprocess.run(command, cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode()


def consumer(repo: Repo, tool: Repo) -> Repo:
    config = CONFIG.format(tool=tool.path, rev=tool.git("rev-parse", "HEAD"))
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record(), ".pre-commit-config.yaml": config}, "store")
    return repo


def made(repo: Repo, *arguments: str) -> tuple[bool, str]:
    """Whether git makes the commit, and what is said."""
    before = repo.git("rev-parse", "HEAD")
    output = repo.git("commit", "-m", "change", *arguments, check=False)
    return repo.git("rev-parse", "HEAD") != before, output


def ours(repo: Repo) -> None:
    hooks.install(stores.opened(repo))


def test_a_framework_runs_the_check_on_what_is_staged(repo: Repo, tool: Repo, framework: str) -> None:
    consumer(repo, tool)
    assert call(repo, framework, "install")[0] == 0
    repo.write(ONE, stores.record(status="合作中"))
    taken, output = made(repo, "-a")
    assert (taken, "check customer records" in output, f"{ONE}:4:9: error" in output) == (False, True, True)
    repo.write(ONE, stores.record(status="prospect"))
    assert made(repo, "-a")[0] is True
    repo.git("rm", "-q", "crmtext.toml")
    assert made(repo)[0] is False, "a deletion is looked at, too"


def test_a_framework_looks_through_a_whole_repository(repo: Repo, tool: Repo, framework: str) -> None:
    consumer(repo, tool)
    code, output = call(repo, framework, "run", "--all-files")
    assert code == 0, output
    repo.write(ONE, stores.record(status="合作中"))
    repo.git("add", ONE)
    assert call(repo, framework, "run", "--all-files")[0] == 1


@pytest.mark.parametrize("first", ["ours", "framework"])
def test_the_two_ways_live_side_by_side(repo: Repo, tool: Repo, framework: str, first: str) -> None:
    consumer(repo, tool)
    steps = [lambda: ours(repo), lambda: call(repo, framework, "install")]
    for step in steps if first == "ours" else steps[::-1]:
        step()
    repo.write(ONE, stores.record(status="合作中"))
    taken, output = made(repo, "-a")
    assert (taken, "[unknown-value]" in output) == (False, True)
    repo.write(ONE, stores.record(status="prospect"))
    taken, output = made(repo, "-a")
    assert taken, output


def test_husky_or_another_folder_of_hooks_takes_one_line(repo: Repo) -> None:
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record()}, "store")
    repo.git("config", "core.hooksPath", ".husky/_")
    # As husky 9 lays them: a runner in `_`, which calls the file that the team has written.
    runner = repo.write(".husky/_/pre-commit", '#!/bin/sh\nsh -e "$(dirname "$0")/../pre-commit" "$@"\n')
    runner.chmod(0o755)
    repo.write(".husky/pre-commit", 'echo "other work"\ncrmtext hook pre-commit "$@" || exit $?\n')
    repo.write(ONE, stores.record(status="合作中"))
    taken, output = made(repo, "-a")
    assert (taken, "other work" in output, "[unknown-value]" in output) == (False, True, True)
    repo.write(ONE, stores.record(status="prospect"))
    assert made(repo, "-a")[0] is True


def patched(repo: Repo) -> tuple[int, str]:
    """What `git commit -p` comes to, where the user takes the first part."""
    command = ["git", "commit", "-q", "-p", "-m", "part"]
    done = subprocess.run(command, cwd=repo.path, input=b"y\n", capture_output=True, check=False)
    return done.returncode, done.stderr.decode()


def test_a_patch_and_a_named_file_are_judged_by_what_they_take_along(repo: Repo) -> None:
    repo.commit({"crmtext.toml": stores.TEAM, ONE: stores.record(), TWO: stores.record("002", "无锡东方")}, "store")
    ours(repo)
    repo.write(ONE, stores.record(status="nonsense"))
    repo.write(TWO, stores.record("002", "无锡东方", status="prospect"))
    assert made(repo, TWO)[0] is True
    repo.git("add", ONE)
    assert made(repo, "--only", "--allow-empty", "--", TWO)[0] is True
    assert patched(repo)[0] == 1
    repo.git("reset", "-q", ONE)
    assert "[unknown-value]" in patched(repo)[1]
