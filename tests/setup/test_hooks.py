from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stores import opened

from crmtext.problem import CrmError
from crmtext.setup import hooks

if TYPE_CHECKING:
    from repos import Repo

RECORDS = {"records/C1.yaml": "id: C1\n"}


def script(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8")
    path.chmod(0o755)
    return path


def states(repo: Repo) -> list[tuple[str, str, bool]]:
    return [(hook.name, str(hook.state), hook.other) for hook in hooks.status(opened(repo))]


@pytest.fixture(autouse=True)
def two_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said here is said of any hook; a longer table changes nothing in it."""
    monkeypatch.setattr(hooks, "HOOKS", ("pre-commit", "pre-merge-commit"))


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A crmtext on the path that writes down what it is asked, and fails where a file `refuse` lies beside it."""
    log = tmp_path / "said"
    script(tmp_path / "bin" / "crmtext", f'echo "$@" >>"{log}"', f'! [ -e "{tmp_path}/refuse" ]')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    # No Python is recorded, so that the one on the path is asked.
    monkeypatch.setattr(sys, "executable", "")
    return log


def test_a_commit_asks_the_program_and_a_failing_check_stops_it(repo: Repo, said: Path) -> None:
    hooks.install(opened(repo))
    repo.write("records/C1.yaml", "id: C1\n")
    repo.git("add", ".")
    (said.parent / "refuse").touch()
    repo.git("commit", "-qm", "refused", check=False)
    assert repo.git("rev-parse", "--verify", "-q", "HEAD", check=False) == ""
    (said.parent / "refuse").unlink()
    repo.git("commit", "-qm", "accepted")
    assert said.read_text() == "hook pre-commit\nhook pre-commit\n"
    assert repo.git("log", "--format=%s") == "accepted"


def test_a_merge_asks_the_program_too(repo: Repo, said: Path) -> None:
    repo.commit(RECORDS)
    repo.git("switch", "-qc", "side")
    repo.commit({"records/C2.yaml": "id: C2\n"})
    repo.git("switch", "-q", "main")
    repo.commit({"records/C3.yaml": "id: C3\n"})
    hooks.install(opened(repo))
    repo.git("merge", "-q", "--no-edit", "side")
    assert said.read_text() == "hook pre-merge-commit\n"


def test_the_recorded_python_is_asked_before_the_path(repo: Repo, said: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = script(said.parent / "my env's" / "python", f'echo "python $@" >>"{said}"')
    monkeypatch.setattr(sys, "executable", str(python))
    hooks.install(opened(repo))
    repo.git("commit", "-q", "--allow-empty", "-m", "one")
    assert said.read_text() == "python -P -m crmtext hook pre-commit\n"
    python.unlink()
    repo.git("commit", "-q", "--allow-empty", "-m", "two")
    assert said.read_text() == "python -P -m crmtext hook pre-commit\nhook pre-commit\n"


def test_a_python_that_has_lost_the_program_is_passed_over(
    repo: Repo, said: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(script(said.parent / "python", "exit 1")))
    hooks.install(opened(repo))
    repo.git("commit", "-q", "--allow-empty", "-m", "one")
    assert said.read_text() == "hook pre-commit\n"


def test_a_module_in_the_checked_folder_is_not_run(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(hooks.__file__).parents[2]))
    hooks.install(opened(repo))
    for name in ("crmtext", "yaml", "click"):
        repo.write(f"{name}.py", "open('ran', 'w')\n")
    repo.git("commit", "-q", "--allow-empty", "-m", "one", check=False)
    assert not (repo.path / "ran").exists()


def test_without_the_program_the_hook_says_what_to_do_in_both_languages(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    hooks.install(opened(repo))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    words = repo.git("commit", "--allow-empty", "-m", "one", check=False)
    for expected in ("pipx install crmtext", "git commit --no-verify", "没有安装 crmtext"):
        assert expected in words
    assert repo.git("rev-parse", "--verify", "-q", "HEAD", check=False) == ""


def test_a_hook_that_was_there_runs_first_and_its_failure_counts(repo: Repo, said: Path) -> None:
    before = script(repo.path / ".git/hooks/pre-commit", f'echo "before $#" >>"{said}"')
    hooks.install(opened(repo))
    repo.git("commit", "-q", "--allow-empty", "-m", "one")
    assert said.read_text() == "before 0\nhook pre-commit\n"
    script(before.with_name("pre-commit.before-crmtext"), "exit 3")
    repo.git("commit", "-q", "--allow-empty", "-m", "two", check=False)
    assert repo.git("log", "--format=%s") == "one"
    assert said.read_text() == "before 0\nhook pre-commit\n"


def test_a_hook_that_git_passed_over_stays_passed_over(repo: Repo, said: Path) -> None:
    script(repo.path / ".git/hooks/pre-commit", "exit 1").chmod(0o644)
    hooks.install(opened(repo))
    repo.git("commit", "-q", "--allow-empty", "-m", "one")
    assert said.read_text() == "hook pre-commit\n"


def test_installing_twice_changes_nothing_and_an_older_shim_is_renewed(repo: Repo, said: Path) -> None:
    assert [hook.name for hook in hooks.install(opened(repo))] == ["pre-commit", "pre-merge-commit"]
    assert hooks.install(opened(repo)) == ()
    path = repo.path / ".git/hooks/pre-commit"
    current = path.read_bytes()
    path.write_bytes(current.replace(b"shim 1", b"shim 0"))
    assert states(repo) == [("pre-commit", "outdated", False), ("pre-merge-commit", "installed", False)]
    assert [hook.name for hook in hooks.install(opened(repo))] == ["pre-commit"]
    assert path.read_bytes() == current
    assert b"\r" not in current


def test_another_python_takes_over_by_installing_again(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks.install(opened(repo))
    monkeypatch.setattr(sys, "executable", "/opt/new/bin/python")
    assert [state for _name, state, _other in states(repo)] == ["installed", "installed"]
    hooks.install(opened(repo))
    assert "python=/opt/new/bin/python\n" in (repo.path / ".git/hooks/pre-commit").read_text()


@pytest.mark.parametrize("kind", ["script", "link"])
def test_uninstalling_puts_back_what_was_there(repo: Repo, kind: str) -> None:
    path = repo.path / ".git/hooks/pre-commit"
    if kind == "link":
        script(repo.path / "tools/check", "exit 0")
        path.parent.mkdir(exist_ok=True)
        path.symlink_to("../../tools/check")
    else:
        script(path, "echo mine")
    names = sorted(file.name for file in path.parent.iterdir())
    content = path.read_bytes()
    assert states(repo) == [("pre-commit", "missing", True), ("pre-merge-commit", "missing", False)]
    hooks.install(opened(repo))
    assert states(repo) == [("pre-commit", "installed", True), ("pre-merge-commit", "installed", False)]
    assert [hook.name for hook in hooks.uninstall(opened(repo))] == ["pre-commit", "pre-merge-commit"]
    assert hooks.uninstall(opened(repo)) == ()
    assert sorted(file.name for file in path.parent.iterdir()) == names
    assert (path.read_bytes(), path.is_symlink()) == (content, kind == "link")


def test_a_framework_that_keeps_us_as_its_earlier_hook_counts_as_installed(repo: Repo, said: Path) -> None:
    hooks.install(opened(repo))
    path = repo.path / ".git/hooks/pre-commit"
    path.rename(path.with_name("pre-commit.legacy"))
    script(path, '"$0.legacy" "$@" || exit $?', f'echo framework >>"{said}"')
    assert states(repo)[0] == ("pre-commit", "installed", True)
    assert hooks.install(opened(repo)) == ()
    repo.git("commit", "-q", "--allow-empty", "-m", "one")
    assert said.read_text() == "hook pre-commit\nframework\n"


LEGACY = 'if [ -x "${0%/*}/pre-commit.legacy" ]; then "${0%/*}/pre-commit.legacy" "$@" || exit $?; fi'
FRAMEWORK = (
    "# File generated by pre-commit: https://pre-commit.com",
    '[ -z "$RUNS" ] || exit 1',
    "export RUNS=1",
    LEGACY,
)


@pytest.mark.parametrize("lines", [FRAMEWORK, (LEGACY,)], ids=["refuses to be called by itself", "calls without end"])
def test_a_framework_that_takes_its_place_again_makes_no_circle(repo: Repo, said: Path, lines: tuple[str, ...]) -> None:
    path = repo.path / ".git/hooks/pre-commit"
    script(path, *lines)
    hooks.install(opened(repo))
    path.rename(path.with_name("pre-commit.legacy"))
    script(path, *lines)
    repo.git("commit", "-q", "--allow-empty", "-m", "one")
    assert said.read_text() == "hook pre-commit\n"
    hooks.uninstall(opened(repo))
    names = [file.name for file in path.parent.iterdir() if file.suffix != ".sample"]
    assert sorted(names) == (["pre-commit"] if lines is FRAMEWORK else ["pre-commit", "pre-commit.legacy"])


def test_two_foreign_hooks_in_one_place_are_not_written_over(repo: Repo) -> None:
    folder = repo.path / ".git/hooks"
    script(folder / "pre-commit", "echo new")
    script(folder / "pre-commit.before-crmtext", "echo old")
    with pytest.raises(CrmError) as caught:
        hooks.install(opened(repo))
    assert caught.value.problem.rule == "hook-in-the-way"
    assert "echo new" in (folder / "pre-commit").read_text()
    assert "echo old" in (folder / "pre-commit.before-crmtext").read_text()


def test_a_hooks_path_elsewhere_is_refused_with_the_lines_to_add(repo: Repo) -> None:
    repo.git("config", "core.hooksPath", ".githooks")
    with pytest.raises(CrmError) as caught:
        hooks.install(opened(repo))
    assert caught.value.problem.rule == "hooks-elsewhere"
    for name in hooks.HOOKS:
        assert f'{repo.path}/.githooks/{name}: crmtext hook {name} "$@" || exit $?' in caught.value.problem.hint
        script(repo.path / ".githooks" / name, f'crmtext hook {name} "$@" || exit $?')
    assert hooks.install(opened(repo)) == ()
    assert states(repo) == [("pre-commit", "installed", True), ("pre-merge-commit", "installed", True)]


def test_a_hooks_path_that_names_the_own_folder_is_no_obstacle(repo: Repo) -> None:
    repo.git("config", "core.hooksPath", ".git/hooks")
    hooks.install(opened(repo))
    assert [state for _name, state, _other in states(repo)] == ["installed", "installed"]


@pytest.mark.parametrize(
    ("scopes", "command"),
    [
        (["local"], "git config --unset-all core.hooksPath"),
        (["global"], "git config core.hooksPath .git/hooks"),
        (["global", "local"], "git config core.hooksPath .git/hooks"),
        (["worktree"], "git config --worktree --unset-all core.hooksPath"),
        (["local", "worktree"], "git config --worktree core.hooksPath .git/hooks"),
    ],
    ids=" and ".join,
)
def test_the_command_that_is_shown_takes_the_hooks_from_the_clone(
    repo: Repo, scopes: list[str], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
    repo.git("config", "extensions.worktreeConfig", "true")
    for scope in scopes:
        repo.git("config", f"--{scope}", "core.hooksPath", str(tmp_path / scope))
    with pytest.raises(CrmError) as caught:
        hooks.install(opened(repo))
    assert f": {command}; or" in caught.value.problem.hint
    repo.git(*command.split()[1:])
    assert [hook.path.parent for hook in hooks.install(opened(repo))] == [repo.path / ".git/hooks"] * 2


def test_the_command_names_the_folder_where_git_is_elsewhere(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(RECORDS)
    linked = repo.worktree("other")
    (repo.path.parent / "settings").write_text("[core]\n\thooksPath = /nowhere\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repo.path.parent / "settings"))
    assert hooks.own_folder_command(opened(linked)) == f"git config core.hooksPath {repo.path}/.git/hooks"


def test_a_python_of_another_program_does_not_reach_the_hook(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hooks.install(opened(repo))
    (tmp_path / "crmtext.py").write_text(f"open('{tmp_path}/ran', 'w')\n")
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    repo.write("crmtext.toml", "")
    repo.git("add", ".")
    repo.git("commit", "-qm", "checked")
    assert (repo.git("log", "--format=%s"), (tmp_path / "ran").exists()) == ("checked", False)


def test_a_linked_work_tree_shares_the_hooks_of_its_repository(repo: Repo, said: Path) -> None:
    repo.commit(RECORDS)
    other = repo.worktree("other")
    hooks.install(opened(other))
    assert (
        states(repo) == states(other) == [("pre-commit", "installed", False), ("pre-merge-commit", "installed", False)]
    )
    other.git("commit", "-q", "--allow-empty", "-m", "one")
    assert said.read_text() == "hook pre-commit\n"


def test_a_repository_without_a_hooks_folder_gets_one(repo: Repo) -> None:
    folder = repo.path / ".git/hooks"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    hooks.install(opened(repo))
    assert sorted(file.name for file in folder.iterdir()) == ["pre-commit", "pre-merge-commit"]
