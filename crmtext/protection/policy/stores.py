"""The stores of a commit, and the policies that are in force there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.reading import read_blobs, tree
from crmtext.layout import SCHEMA, SETTINGS
from crmtext.protection.policy.rights import Policy
from crmtext.sources import LINK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry


def policies(repo: Repository, commit: str | None) -> tuple[Policy, ...]:
    """Return the policies in a commit, of each store that has `[access]`; none before the first commit.

    Raises CrmError if one can't be read.
    """
    if commit is None:
        return ()
    files = {file.path: file for file in _rule_files(repo, commit)}
    homes = _outermost(path.removesuffix(SETTINGS) for path in files if path.rpartition("/")[2] == SETTINGS)
    wanted = {path: file for home in homes for path in (home + SETTINGS, home + SCHEMA) if (file := files.get(path))}
    contents = _contents(repo, wanted)
    every = (
        Policy.read(
            contents.get(home + SETTINGS),
            contents.get(home + SCHEMA),
            home,
            tuple(other for other in homes if other != home),
        )
        for home in homes
    )
    return tuple(policy for policy in every if policy.access is not None)


def _rule_files(repo: Repository, commit: str) -> tuple[Entry, ...]:
    """The settings and schemas; all files are listed only if the top of the repository has no settings."""
    top = tuple(tree(repo, commit, SETTINGS, SCHEMA))
    return top if any(file.path == SETTINGS for file in top) else tuple(tree(repo, commit))


def _outermost(homes: Iterable[str]) -> tuple[str, ...]:
    """The folders of stores that are in no other store."""
    every = sorted({*homes})
    return tuple(home for home in every if not any(home != other and home.startswith(other) for other in every))


def _contents(repo: Repository, files: Mapping[str, Entry]) -> dict[str, bytes]:
    """The bytes of regular files; a link counts as a file that can't be read."""
    blobs = dict(read_blobs(repo, {file.blob for file in files.values() if file.mode != LINK}))
    return {path: blobs.get(file.blob, b"\0") for path, file in files.items()}
