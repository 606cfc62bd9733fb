"""Repositories that were received: settings that run programs, odd entries, odd names, and a hostile environment."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from hostile.case import BAD, HEAD, MIB, SETTINGS, Case, put

if TYPE_CHECKING:
    from pathlib import Path

    from hostile.case import Lay

_JSON = ("--format", "json")
_STAGED = ("check", "--staged", *_JSON)
_NOW = "2026-11-20T12:00:00+08:00"
_ENV = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
       (("NAME", "李雷"), ("EMAIL", "lilei@example.com"), ("DATE", _NOW))},
}  # fmt: skip


def git(folder: Path, *arguments: str, data: bytes = b"") -> str:
    """What git prints."""
    env = {**os.environ, **_ENV}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, input=data, capture_output=True, check=True)
    return done.stdout.decode().strip()


def committed(folder: Path) -> None:
    """The valid store, committed; then one record differs."""
    git(folder, "init", "-q", "-b", "main")
    for key, value in (("user.name", "李雷"), ("user.email", "lilei@example.com")):
        git(folder, "config", key, value)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "--no-verify", "-m", "one")
    put(folder / BAD, HEAD.replace("prospect", "lead").encode())


def configured(*settings: tuple[str, str], attributes: str = "", hook: str = "") -> Lay:
    """A repository whose own settings would have git run a program."""

    def lay(folder: Path) -> None:
        committed(folder)
        if attributes:
            put(folder / ".gitattributes", f"* {attributes}\n".encode())
        if hook:
            put(folder / "evil" / hook, b"#!/bin/sh\ntouch ran\n")
            (folder / "evil" / hook).chmod(0o755)
            put(folder / ".git/hooks" / hook, b"#!/bin/sh\ntouch ran\n")
            (folder / ".git/hooks" / hook).chmod(0o755)
        for key, value in settings:
            git(folder, "config", key, value)

    return lay


def staged(mode: str, path: str | bytes, content: bytes = HEAD.encode(), blob: str = "") -> Lay:
    """An entry of the index that no ordinary work tree would bring about."""

    def lay(folder: Path) -> None:
        committed(folder)
        git(folder, "add", ".")
        name = blob or git(folder, "hash-object", "-w", "--stdin", data=content)
        raw = path if isinstance(path, bytes) else path.encode()
        git(folder, "update-index", "-z", "--index-info", data=f"{mode} {name}\t".encode() + raw + b"\0")

    return lay


def written(path: str, content: str) -> Lay:
    """A file inside the repository's own folder."""

    def lay(folder: Path) -> None:
        committed(folder)
        put(folder / path, content.encode())

    return lay


def _runs(
    key: str, arguments: tuple[str, ...], attributes: str = "", value: str = "touch ran #", code: int = 0
) -> Case:
    lay = configured((key, value), attributes=attributes)
    return Case(f"git: {key} by {arguments[0]}", lay, code=code, arguments=arguments, absent="ran", neighbour=False)


def _hook(name: str, *settings: tuple[str, str]) -> Case:
    about = f"git: the hook {name}" + (" elsewhere" if settings else "")
    return Case(about, configured(*settings, hook=name), code=0, arguments=_LOG, absent="ran", neighbour=False)


def _typed(name: str, *arguments: str, code: int = 2, **environment: str) -> Case:
    given = tuple(environment.items())
    return Case(f"git: {name}", committed, code=code, arguments=arguments, absent="ran", environment=given)


def _entry(name: str, lay: Lay, *expected: str, code: int = 1, arguments: tuple[str, ...] = _STAGED) -> Case:
    return Case(f"git: {name}", lay, (), code, arguments, says=expected)


def _alone(name: str, config: str) -> Case:
    """Settings of git that cannot be read."""
    lay = written(".git/config", config)
    return Case(f"git: {name}", lay, (), 3, _STAGED, says=("git",), neighbour=False)


