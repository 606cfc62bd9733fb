"""Git's settings in a clone that have records merged by crmtext, and not line by line."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from crmtext.git.config import config_get, config_set
from crmtext.git.plumbing import Repository, ask, run
from crmtext.layout import RECORDS
from crmtext.setup.hooks import CLEAN, State

#: What the driver is called in `hooks status`, and the line of `.gitattributes` that sends records to it.
NAME = "merge-driver"
ATTRIBUTE = f"{RECORDS}/**/*.yaml merge=crmtext"
_SECTION = "merge.crmtext"
DRIVER, _TITLE = f"{_SECTION}.driver", f"{_SECTION}.name"
# git takes a driver that could not be started for one that found a conflict, and leaves our side in the file as if it
# were the result. So where the program has left no markers, git's own merge of the lines has the last word.
_RUN = "{clean}; {python} -P -m crmtext merge-driver %O %A %B %L %P"
_ELSE = "grep -q '^<<<<<<<' %A && exit 1; git merge-file -q -L ours -L base -L theirs --marker-size=%L %A %O %B"


def driver() -> str:
    """The command that git is given; it falls back on `crmtext` from PATH, and on git's own merge."""
    return _command(sys.executable)


def _command(python: str) -> str:
    word = shlex.quote(Path(python).as_posix().replace("%", "%%")) if python else "false"
    return f"{_RUN.format(clean=CLEAN, python=word)} || {{ {_ELSE}; }}"


def state(repo: Repository) -> State:
    """Whether the driver is set, and is the one that would be set now, if perhaps by another Python."""
    have = config_get(repo, DRIVER)
    if have is None:
        return State.MISSING
    return State.INSTALLED if _is_ours(repo, have) else State.OUTDATED


def _is_ours(repo: Repository, command: str) -> bool:
    """Whether it is our command, word for word, by a Python that did not come with the repository."""
    word = command.removeprefix(f"{CLEAN}; ").partition(" -P ")[0]
    try:
        python = "".join(shlex.split(word)).replace("%%", "%")
    except ValueError:
        return False
    path = Path(python)
    # What lies in the repository may be whatever somebody has put there.
    elsewhere = path.is_absolute() and not repo.holds(path)
    return command == driver() or (elsewhere and path.name.startswith("python") and command == _command(python))


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
    said = ask(repo, "check-attr", "merge", "--", f"{repo.prefix}{RECORDS}/C.yaml") or ""
    return said.endswith(": crmtext")
