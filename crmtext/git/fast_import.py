"""Writing a whole history into an empty repository: by one git process instead of eight for each commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import Repository, branch, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime


class Step(NamedTuple):
    """A commit to write; the author is the committer as well. None as content removes a file."""

    author: tuple[str, str]
    when: datetime
    message: str
    files: Mapping[str, bytes | None]


def write(repo: Repository, steps: Iterable[Step]) -> None:
    """Write these commits, oldest first, to the unborn branch that is checked out, and read the last into the index."""
    ref = f"refs/heads/{branch(repo)}".encode()
    run(repo, "fast-import", "--quiet", "--done", data=b"".join(_stream(ref, steps)) + b"done\n")
    run(repo, "read-tree", "HEAD")


def _stream(ref: bytes, steps: Iterable[Step]) -> Iterator[bytes]:
    for step in steps:
        name, email = step.author
        who = f"{name} <{email}> {int(step.when.timestamp())} {step.when:%z}".encode()
        message = step.message.rstrip("\n").encode() + b"\n"
        yield b"commit %s\nauthor %s\ncommitter %s\n" % (ref, who, who)
        yield _data(message)
        for path, content in step.files.items():
            name_ = path.encode()
            yield b"D %s\n" % name_ if content is None else b"M 100644 inline %s\n%s" % (name_, _data(content))


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def check_out(repo: Repository) -> None:
    """Write the files of the index to an empty work tree."""
    run(repo, "checkout-index", "--all", "--index")
