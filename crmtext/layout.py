"""The names of a store's files and folders, of ours beside them, and where the shipped ones are.

It loads nothing of its own: the answer cache and git's merge driver import it at each call.
"""

from __future__ import annotations

import os

# Spelled out: `typing` and `pathlib` take longer to load than an answer that is kept.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = "crmtext.toml"
RECORDS = "records"
SCHEMA_FOLDER = "schema"
SCHEMA = f"{SCHEMA_FOLDER}/customer.schema.json"
TEMPLATES = "templates"
REPORTS = "reports"
GIT_IGNORE, GIT_ATTRIBUTES = ".gitignore", ".gitattributes"

#: The folder for what is a clone's own: in git's folder, and in a store that is in no repository.
OWN, HIDDEN = "crmtext", ".crmtext"
#: In that folder: the last answer of `check`, and the index of each side.
ANSWER = "check.answer"
INDEX = {"worktree": "worktree.sqlite", "index": "staged.sqlite"}
#: What version 0.1.0 called them, with what SQLite may leave beside an index.
FORMER = ("check.again", *(f"{side}.index{end}" for side in INDEX for end in ("", "-journal", "-wal", "-shm")))

LOCK = ".crmtext.lock"
#: What `temporary` names match, and what git or SQLite may leave beside such a file.
LEFTOVERS = ".crmtext-*.tmp*"


def temporary() -> str:
    """A name that no other writer has, for a file until it is complete."""
    return f".crmtext-{os.urandom(8).hex()}.tmp"


def stem(path: str) -> str:
    """The name of a record's file without its ending."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def id_in(path: str) -> str:
    """The id that the name of a record's file begins with."""
    return stem(path).partition("-")[0]


def shipped(path: str) -> Path:
    """A file or folder that ships with the program: beside the package in a checkout, inside it when installed."""
    from pathlib import Path

    package = Path(__file__).parent
    installed = package / "data"
    return (installed if installed.is_dir() else package.parent) / path
