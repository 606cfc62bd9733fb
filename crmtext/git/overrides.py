"""The environment and settings of every git call, so that a repository's own settings run no program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

#: The variables of `git rev-parse --local-env-vars`, without the settings that the user gave to git by `-c`.
LOCATION = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE")
OBJECTS = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE")
_UNWANTED = (
    "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_REPLACE_REF_BASE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_ATTR_SOURCE",
    "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_CONFIG", "GIT_DEFAULT_HASH",
)  # fmt: skip
_FIXED = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    # No transport has this name, so none may run: neither `ext::` nor the fetch of objects that a partial clone lacks.
    "GIT_ALLOW_PROTOCOL": "none",
    # Since git 2.45; an older git tries to fetch and is stopped by the line above.
    "GIT_NO_LAZY_FETCH": "1",
    # Read commits by their ids, not the replacements of refs/replace or info/grafts. The file cannot exist: git prints
    # advice about one that it can open.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",
}
#: Settings by `-c` that override those of the repository and the user.
ALWAYS = (
    "core.fsmonitor=false",
    # update-ref runs reference-transaction, writing an index runs post-index-change.
    f"core.hooksPath={os.devnull}",
    "core.quotePath=false",
    # By default a commit syncs nothing, and HEAD is lost in a power cut.
    "core.fsync=all",
    "core.fsyncMethod=fsync",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "i18n.commitEncoding=UTF-8",
    # Otherwise git makes up an identity from the host name.
    "user.useConfigOnly=true",
)
#: Settings that name a program, lower case as git prints them; `*` stands for the name in the middle. The value
#: replaces the setting if only the repository has it: a value that runs nothing, or a command that fails. None if
#: there is no such value: callers check for these first (see `config.programs`).
PROGRAMS: Mapping[str, str | None] = {
    "core.fsmonitor": None,
    "core.editor": None,
    "sequence.editor": None,
    "core.sshcommand": "false",
    "core.gitproxy": "false",
    "core.askpass": "false",
    # Run through a shell, with a path appended.
    "core.alternaterefscommand": ":",
    "diff.external": "false",
    "diff.*.command": "false",
    "diff.*.textconv": "false",
    # An empty driver would keep our side; this one reports a conflict.
    "merge.*.driver": "exit 1",
    "filter.*.clean": "",
    "filter.*.smudge": "",
    "filter.*.process": "",
    "gpg.program": "false",
    "gpg.*.program": "false",
    "gpg.*.defaultkeycommand": "false",
    "remote.*.uploadpack": "git-upload-pack",
    "remote.*.receivepack": "git-receive-pack",
    "remote.*.vcs": None,
    # A list, which another value only extends.
    "credential.helper": None,
    "credential.*.helper": None,
}
#: A disabled filter must not be required.
_REQUIRED = "filter.*.required"
_ON_OR_OFF = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1", ""})
#: Included settings may change with the next checkout.
_INCLUDES = b"[include"
#: Our own merge driver runs only in calls that set it.
_OUR_SECTION = b'[merge "crmtext"]'
_LARGEST = 1 << 20


class Setting(NamedTuple):
    """A setting in the output of `git config`."""

    #: `system`, `global`, `local`, `worktree` or `command`.
    scope: str
    key: str
    value: str

    @property
    def own(self) -> bool:
        """Whether it is set in the repository and not by the user."""
        return self.scope in ("local", "worktree")


def _word(pattern: str) -> bytes:
    """The word that a config file with such a setting contains; git allows no other spelling, except capitals."""
    section, _dot, rest = pattern.partition(".")
    return (rest.rpartition(".")[2] if section in ("core", "remote") else f"[{section}").encode()


_WORDS = frozenset({_INCLUDES, *(_word(pattern) for pattern, off in PROGRAMS.items() if off is not None)})


def may_name_program(files: Iterable[Path]) -> bool:
    """Whether one of the repository's config files may name a program; without a call of git, which takes 1 ms."""
    return any(_may_name_one(file) for file in files)


def _may_name_one(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LARGEST)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    raw = raw.replace(_OUR_SECTION, b"").lower()
    return len(raw) > _LARGEST // 2 or any(word in raw for word in _WORDS)


def settings(listed: bytes) -> tuple[Setting, ...]:
    """Parse the output of `git config --null --show-scope --list`."""
    parts = listed.decode(errors="surrogateescape").split("\0")
    pairs = ((scope, *pair.partition("\n")) for scope, pair in zip(parts[::2], parts[1::2], strict=False))
    return tuple(Setting(scope, key, value) for scope, key, _line, value in pairs)


def pattern_of(key: str) -> str:
    """Return the name of a setting, with `*` for its middle part."""
    section, _dot, rest = key.partition(".")
    middle, dot, name = rest.rpartition(".")
    return f"{section}.*.{name}" if dot and middle else key


def names_program(setting: Setting) -> bool:
    """Whether a setting of the repository names a program."""
    if setting.key == "core.fsmonitor" and setting.value.lower() in _ON_OR_OFF:
        return False
    return setting.own and pattern_of(setting.key) in PROGRAMS


def variables(known: Iterable[Setting], fixed: Iterable[str] = ()) -> dict[str, str]:
    """Return the environment that replaces the repository's programs by the user's own, or by harmless values.

    Not by `-c`, which cuts a name at its first equals sign. `fixed` are more settings in the form of `-c`.
    """
    listed = tuple(known)
    users = {setting.key: setting.value for setting in listed if not setting.own}
    over: dict[str, str] = dict(item.split("=", 1) for item in fixed)
    for setting in listed:
        pattern = pattern_of(setting.key)
        off = "false" if pattern == _REQUIRED else PROGRAMS.get(pattern)
        if setting.own and off is not None:
            over[setting.key] = users.get(setting.key, off)
    return dict(_numbered(over.items()))


def _numbered(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    count = int(given) if given.isdecimal() else 0
    for key, value in pairs:
        yield f"GIT_CONFIG_KEY_{count}", key
        yield f"GIT_CONFIG_VALUE_{count}", value
        count += 1
    yield "GIT_CONFIG_COUNT", str(count)


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a git call: the user's without its locations, ours, and the given variables."""
    left_out = {*LOCATION, *OBJECTS, *_UNWANTED}
    return {name: value for name, value in os.environ.items() if name not in left_out} | _FIXED | dict(given)
