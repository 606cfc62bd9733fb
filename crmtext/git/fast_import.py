"""A history written at once into a repository that has none yet: one git process instead of eight a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import Repository, branch, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime


class Step(NamedTuple):
    """One commit to be made: its author commits too, at that moment; None removes a file."""

    author: tuple[str, str]
    when: datetime
    message: str
    files: Mapping[str, bytes | None]


def write(repo: Repository, steps: Iterable[Step]) -> None:
    """Make these commits, oldest first, on the unborn branch that is checked out, and have the index know the last."""
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
    """Put the files that the index holds into the work tree, where there are none yet."""
    run(repo, "checkout-index", "--all", "--index")
