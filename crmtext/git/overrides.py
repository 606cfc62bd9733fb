"""What every git call is given so that a repository's own settings run nothing, in one table."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

#: What `git rev-parse --local-env-vars` lists, less the settings that the user gave to git itself by `-c`.
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
    # No transport has this name, so none may run: not `ext::` and not the fetch of what a partial clone left out.
    "GIT_ALLOW_PROTOCOL": "none",
    # Known since git 2.45; an older one tries to fetch and is stopped by the line above.
    "GIT_NO_LAZY_FETCH": "1",
    # A commit is what its id says, not what refs/replace or info/grafts put in its place. A file that cannot exist:
    # git prints advice about one that it can open.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",
}
#: Settings by `-c`, whatever the repository's or the user's own say.
ALWAYS = (
    "core.fsmonitor=false",
    # update-ref runs reference-transaction, an index that is written runs post-index-change.
    f"core.hooksPath={os.devnull}",
    "core.quotePath=false",
    # A plain commit calls fsync for nothing at all, and HEAD is lost in a power cut.
    "core.fsync=all",
    "core.fsyncMethod=fsync",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "i18n.commitEncoding=UTF-8",
    # Else git makes up an identity from the name of the machine.
    "user.useConfigOnly=true",
)
#: Settings that name a program, lower case as git prints them; `*` stands for the name in the middle. With each, what
#: takes its place where only the repository's own settings have it: a value that runs nothing, or a command that
#: fails. None where nothing does: what would run it looks for these first (see `config.programs`).
PROGRAMS: Mapping[str, str | None] = {
    "core.fsmonitor": None,
    "core.editor": None,
    "sequence.editor": None,
    "core.sshcommand": "false",
    "core.gitproxy": "false",
    "core.askpass": "false",
    # Run through a shell, with a path behind it.
    "core.alternaterefscommand": ":",
    "diff.external": "false",
    "diff.*.command": "false",
    "diff.*.textconv": "false",
    # An empty one would be a merge that keeps our side; this is a conflict.
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
    # A list, which one more value does not end.
    "credential.helper": None,
    "credential.*.helper": None,
}
#: Goes with those: a filter that is off must not be one that has to succeed.
_REQUIRED = "filter.*.required"
_ON_OR_OFF = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1", ""})
#: What includes more settings, which may be others after the next checkout.
_INCLUDES = b"[include"
#: Our own merge driver runs only where we name it ourselves.
_OUR_SECTION = b'[merge "crmtext"]'
_LARGEST = 1 << 20


class Setting(NamedTuple):
    """A setting as `git config` lists it."""

    #: `system`, `global`, `local`, `worktree` or `command`.
    scope: str
    key: str
    value: str

    @property
    def own(self) -> bool:
        """Whether it is the repository's own and not the user's."""
        return self.scope in ("local", "worktree")


def _word(pattern: str) -> bytes:
    """What a file of settings with such a setting has in it: git knows no other spelling but for capitals."""
    section, _dot, rest = pattern.partition(".")
    return (rest.rpartition(".")[2] if section in ("core", "remote") else f"[{section}").encode()


_WORDS = frozenset({_INCLUDES, *(_word(pattern) for pattern, off in PROGRAMS.items() if off is not None)})


def doubtful(files: Iterable[Path]) -> bool:
    """Whether one of the repository's files of settings may name a program, told without asking git (1 ms a call)."""
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
    """What `git config --null --show-scope --list` prints."""
    parts = listed.decode(errors="surrogateescape").split("\0")
    pairs = ((scope, *each.partition("\n")) for scope, each in zip(parts[::2], parts[1::2], strict=False))
    return tuple(Setting(scope, key, value) for scope, key, _line, value in pairs)


def pattern_of(key: str) -> str:
    """The name of a setting, with `*` for what stands in the middle."""
    section, _dot, rest = key.partition(".")
    middle, dot, name = rest.rpartition(".")
    return f"{section}.*.{name}" if dot and middle else key


def names_program(setting: Setting) -> bool:
    """Whether a setting is the repository's own and names a program."""
    if setting.key == "core.fsmonitor" and setting.value.lower() in _ON_OR_OFF:
        return False
    return setting.own and pattern_of(setting.key) in PROGRAMS


def variables(known: Iterable[Setting], fixed: Iterable[str] = ()) -> dict[str, str]:
    """The environment that puts the user's own values, else such as run nothing, over the repository's.

    By `-c` a name would be cut at its first equals sign. `fixed` are settings as `-c` takes them, for a git that
    somebody else starts.
    """
    listed = tuple(known)
    users = {each.key: each.value for each in listed if not each.own}
    over: dict[str, str] = dict(each.split("=", 1) for each in fixed)
    for each in listed:
        pattern = pattern_of(each.key)
        off = "false" if pattern == _REQUIRED else PROGRAMS.get(pattern)
        if each.own and off is not None:
            over[each.key] = users.get(each.key, off)
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
    """The environment of a git call: the user's without what is about another place, ours, and what is given."""
    left_out = {*LOCATION, *OBJECTS, *_UNWANTED}
    return {name: value for name, value in os.environ.items() if name not in left_out} | _FIXED | dict(given)
