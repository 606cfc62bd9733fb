"""Parts that some tests want and a machine may lack: the packages that `npm install` puts beside tests/node."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Where .ci/run and `just parts` install them; CRMTEXT_NODE_MODULES names another place.
NODE_MODULES = Path(os.environ.get("CRMTEXT_NODE_MODULES") or ROOT / "tests/node/node_modules")


def node(path: str) -> Path | None:
    """A file of an npm package; None where it is not installed."""
    found = NODE_MODULES / path
    return found if found.is_file() else None


def program(name: str) -> str | None:
    """A program on the PATH."""
    return shutil.which(name)
