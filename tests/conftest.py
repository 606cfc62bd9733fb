"""The same git, day and language for every test, and repositories to try things on."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "李雷",
    "GIT_AUTHOR_EMAIL": "lilei@example.com",
    "GIT_AUTHOR_DATE": "2026-11-20T12:00:00+08:00",
    "GIT_COMMITTER_NAME": "李雷",
    "GIT_COMMITTER_EMAIL": "lilei@example.com",
    "GIT_COMMITTER_DATE": "2026-11-20T12:00:00+08:00",
    "CRMTEXT_TODAY": "2026-11-20",
    "CRMTEXT_LANG": "en",
    "TZ": "Asia/Shanghai",
}

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

#: Folders, files and single tests that drive real servers, hooks, editors, a browser or kills, or try many random
#: inputs. All the others make up the quick tier, `pytest -m quick`.
SLOW = frozenset(
    {
        "faults", "hostile", "merge", "proof",
        "test_again.py", "test_canonical.py", "test_check_sides.py", "test_commit.py", "test_committing.py",
        "test_completion.py", "test_diff_sides.py", "test_doctor.py", "test_edit_command.py", "test_editors.py",
        "test_errors_page.py", "test_examples.py", "test_forges.py", "test_frameworks.py", "test_gate.py",
        "test_inherited.py", "test_meta_schema.py", "test_mistakes.py", "test_moments.py", "test_packaging.py",
        "test_pictures.py", "test_protected.py", "test_publishing.py", "test_pushed.py", "test_readme.py",
        "test_repair.py", "test_report_browser.py", "test_resolving.py", "test_sample.py", "test_sending.py",
        "test_standing.py", "test_start_up.py", "test_starting.py", "test_stepping.py", "test_sync.py",
        "test_two_clones.py", "test_walking.py", "test_workflows.py",
        "test_no_new_error.py", "test_related.py::test_whatever_a_check_compares",
        "test_numbers.py::test_hardly_a_number_by_chance_is_taken_for_one",
        "test_parse.py::test_hostile_bulk_is_answered",
    }
)  # fmt: skip

# What its assertions compare is to be shown as in a test.
pytest.register_assert_rewrite("spoil")

# Background jobs ignore interrupts, and what nohup starts hang-ups; so would every process that a test stops.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclass(frozen=True)
class Repo:
    """A git repository in a temporary folder, driven as a user would."""

    path: Path

    def git(self, *args: str, check: bool = True) -> str:
        """What the user's git prints, both streams."""
        done = subprocess.run(
            ["git", *args], cwd=self.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        output = done.stdout.decode(errors="surrogateescape")
        assert not (check and done.returncode), f"git {' '.join(args)}: {output}"
        return output.rstrip("\n")

    def write(self, path: str, text: str) -> Path:
        """Write a file as an editor would, without staging it."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def commit(self, files: dict[str, str], message: str = "change") -> str:
        """Write, stage and commit; the new commit's id."""
        for path, text in files.items():
            self.write(path, text)
        self.git("--literal-pathspecs", "add", "--", *files)
        self.git("commit", "-q", "--no-verify", "-m", message)
        return self.git("rev-parse", "HEAD")

    def worktree(self, name: str) -> Repo:
        """A linked work tree beside this one, on a branch of its own."""
        self.git("worktree", "add", "-q", str(self.path.parent / name))
        return Repo(self.path.parent / name)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write what is printed now over the golden files")
    parser.addoption("--long", action="store_true", help="run the long tests too")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the quick tests before `-m` selects, and skip the long ones."""
    for item in items:
        path = item.path.relative_to(TESTS)
        test = f"{path.as_posix()}::{item.name.partition('[')[0]}"
        if "long" not in item.keywords and SLOW.isdisjoint({path.parts[0], path.as_posix(), test}):
            item.add_marker(pytest.mark.quick)
        if "long" in item.keywords and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="long: asked for with --long"))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of the machine's own git, locale or day reaches a test, nor of a hook that runs the tests."""
    for name in os.environ:
        # `CRMTEXT_QUICK=off pytest` has all of them take the long way.
        if (name.startswith(("GIT_", "CRMTEXT_")) and name != "CRMTEXT_QUICK") or name in (
            "EMAIL",
            "GITHUB_ACTIONS",
            "GITLAB_CI",
        ):
            monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))


@pytest.fixture
def golden_update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--golden-update"))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository on the unborn branch `main`."""
    made = Repo(tmp_path / "repo")
    made.path.mkdir()
    made.git("init", "-q", "-b", "main")
    return made