_DIFF = ("diff", *_JSON)
_LOG = ("log", "C20240501BBBB", "phone", "聊聊", "--by", "lilei", "--commit")
RUNNING = (
    _runs("core.fsmonitor", _STAGED),
    _runs("core.fsmonitor", _DIFF),
    _runs("core.fsmonitor", _LOG),
    _runs("diff.external", _DIFF),
    _runs("diff.evil.textconv", _DIFF, "diff=evil"),
    _runs("diff.evil.command", _DIFF, "diff=evil"),
    _runs("filter.evil.clean", _DIFF, "filter=evil"),
    _runs("filter.evil.clean", _LOG, "filter=evil"),
    _runs("filter.evil.process", _LOG, "filter=evil"),
    _runs("filter.evil.smudge", ("list", "--at", "HEAD"), "filter=evil"),
    _runs("core.sshCommand", ("history", "C20240501AAAA")),
    _runs("core.pager", ("history", "C20240501AAAA")),
    _runs("gpg.program", _LOG),
    _runs("core.editor", _LOG),
    _runs("credential.helper", ("doctor",), code=1),
    _runs("alias.rev-parse", ("list", "--at", "HEAD"), value="!touch ran"),
    _runs("alias.ls-files", _STAGED, value="!touch ran"),
    *(_hook(name) for name in ("pre-commit", "post-commit", "reference-transaction", "post-index-change")),
    _hook("reference-transaction", ("core.hooksPath", "evil")),
)
ENTRIES = (
    _entry("a staged link", staged("120000", "records/C20240501CCCC.yaml", b"/etc/passwd"), "symlink"),
    _entry("a staged link to a folder", staged("120000", "records/more", b".."), "symlink"),
    _entry("another repository as a record", staged("160000", BAD, blob="1" * 40), "not-a-file"),
    _entry("40 mib as a record", staged("100644", BAD, b"\0" * 40 * MIB), "file-too-large"),
    _entry("40 mib as settings", staged("100644", SETTINGS, b"#" * 40 * MIB), "file-too-large", code=3),
    _entry("a name that is no text", staged("100644", b"records/C20240501CCCC-\xff.yaml"), "file-name"),
    _entry("a name over two lines", staged("100644", b"records/C20240501CCCC-a\nb.yaml"), "file-name"),
    _entry("a name that colours", staged("100644", b"records/C20240501CCCC-\x1b[31m.yaml"), "file-name"),
    _entry(
        "a record that may be run", staged("100755", BAD), "C20240501AAAA", code=0, arguments=("list", "--at", "HEAD")
    ),
    _entry("alternates that lead away", written(".git/objects/info/alternates", "/etc\n"), code=0),
    _entry("a broken head", written(".git/HEAD", "ref: ../../../etc/passwd\n"), code=0, arguments=("check", *_JSON)),
    _entry("a broken index", written(".git/index", "DIRC\0\0\0\2garbage"), "git", code=3),
    # Whether a sparse checkout keeps records off the disk can't be told then: no list is better than a part of one.
    _alone("broken settings of git", "[core\n"),
    _alone("settings that include others", "[include]\n\tpath = /dev/zero\n"),
)
TYPED = (
    _typed("an option as a revision", "list", "--at", "--output=ran"),
    _typed("a program as a revision", "list", "--at", "$(touch ran)"),
    _typed("two lines as a revision", "list", "--at", "HEAD\nx"),
    _typed("an escape as a revision", "list", "--at", "\x1b[31m"),
    _typed("a path as a revision", "list", "--at", "HEAD:records"),
    _typed("an option as a span", "diff", "--output=ran"),
    _typed("a span of options", "diff", "--upload-pack=x..--output=ran"),
    _typed("an option as a customer", "show", "--", "--help"),
    _typed("a path as a customer", "show", "../../../etc/passwd"),
    _typed("an escape as a customer", "show", "\x1b]0;x\x07"),
    _typed("a pattern as a search", "list", "--where", "name == '" + "(" * 3000 + "'"),
    _typed("a diff program in the environment", "diff", *_JSON, code=0, GIT_EXTERNAL_DIFF="touch ran #"),
    _typed(
        "a pager in the environment", "history", "C20240501AAAA", code=0, GIT_PAGER="touch ran #", PAGER="touch ran #"
    ),
    _typed("a language that climbs", "list", code=0, CRMTEXT_LANG="../../../etc", LANGUAGE="../../x"),
    _typed("a width of ages", "list", code=0, COLUMNS="99999999999"),
)
_DAY = (("CRMTEXT_TODAY", "9999-99-99"),)
CASES = (
    *RUNNING,
    *ENTRIES,
    *TYPED,
    Case("a day that is none", committed, code=2, arguments=("list",), environment=_DAY, neighbour=False),
)
