"""Print the lowest versions that pyproject.toml allows: of all the program needs, and of the test tools named."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
_BOUND = re.compile(r"(?P<name>[\w.-]+)>=(?P<version>[\w.]+)(?P<rest>\s*(?:;.*)?)")


def pins(tools: list[str]) -> list[str]:
    """A requirement for each dependency and each tool; raises ValueError for one without a plain lower bound."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    asked = [*project["dependencies"]]
    for tool in tools:
        asked += [each for each in project["optional-dependencies"]["dev"] if re.split("[<>=;]", each)[0] == tool]
    return [_pin(each) for each in asked]


def _pin(requirement: str) -> str:
    if (found := _BOUND.fullmatch(requirement)) is None:
        raise ValueError(f"no plain lower bound: {requirement}")
    return f"{found['name']}=={found['version']}{found['rest']}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(pins(sys.argv[1:])) + "\n")
