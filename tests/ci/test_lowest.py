"""The lowest versions that CI tries are those that pyproject.toml allows."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOWEST = ROOT / ".ci/lowest.py"


def test_each_dependency_is_pinned_to_its_lower_bound() -> None:
    command = [sys.executable, str(LOWEST), "pytest", "hypothesis"]
    pins = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {
        *project["dependencies"],
        *(each for each in project["optional-dependencies"]["dev"] if each[:7] in ("pytest>", "hypothe")),
    }
    assert {pin.replace("==", ">=", 1) for pin in pins} == wanted
    assert len(pins) == len(wanted)
