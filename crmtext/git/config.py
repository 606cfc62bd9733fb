"""Git's settings: one value, who the user is, and which programs a repository's own settings would run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtext.git.plumbing import Repository, ask, run
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Settings that name a program, lower case as git prints them; `*` stands for the name in the middle.
PROGRAMS = frozenset({
    "core.fsmonitor", "core.sshcommand", "core.gitproxy", "core.askpass", "core.alternaterefscommand",
    "core.editor", "sequence.editor",
    "diff.external", "diff.*.command", "diff.*.textconv", "merge.*.driver",
    "filter.*.clean", "filter.*.smudge", "filter.*.process",
    "gpg.program", "gpg.*.program", "gpg.*.defaultkeycommand",
    "remote.*.uploadpack", "remote.*.receivepack", "remote.*.vcs", "credential.helper", "credential.*.helper",
})  # fmt: skip
#: Tells git who the user is.
INTRODUCTION = 'git config --global user.name "…" && git config --global user.email "…"'
_OWN = frozenset({"local", "worktree"})
_FILTER_OFF = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
_ON_OR_OFF = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1", ""})


def config_get(repo: Repository, key: str, *, kind: str = "") -> str | None:
    """A setting's value as git would use it, None when not set; `kind` is git's type, such as `bool` or `path`."""
    typed = (f"--type={kind}",) if kind else ()
    value = ask(repo, "config", *typed, "--null", "--get", key)
    return None if value is None else value.removesuffix("\0")


def config_set(repo: Repository, key: str, value: str | None) -> None:
    """Set a value in the clone's own settings; None takes it out."""
    if value is not None:
        run(repo, "config", "--local", "--replace-all", key, value)
    elif ask(repo, "config", "--local", "--get", key) is not None:
        run(repo, "config", "--local", "--unset-all", key)


def programs(repo: Repository) -> tuple[tuple[str, str], ...]:
    """The programs that the repository's own settings, not the user's, would run: pairs of setting and program."""
    parts = run(repo, "config", "--null", "--show-scope", "--list").decode(errors="surrogateescape").split("\0")
    listed = zip(parts[::2], parts[1::2], strict=False)
    own = (setting.partition("\n") for scope, setting in listed if scope in _OWN)
    return tuple((key, program) for key, _line, program in own if _runs(key, program))


def _runs(key: str, value: str) -> bool:
    section, _dot, rest = key.partition(".")
    middle, dot, name = rest.rpartition(".")
    pattern = f"{section}.*.{name}" if dot and middle else key
    if key == "core.fsmonitor" and value.lower() in _ON_OR_OFF:
        return False
    return pattern in PROGRAMS


def received(message: str, key: str, program: str) -> CrmError:
    """The error for a program that the clone's own settings name: whoever made the clone would have it run."""
    hint = _("if it is yours: git config --global {key} PROGRAM, then git config --unset {key}").format(key=key)
    return cannot("git-runs-program", message.format(key=key, program=program), hint)


def without_filters(repo: Repository) -> dict[str, str]:
    """The environment in which git runs none of the filters that the repository's own settings name."""
    filters = {key.rpartition(".")[0] for key, _program in programs(repo) if key.startswith("filter.")}
    return _settings((f"{name}.{key}", value) for name in sorted(filters) for key, value in _FILTER_OFF)


def _settings(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Settings as environment variables: `-c` would cut a name at its first equals sign."""
    first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    numbered = tuple(enumerate(pairs, first))
    settings = {f"GIT_CONFIG_KEY_{n}": key for n, (key, _value) in numbered}
    settings |= {f"GIT_CONFIG_VALUE_{n}": value for n, (_key, value) in numbered}
    return settings | {"GIT_CONFIG_COUNT": str(first + len(numbered))}


def identity(repo: Repository) -> tuple[str, str] | None:
    """The name and e-mail address that the user's commits carry, None when they were never told to git."""
    shown = ask(repo, "var", "GIT_AUTHOR_IDENT")
    if shown is None:
        return None
    name, _mark, rest = shown.partition(" <")
    return name, rest.partition(">")[0]


def stranger() -> CrmError:
    """The error for a user of whom git was never told."""
    return cannot("no-identity", _("git does not know who you are"), INTRODUCTION)


def remotes(repo: Repository) -> tuple[tuple[str, str], ...]:
    """The remotes: pairs of name and address, those for pushing alone included."""
    listed = ask(repo, "config", "--null", "--get-regexp", r"^remote\..*\.(url|pushurl)$") or ""
    pairs = (each.partition("\n") for each in listed.split("\0") if each)
    return tuple((key.partition(".")[2].rpartition(".")[0], url) for key, _line, url in pairs)
