"""Objects written into a repository as they are, valid or not."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from crmtext.git.plumbing import Repository, repository

if TYPE_CHECKING:
    from repos import Repo


def stored(repo: Repo, kind: str, content: bytes) -> str:
    """The id of an object, put where git keeps them: git's own commands refuse some of what they read."""
    whole = f"{kind} {len(content)}\0".encode() + content
    name = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    file = repo.path / ".git/objects" / name[:2] / name[2:]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(whole))
    return name


def known(repo: Repo) -> Repository:
    found = repository(repo.path)
    assert found
    return found
