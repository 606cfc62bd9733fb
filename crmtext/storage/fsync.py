"""Syncing the folders that git writes to, for power cuts: git itself syncs only files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.disk.files import plainly, sync_folder
from crmtext.git.plumbing import Repository, ask
from crmtext.layout import LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def sync_objects(repo: Repository, *, everything: bool = False) -> None:
    """Sync the folders of objects that changed since the store's lock was taken."""
    objects = repo.common_dir / "objects"
    since = 0 if everything else _modified(repo.git_dir / LOCK)
    for folder in (objects, *_below(objects)):
        if _modified(folder) >= since:
            with plainly(folder):
                sync_folder(folder)


def sync_head(repo: Repository) -> None:
    """Sync the folders of the branch that is checked out."""
    sync_ref(repo, ask(repo, "symbolic-ref", "--quiet", "HEAD") or "HEAD")


def sync_ref(repo: Repository, ref: str) -> None:
    """Sync the folders of a ref, innermost first, and that of HEAD."""
    # A linked work tree has its own folder for HEAD.
    home = repo.git_dir if ref == "HEAD" else repo.common_dir
    parts = ref.split("/")[:-1]
    folders = [home.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]
    for folder in dict.fromkeys((*folders, repo.git_dir)):
        # A repository of another ref format has no such folders.
        if folder.is_dir():
            with plainly(folder):
                sync_folder(folder)


def _below(objects: Path) -> Iterator[Path]:
    for folder in objects.iterdir():
        if len(folder.name) == 2 or folder.name == "pack":
            yield folder


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
