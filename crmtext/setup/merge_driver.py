"""Install the merge driver in a clone's git config, so that records are merged field by field."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from crmtext.git.config import config_get, config_set
from crmtext.git.plumbing import Repository, ask, run
from crmtext.layout import RECORDS
from crmtext.setup.hooks import CLEAN, State

#: The driver's name in `hooks status`, and its line in `.gitattributes`.
NAME = "merge-driver"
ATTRIBUTE = f"{RECORDS}/**/*.yaml merge=crmtext"
_SECTION = "merge.crmtext"
DRIVER, _TITLE = f"{_SECTION}.driver", f"{_SECTION}.name"
# If a driver can't be started, git reports a conflict and leaves our side in the file as if it were the result. So if
# the program has left no conflict markers, git's own line merge runs.
_RUN = "{clean}; {python} -P -m crmtext merge-driver %O %A %B %L %P"
_ELSE = "grep -q '^<<<<<<<' %A && exit 1; git merge-file -q -L ours -L base -L theirs --marker-size=%L %A %O %B"


def driver() -> str:
    """Return the command for git, which falls back to git's own merge."""
    return _command(sys.executable)


def _command(python: str) -> str:
    word = shlex.quote(Path(python).as_posix().replace("%", "%%")) if python else "false"
    return f"{_RUN.format(clean=CLEAN, python=word)} || {{ {_ELSE}; }}"


def state(repo: Repository) -> State:
    """Return whether the driver is installed and up to date, possibly with another Python."""
    have = config_get(repo, DRIVER)
    if have is None:
        return State.MISSING
    return State.INSTALLED if _is_ours(repo, have) else State.OUTDATED


def _is_ours(repo: Repository, command: str) -> bool:
    """Whether it is exactly our command, with a Python outside the repository."""
    word = command.removeprefix(f"{CLEAN}; ").partition(" -P ")[0]
    try:
        python = "".join(shlex.split(word)).replace("%%", "%")
    except ValueError:
        return False
    path = Path(python)
    # A Python inside the repository can be anyone's program.
    elsewhere = path.is_absolute() and not repo.holds(path)
    return command == driver() or (elsewhere and path.name.startswith("python") and command == _command(python))


def install(repo: Repository) -> bool:
    """Install the driver; return whether anything changed."""
    if config_get(repo, DRIVER) == driver():
        return False
    config_set(repo, _TITLE, "customer records")
    config_set(repo, DRIVER, driver())
    return True


def uninstall(repo: Repository) -> bool:
    """Remove the driver; return whether it was installed."""
    if ask(repo, "config", "--local", "--get-regexp", rf"^{_SECTION}\.") is None:
        return False
    run(repo, "config", "--local", "--remove-section", _SECTION)
    return True


def has_attribute(repo: Repository) -> bool:
    """Whether `.gitattributes` sends the store's records to the driver."""
    answer = ask(repo, "check-attr", "merge", "--", f"{repo.prefix}{RECORDS}/C.yaml") or ""
    return answer.endswith(": crmtext")
