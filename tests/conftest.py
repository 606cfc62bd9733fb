"""The same git, day and language for every test, and repositories to try things on."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
import tiers
from hypothesis import HealthCheck, settings
from repos import ENVIRONMENT, TESTS, Repo

if TYPE_CHECKING:
    from pathlib import Path

# Tests start thousands of processes: what one has compiled, the others need not.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says how busy the machine is.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", settings.get_profile("search"), derandomize=True)

# What its assertions compare is to be shown as in a test.
pytest.register_assert_rewrite("spoil")

# Background jobs ignore interrupts, and what nohup starts hang-ups; so would every process that a test stops.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write what is printed now over the golden files")
    parser.addoption("--long", action="store_true", help="run the long tests too")


def pytest_configure(config: pytest.Config) -> None:
    """Property tests try the same examples each time; with `--long`, new ones."""
    settings.load_profile("search" if config.getoption("--long") else "repeatable")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the quick tests before `-m` selects, and skip the long ones."""
    for item in items:
        path = item.path.relative_to(TESTS).as_posix()
        if "long" not in item.keywords and tiers.is_quick(path, item.name.partition("[")[0]):
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
            # A command that a test runs in its own process sets it for the rest of the run.
            "LANGUAGE",
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
