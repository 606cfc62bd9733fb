"""Repositories to try things on, with the same git, day and language for every test."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = Path(__file__).parents[1]

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "李雷",
    "GIT_AUTHOR_EMAIL": "lilei@example.com",
    "GIT_AUTHOR_DATE": "2026-11-20T12:00:00+08:00",
    "GIT_COMMITTER_NAME": "李雷",
    "GIT_COMMITTER_EMAIL": "lilei@example.com",
    "GIT_COMMITTER_DATE": "2026-11-20T12:00:00+08:00",
    "CRMTEXT_TODAY": "2026-11-20",
    "CRMTEXT_LANG": "en",
    "TZ": "Asia/Shanghai",
}


@dataclass(frozen=True)
class Repo:
    """A git repository in a temporary folder, driven as a user would."""

    path: Path

    def git(self, *args: str, check: bool = True) -> str:
        """What the user's git prints, both streams."""
        done = subprocess.run(
            ["git", *args], cwd=self.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        output = done.stdout.decode(errors="surrogateescape")
        assert not (check and done.returncode), f"git {' '.join(args)}: {output}"
        return output.rstrip("\n")

    def write(self, path: str, text: str) -> Path:
        """Write a file as an editor would, without staging it."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def commit(self, files: dict[str, str], message: str = "change") -> str:
        """Write, stage and commit; the new commit's id."""
        for path, text in files.items():
            self.write(path, text)
        self.git("--literal-pathspecs", "add", "--", *files)
        self.git("commit", "-q", "--no-verify", "-m", message)
        return self.git("rev-parse", "HEAD")

    def worktree(self, name: str) -> Repo:
        """A linked work tree beside this one, on a branch of its own."""
        self.git("worktree", "add", "-q", str(self.path.parent / name))
        return Repo(self.path.parent / name)


def copy(template: Path, make: Callable[[Path], object], folder: Path) -> None:
    """Lay into a folder the repositories that `make` lays, which it does once: copying is quicker than git."""
    if not template.exists():
        template.mkdir()
        make(template)
    shutil.copytree(template, folder, symlinks=True, dirs_exist_ok=True)
    for config in [*folder.glob("*/config"), *folder.glob("*/.git/config")]:
        config.write_text(config.read_text("utf-8").replace(str(template), str(folder)), "utf-8")
    for git_dir in folder.glob("*/.git"):
        # The index knows the files by their inodes.
        Repo(git_dir.parent).git("update-index", "-q", "--refresh")
