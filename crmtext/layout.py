"""Names of the store's files and folders, of crmtext's own, and the place of the shipped ones.

Loads nothing: the answer cache and the merge driver import it on each call.
"""

from __future__ import annotations

import os

# Spelled out: loading `typing` and `pathlib` takes longer than replaying a cached answer.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = "crmtext.toml"
RECORDS = "records"
SCHEMA_FOLDER = "schema"
SCHEMA = f"{SCHEMA_FOLDER}/customer.schema.json"
#: The latest version of the schema that this program knows: the shipped one's.
SCHEMA_VERSION = 3
TEMPLATES = "templates"
#: The folder of saved mappings for imports.
MAPPINGS = "import"
REPORTS = "reports"
#: The folder of what concerns personal data, and in it that of the disclosures: one file for each.
PRIVACY = "privacy"
DISCLOSURES = f"{PRIVACY}/disclosures"
#: The pages that `init` writes: how personal data is handled, and the impact assessment.
PRIVACY_PAGE, ASSESSMENT = "PRIVACY.md", f"{PRIVACY}/pipia.md"
#: Where masked reports are written, and the file in their folder that says so.
MASKED_REPORTS, MASKED = f"{REPORTS}/masked", "MASKED.txt"
GIT_IGNORE, GIT_ATTRIBUTES = ".gitignore", ".gitattributes"

#: The folder for a clone's own files: inside git's folder, or in a store without a repository.
OWN, HIDDEN = "crmtext", ".crmtext"
#: Files in that folder: the answer cache of `check`, and the index of each side.
ANSWER = "check.answer"
INDEX = {"worktree": "worktree.sqlite", "index": "staged.sqlite"}
#: Values computed from earlier commits.
PAST = "past.sqlite"
#: When the last backups were made and verified.
BACKUPS = "backups.json"
#: Their names in version 0.1.0, with the files that SQLite may leave beside an index.
FORMER = ("check.again", *(f"{side}.index{end}" for side in INDEX for end in ("", "-journal", "-wal", "-shm")))

LOCK = ".crmtext.lock"
#: Matches the names of `temporary`, and the files that git or SQLite may leave beside them.
LEFTOVERS = ".crmtext-*.tmp*"
#: In the names of exports' files that are not complete yet, after the start; their writer holds a lock on each.
OUTPUT = "output-"
#: In the names of folders for plain text that must not stay, after the start.
PRIVATE = "private-"


def temporary(kind: str = "") -> str:
    """Return a unique name for a file that is not complete yet."""
    return f".crmtext-{kind}{os.urandom(8).hex()}.tmp"


def is_output(name: str) -> bool:
    """Whether the name is that of an export's file that is not complete yet."""
    return name.startswith(f".crmtext-{OUTPUT}") and name.endswith(".tmp")


def is_private(name: str) -> bool:
    """Whether the name is that of a folder for plain text that must not stay."""
    return name.startswith(f".crmtext-{PRIVATE}") and name.endswith(".tmp")


def stem(path: str) -> str:
    """The name of a record's file without its extension."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def id_in(path: str) -> str:
    """The id at the start of a record's file name."""
    return stem(path).partition("-")[0]


def is_mapping(path: str) -> bool:
    """Whether the path is that of a saved mapping."""
    return path.startswith(f"{MAPPINGS}/") and path.endswith(".toml") and path.count("/") == 1


def is_disclosure(path: str) -> bool:
    """Whether the path is meant to be a disclosure, correctly named or not."""
    name = path.removeprefix(f"{DISCLOSURES}/")
    return name != path and "/" not in name and not name.startswith(".")


def shipped(path: str) -> Path:
    """The path of a shipped file or folder: beside the package in a checkout, inside it if installed."""
    from pathlib import Path

    package = Path(__file__).parent
    installed = package / "data"
    return (installed if installed.is_dir() else package.parent) / path
