"""The jobs in docs/ci that commit a role's view to a second repository, run as the forges would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import stores
import yaml
from repos import Repo

from crmtext.settings import read

if TYPE_CHECKING:
    from pathlib import Path

DOCS = stores.ROOT / "docs"
JOBS = ("github-view.yml", "gitea-view.yml", "gitlab-view.yml", "cron")
ACCESS = '\n[access.support]\nsee = ["name", "type", "status", "owner", "contacts[].name"]\n'
TEXT = stores.record(more="notes: 只给销售看\n")


def recipe(name: str) -> str:
    """What a job runs, without the installation."""
    if name == "cron":
        page = (DOCS / "security.md").read_text("utf-8")
        return re.findall(r"^(?:\*/15 \* \* \* \* )(.*role-view.*)$", page, re.MULTILINE)[0]
    job = yaml.safe_load((DOCS / "ci" / name).read_text("utf-8"))
    lines = job["view"]["script"] if "view" in job else [step.get("run", "") for step in job["jobs"]["view"]["steps"]]
    return "\n".join(line for line in lines if "pip install" not in line)


def variables(name: str) -> dict[str, str]:
    """What the job sets, with a forge to clone from."""
    if name == "cron":
        return {}
    job = yaml.safe_load((DOCS / "ci" / name).read_text("utf-8"))
    given = job["view"]["variables"] if "view" in job else job["jobs"]["view"]["env"]
    return {"ROLE": given["ROLE"], "VIEW": "forge.example/team/customers-support.git"}


def trace(repo: Repo) -> dict[str, tuple[int, int]]:
    """Every file of a repository with its size and time."""
    about = ((path, path.stat()) for path in repo.path.rglob("*") if path.is_file())
    return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in about}


@pytest.fixture
def forge(tmp_path: Path) -> tuple[Repo, Repo, Repo]:
    """A colleague's clone, the store's repository, and an empty one for the view."""
    bare = [Repo(tmp_path / f"{name}.git") for name in ("store", "view")]
    for repo in bare:
        repo.path.mkdir()
        repo.git("init", "-q", "--bare", "-b", "main")
    clone = Repo(tmp_path / "lilei")
    clone.path.mkdir()
    clone.git("clone", "-q", str(bare[0].path), ".")
    clone.commit({"crmtext.toml": stores.TEAM + ACCESS, stores.path(): TEXT, stores.path("002"): stores.record("002")})
    clone.git("push", "-q", "origin", "HEAD:main")
    return clone, bare[0], bare[1]


def run(name: str, forge: tuple[Repo, Repo, Repo], folder: Path) -> None:
    """Run a job once: in a new folder, or on the machine of cron."""
    _clone, store, view = forge
    runner = folder / ("machine" if name == "cron" else f"runner-{len([*folder.glob('runner-*')])}")
    if not runner.exists():
        runner.mkdir()
        if not name.startswith("gitlab"):
            Repo(runner).git("clone", "-q", "-b", "main", store.path.as_uri(), "customers")
        if name == "cron":
            Repo(runner).git("clone", "-q", view.path.as_uri(), "customers-support")
            for key, value in (("user.name", "crmtext"), ("user.email", "crmtext@users.noreply.example")):
                Repo(runner / "customers-support").git("config", key, value)
    shim = folder / "bin/crmtext"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m crmtext "$@"\n')
    shim.chmod(0o755)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
    env |= variables(name) | {
        "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(stores.ROOT),
        "CRMTEXT_VIEW_TOKEN": "secret",
        "CI_REPOSITORY_URL": store.path.as_uri(),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{view.path.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://crmtext:secret@forge.example/team/customers-support.git",
    }
    command = ["sh", "-ec", recipe(name).replace("/srv", str(runner))]
    done = subprocess.run(command, cwd=runner, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@pytest.mark.parametrize("name", JOBS)
def test_a_second_run_changes_nothing_in_either_repository(
    name: str, forge: tuple[Repo, Repo, Repo], tmp_path: Path
) -> None:
    clone, store, view = forge
    run(name, forge, tmp_path)
    head = clone.git("rev-parse", "--short", "HEAD")
    assert view.git("log", "--format=%s %an <%ae>", "main").startswith(f"View of {head} crmtext <crmtext@")
    assert read(view.git("show", "main:crmtext.toml").encode()).view == "support"
    assert "只给销售看" not in view.git("log", "-p", "main")
    before = trace(store), trace(view)
    run(name, forge, tmp_path)
    assert (trace(store), trace(view)) == before
    # A change of what the role doesn't see changes nothing; one that it sees does, and a customer who is gone goes.
    clone.commit({stores.path(): TEXT + "tags: [vip]\n"})
    clone.git("push", "-q", "origin", "HEAD:main")
    run(name, forge, tmp_path)
    assert trace(view) == before[1]
    clone.git("rm", "-q", stores.path("002"))
    clone.commit({stores.path(): TEXT.replace("lead", "prospect")})
    clone.git("push", "-q", "origin", "HEAD:main")
    run(name, forge, tmp_path)
    assert view.git("rev-list", "--count", "main") == "2"
    assert view.git("ls-tree", "--name-only", "main:records") == "C20240501001.yaml"
    assert "status: prospect" in view.git("show", f"main:{stores.path()}")


@pytest.mark.parametrize("name", ["github-view.yml", "gitea-view.yml"])
def test_the_job_that_may_write_the_view_runs_from_main(name: str) -> None:
    text = (DOCS / "ci" / name).read_text("utf-8").replace("\non:", '\n"on":')
    workflow = yaml.safe_load(text)
    assert workflow["on"]["push"] == {"branches": ["main"]}
    assert {*workflow["on"]} == {"push", "schedule"}
    assert "${{" not in recipe(name)
