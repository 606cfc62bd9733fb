"""The user's editor, started as git does, and git's merge of two edits of a text."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext.git.config import clone_runs_program, programs
from crmtext.git.failure import failed
from crmtext.git.plumbing import Repository, outcome
from crmtext.i18n import _
from crmtext.problem import cannot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


def editor(folder: Path, repo: Repository | None) -> str:
    """Return the editor's command, as git finds it: GIT_EDITOR, core.editor, VISUAL, EDITOR, vi. Raises CrmError."""
    if repo and "GIT_EDITOR" not in os.environ:
        _refuse_received(repo)
    code, output = outcome(folder, "var", "GIT_EDITOR")
    command = os.fsdecode(output).strip()
    if code or not command or not _is_there(command):
        message = _("the editor '{command}' was not found").format(command=command)
        hint = _('set one: git config --global core.editor "nano"; or change single values with crmtext set')
        raise cannot("no-editor", message if command else _("no editor is set"), hint)
    return command


def edit(command: str, file: Path) -> int:
    """Open a file in the editor, and return the exit code."""
    import subprocess

    # Through a shell, as git does: an editor may be `code --wait`.
    shell = ["sh", "-c", f'{command} "$@"', command, str(file)]
    with _interruptions_are_the_editors():
        if sys.platform == "win32":
            return subprocess.call(f'{command} "{file}"', shell=True)  # noqa: S602 - the user's own editor
        return subprocess.call(shell)


def merged(home: Path, ours: bytes, base: bytes, theirs: bytes, names: tuple[str, str, str]) -> tuple[bytes, bool]:
    """Merge two edits of a text; returns the text, with conflict markers, and whether it has conflicts.

    Temporary files are created in `home`.
    """
    with tempfile.TemporaryDirectory(dir=home) as folder:
        files = [Path(folder) / name for name in ("ours", "base", "theirs")]
        for file, content in zip(files, (ours, base, theirs), strict=True):
            file.write_bytes(content)
        labels = [part for name in names for part in ("-L", name)]
        code, output = outcome(Path(folder), "merge-file", "-p", *labels, *map(str, files))
    # The exit code is the number of conflicts; above 127 it is an error.
    if code > 127:
        raise failed("merge-file", b"")
    return output, code > 0


def _refuse_received(repo: Repository) -> None:
    for key, program in programs(repo):
        if key == "core.editor":
            raise clone_runs_program(_("the editor is set in this clone's own git config: {program}"), key, program)


def _is_there(command: str) -> bool:
    """Whether the program exists; True for anything that only a shell can parse."""
    try:
        first = shlex.split(command)[0]
    except (ValueError, IndexError):
        return True
    return any(sign in first for sign in "$;&|(){}`") or shutil.which(first) is not None


@contextmanager
def _interruptions_are_the_editors() -> Iterator[None]:
    """Pass Ctrl-C to the editor only. By a handler, because the editor would inherit SIG_IGN."""

    def nothing(_number: int, _frame: FrameType | None) -> None:
        pass

    signals = [getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)]
    before = [signal.signal(number, nothing) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
