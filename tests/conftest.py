"""The same git, day and language for every test, and repositories to try things on."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
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

#: Folders, files and single tests that drive real servers, hooks, editors, locales, a browser or kills, or try many
#: commands or random inputs. All the others make up the quick tier, `pytest -m quick`.
SLOW = frozenset(
    {
        "faults", "hostile", "proof", "browser/test_reports.py",
        "checks/test_related.py::test_whatever_a_check_compares", "ci/test_forges.py", "ci/test_repair.py",
        "ci/test_workflows.py", "cli/framework/test_completion.py", "cli/test_examples.py", "cli/test_locales.py",
        "cli/test_start_up.py", "diff/test_prepare_message.py", "diff/test_sides.py", "exporters/test_round_trip.py",
        "git/test_moments.py", "git/test_partial_clones.py", "importers/test_clones.py", "importers/test_properties.py",
        "index/test_answer_cache.py", "index/test_index.py", "merge/test_matching.py",
        "merge/test_merge_pairs.py", "merge/test_merge_properties.py", "merge/test_merge_shapes.py",
        "record/change/test_commit.py", "record/change/test_sparse.py", "record/test_beside_errors.py",
        "record/test_edit.py", "record/test_no_new_error.py", "reports/test_publish.py", "schema/test_meta_schema.py",
        "setup/doctor/test_doctor.py", "setup/sample/test_sample.py", "setup/test_editors.py",
        "setup/test_hook_frameworks.py", "setup/test_init.py", "setup/test_upgrade_branches.py",
        "storage/test_checkout.py", "storage/test_commit.py",
        "sync/test_protected.py", "sync/test_received.py", "sync/test_resolve.py", "sync/test_sync.py",
        "sync/test_two_clones.py", "test_errors_page.py", "test_mistakes.py", "test_packaging.py", "test_pictures.py",
        "test_previous.py", "test_readme.py", "text/edit/test_canonical.py",
        "text/read/test_load.py::test_hostile_bulk_is_answered",
        "text/test_any_file.py::test_a_zip_file_is_unpacked_up_to_a_limit",
        "text/test_secret_numbers.py::test_hardly_a_number_by_chance_is_taken_for_one", "validation/test_check.py",
        "validation/test_commit_walk.py", "validation/test_pre_push.py", "validation/test_push.py",
        "validation/test_staged.py", "values/test_time_zones.py",
    }
)  # fmt: skip

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
