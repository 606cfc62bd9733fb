"""Git's settings in a clone that have records merged by crmtext, and not line by line."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from crmtext.git.config import config_get, config_set
from crmtext.git.plumbing import Repository, ask, run
from crmtext.hooks import State

#: What the driver is called in `hooks status`, and the line of `.gitattributes` that sends records to it.
NAME = "merge-driver"
ATTRIBUTE = "records/**/*.yaml merge=crmtext"
_SECTION = "merge.crmtext"
DRIVER, _TITLE = f"{_SECTION}.driver", f"{_SECTION}.name"
# git takes a driver that could not be started for one that found a conflict, and leaves our side in the file as if it
# were the result. So where the program has left no markers, git's own merge of the lines has the last word.
_RUN = "{python} -P -m crmtext merge-driver %O %A %B %L %P"
_ELSE = "grep -q '^<<<<<<<' %A && exit 1; git merge-file -q -L ours -L base -L theirs --marker-size=%L %A %O %B"


def driver() -> str:
    """The command that git is given; it falls back on `crmtext` from PATH, and on git's own merge."""
    python = shlex.quote(Path(sys.executable).as_posix().replace("%", "%%")) if sys.executable else "false"
    return f"{_RUN.format(python=python)} || {{ {_ELSE}; }}"


def state(repo: Repository) -> State:
    """Whether the driver is set, and is the one that would be set now."""
    have = config_get(repo, DRIVER)
    if have is None:
        return State.MISSING
    return State.INSTALLED if have.partition(" -P ")[2] == driver().partition(" -P ")[2] else State.OUTDATED


def install(repo: Repository) -> bool:
    """Set the driver; whether anything had to be done."""
    if config_get(repo, DRIVER) == driver():
        return False
    config_set(repo, _TITLE, "customer records")
    config_set(repo, DRIVER, driver())
    return True


def uninstall(repo: Repository) -> bool:
    """Take the driver out; whether it was there."""
    if ask(repo, "config", "--local", "--get-regexp", rf"^{_SECTION}\.") is None:
        return False
    run(repo, "config", "--local", "--remove-section", _SECTION)
    return True


def attributed(repo: Repository) -> bool:
    """Whether git sends the records of a store to the driver."""
    said = ask(repo, "check-attr", "merge", "--", f"{repo.prefix}records/C.yaml") or ""
    return said.endswith(": crmtext")
