"""A temporary repository that reads another one's objects: without its settings, attributes, index and work tree."""

from __future__ import annotations

import hashlib
import zlib
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import cannot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.git.plumbing import Repository

_CONFIG = "[core]\n\trepositoryformatversion = {version}\n\tbare = true\n"
#: Further places of objects, in git's own notation.
_MORE = ("GIT_ALTERNATE_OBJECT_DIRECTORIES",)
_NOBODY = ("author - <-> 0 +0000", "committer - <-> 0 +0000")
_SHA256 = "[extensions]\n\tobjectFormat = sha256\n"


@contextmanager
def scratch(repo: Repository, attributes: str = "") -> Iterator[Repository]:
    """The temporary repository with these attributes for all its files; objects that git writes vanish with it."""
    with TemporaryDirectory(prefix="crmtext-") as folder:
        home = Path(folder).resolve()
        for name in ("objects/info", "refs", "info"):
            (home / name).mkdir(parents=True)
        sha256 = repo.object_format == "sha256"
        (home / "HEAD").write_text("ref: refs/heads/main\n", "ascii")
        (home / "config").write_text(_CONFIG.format(version=int(sha256)) + (_SHA256 if sha256 else ""), "ascii")
        (home / "info/attributes").write_text(attributes, "utf-8", newline="\n")
        variables = dict(repo.variables)
        folders = {
            Path(variables.get("GIT_OBJECT_DIRECTORY", repo.common_dir / "objects")),
            repo.common_dir / "objects",
        }
        lines = sorted(str((repo.git_dir / one).resolve()) for one in folders)
        if any("\n" in line for line in lines):
            raise cannot("git-failed", _("the path of the repository contains a line break"))
        # Beside the repository's own objects: those of a push that is not accepted yet.
        text = "".join(f"{line}\n" for line in lines)
        (home / "objects/info/alternates").write_bytes(text.encode(errors="surrogateescape"))
        own = {"GIT_DIR": str(home)} | {name: variables[name] for name in _MORE if name in variables}
        yield repo._replace(top=None, git_dir=home, common_dir=home, variables=tuple(own.items()))


def stored(room: Repository, kind: str, content: bytes) -> str:
    """Write an object into a temporary repository and return its id; without git, which would sync it to the disk."""
    whole = f"{kind} {len(content)}\0".encode() + content
    name = hashlib.new(room.object_format, whole, usedforsecurity=False).hexdigest()
    file = room.git_dir / "objects" / name[:2] / name[2:]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(whole, 1))
    return name


def commit_of(room: Repository, tree: str, *parents: str) -> str:
    """Write a commit of a tree into a temporary repository, so that it can be compared with others."""
    lines = (f"tree {tree}", *(f"parent {parent}" for parent in parents), *_NOBODY)
    return stored(room, "commit", "".join(f"{line}\n" for line in (*lines, "")).encode())
