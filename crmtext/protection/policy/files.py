"""The files of two states of a repository that differ, read by few git processes for many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.reading import blobs_within, differing_along
from crmtext.sources import LINK
from crmtext.text.size import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.git.plumbing import Repository
    from crmtext.git.reading import Entry

#: How many blobs are read and held at a time.
_MANY = 500
#: Git's mode of a submodule.
_MODULE = "160000"


class File(NamedTuple):
    """A file: git's mode and blob, and its bytes, or the size of one that is too large for a record."""

    mode: str
    blob: str
    content: bytes | int

    @property
    def regular(self) -> bool:
        """Whether it is neither a symlink nor a submodule."""
        return self.mode not in (LINK, _MODULE)


#: The files of a state by their paths in the repository.
Files = dict[str, File]


def steps(repo: Repository, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[Files, Files]]:
    """Yield the files that differ between the commits of each pair, as they are in each of them.

    The old one of a commit without parents is empty.
    """
    wanted = tuple(pairs)
    differing = differing_along(repo, "", wanted, submodules=True) if wanted else iter(())
    waiting: list[tuple[tuple[Entry, ...], tuple[Entry, ...]]] = []
    blobs: dict[str, None] = {}
    for step in differing:
        waiting.append(step)
        blobs.update((entry.blob, None) for side in step for entry in side if entry.mode != _MODULE)
        if len(blobs) >= _MANY:
            yield from _filled(repo, waiting, blobs)
            waiting.clear()
            blobs.clear()
    yield from _filled(repo, waiting, blobs)


def _filled(
    repo: Repository, waiting: Iterable[tuple[tuple[Entry, ...], tuple[Entry, ...]]], blobs: Mapping[str, None]
) -> Iterator[tuple[Files, Files]]:
    contents = dict(zip(blobs, blobs_within(repo, blobs, MAX_BYTES), strict=True)) if blobs else {}
    for old, new in waiting:
        yield _files(old, contents), _files(new, contents)


def _files(entries: Iterable[Entry], contents: Mapping[str, bytes | int]) -> Files:
    # The commit of a submodule is not an object of this repository.
    return {entry.path: File(entry.mode, entry.blob, contents.get(entry.blob, 0)) for entry in entries}
