"""The commits that touched a file, with its bytes before and after, from one `git log`; renames are followed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import Repository, run
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, tzinfo

    from crmtext.git.objects import Objects

#: More bytes than these no list of a person's names has.
_MAILMAP, _LARGEST = ".mailmap", 1024 * 1024
#: Each field ends in NUL: git cuts names and messages there, and whoever makes a commit chooses every other byte.
_FIELDS = ("H", "P", "at", "an", "ae", "B")
#: The same with the names that a list of the team's says; and what only git knows, as a history may be cut.
_MAPPED, _STEP = ("H", "P", "at", "aN", "aE", "B"), ("H", "P")
#: Else settings decide about the encoding, and have the signature checked by a program that they name.
_LOG = ("log", "-z", "--encoding=UTF-8", "--no-show-signature", "--no-mailmap")
_SHOWN = ("--raw", "--root", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-merges=combined")


class Touch(NamedTuple):
    """What a commit did to one file: its blob before, in each parent of a merge, and after; None where it is not."""

    path: str
    old: tuple[str | None, ...]
    new: str | None


class Commit(NamedTuple):
    """A commit and what it did to the files that were asked about."""

    id: str
    #: Seconds since 1970, when its author wrote it; 0 where nobody can tell.
    when: int
    author: str
    email: str
    parents: tuple[str, ...]
    message: str
    touches: tuple[Touch, ...] = ()

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.strip().partition("\n")[0]

    def day(self, zone: tzinfo | None) -> date:
        """The day in a time zone on which its author wrote it."""
        return clock.day_of(self.when, zone)


def touching(objects: Objects, start: str, path: str) -> tuple[Commit, ...]:
    """The commits that touched a file, newest first, under all the names that it had; and the merges of such.

    The parents of each are those of the others that came before it; commits that did not touch the file are left out.
    """
    names = [path]
    known: set[tuple[str, str]] = set()
    while True:
        found = _log(objects, start, names)
        came = [(each, touch.path) for each in found for touch in each.touches if touch.new and not any(touch.old)]
        fresh = [(commit, name) for commit, name in came if (commit.id, name) not in known]
        known |= {(commit.id, name) for commit, name in fresh}
        former = {old for commit, name in fresh if (old := _former(objects, commit, name))}
        if former <= {*names}:
            return _connected(objects, found, names)
        names += sorted(former.difference(names))


def deleted(repo: Repository, start: str, patterns: Iterable[str]) -> tuple[str, str] | None:
    """Path and blob of the file of these globs that was deleted last before a commit; None where there is none."""
    globs = [f":(top,glob){pattern}" for pattern in patterns]
    asked = ("log", "-z", "-1", "--format=", "--diff-filter=D", "--raw", "--no-abbrev", "--no-renames")
    # Pathspecs are literal in all other calls, by this variable.
    told = run(repo, *asked, "--end-of-options", start, "--", *globs, env={"GIT_LITERAL_PATHSPECS": "0"})
    found = os.fsdecode(told).lstrip("\n").split("\0")
    return (found[1], found[0].split()[2]) if len(found) > 1 else None


class Step(NamedTuple):
    """A commit on the way from one to another."""

    id: str
    parents: tuple[str, ...]


def steps(repo: Repository, old: str | None, new: str) -> tuple[Step, ...]:
    """The commits that lead from one to another, oldest first; all up to the other where there is no first one."""
    asked = ("rev-list", "--topo-order", "--reverse", "--parents", "--end-of-options", *_ends(old, new), "--")
    lines = (line.split() for line in run(repo, *asked).decode().splitlines())
    return tuple(Step(id_, tuple(parents)) for id_, *parents in lines)


def _ends(old: str | None, new: str) -> tuple[str, ...]:
    # By three dots, so that git looks for the commits in which they parted: a clock may have been ahead.
    return (f"{old}...{new}", f"^{old}") if old else (new,)


def between(
    repo: Repository, old: str | None, new: str, known: str = "", *, touches: bool = False
) -> tuple[Commit, ...]:
    """The commits that lead from one to another, oldest first; all up to the other where there is no first one.

    What is `known` is left out: by all refs (`--all`), or by those of a remote (`--remotes=origin`). `touches` names
    the files that each commit has otherwise than every parent.
    """
    apart = ("--not", known, "--not") if known else ()
    asked = (*_LOG, _format(_FIELDS), "--topo-order", "--reverse", *(_SHOWN if touches else ("--no-patch",)), *apart)
    return tuple(_commits(run(repo, *asked, "--end-of-options", *_ends(old, new), "--"), _FIELDS))


def told(repo: Repository, ids: Iterable[str]) -> dict[str, Commit]:
    """The commits of these ids."""
    data = "".join(f"{each}\n" for each in ids).encode()
    asked = (*_LOG, _format(_FIELDS), "--no-walk=unsorted", "--no-patch", "--stdin")
    return {each.id: each for each in _commits(run(repo, *asked, data=data), _FIELDS)}


def _log(objects: Objects, start: str, names: Sequence[str]) -> tuple[Commit, ...]:
    repo = objects.repository
    # By default a side whose changes a merge dropped is left out, as if nobody had made them.
    every = ("--date-order", "--full-history", "--simplify-merges")
    fields = _MAPPED if _has_mailmap(repo) else _STEP if objects.by_library else _FIELDS
    # No other list is read: the settings of a received repository may name any file, a pipe too.
    config = ("mailmap.file=", "mailmap.blob=")
    asked = (*_LOG, _format(fields), *every, *_SHOWN, "--end-of-options", start, "--", *names)
    found = tuple(_commits(run(repo, *asked, config=config), fields))
    if fields is not _STEP:
        return found
    written = objects.commits(each.id for each in found)
    return tuple(written[each.id]._replace(parents=each.parents, touches=each.touches) for each in found)


def _format(fields: Sequence[str]) -> str:
    return "--format=" + "".join(f"%{each}%x00" for each in fields)


def _has_mailmap(repo: Repository) -> bool:
    """Whether the work tree has a list of the names of each person that git can read to its end."""
    try:
        about = (repo.top or repo.git_dir).joinpath(_MAILMAP).lstat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size <= _LARGEST


def _commits(told: bytes, fields: Sequence[str]) -> Iterator[Commit]:
    parts = told.split(b"\0")
    at = 0
    while len(parts) - at > len(fields):
        header, at = parts[at : at + len(fields)], at + len(fields)
        touches = []
        # Next stand an empty line and what was done to files, each followed by its path; an id begins the next commit.
        while at < len(parts) and (about := parts[at].strip(b"\n"))[:1] in (b"", b":"):
            if about:
                at += 1
                touches.append(_touch(about.decode(), os.fsdecode(parts[at])))
            at += 1
        yield _commit(header, tuple(touches))


def _commit(header: Sequence[bytes], touches: tuple[Touch, ...]) -> Commit:
    commit, parents, *more = (each.decode(errors="replace") for each in header)
    when, author, email, message = more or ("", "", "", "")
    # A damaged commit has no date, or one that a program has made up.
    return Commit(commit, int(when or 0), author, email, tuple(parents.split()), message, touches)


def _touch(about: str, path: str) -> Touch:
    colons = len(about) - len(about.lstrip(":"))
    words = about.lstrip(":").split(" ")
    blobs = [None if not blob.strip("0") else blob for blob in words[colons + 1 : 2 * colons + 2]]
    return Touch(path, tuple(blobs[:-1]), blobs[-1])


def _former(objects: Objects, commit: Commit, path: str) -> str | None:
    """What a file that appeared in a commit was called in its parent."""
    if objects.by_library and not objects.commits((commit.id,))[commit.id].parents:
        return None
    shown = ("-r", "-z", "--raw", "--no-abbrev", "--find-renames=50%", "-l2000", "--diff-filter=R", "--no-commit-id")
    # Against the parent that it has: `commit.parents` are those that touched the file.
    first = ("--root", "--diff-merges=first-parent")
    raw = os.fsdecode(run(objects.repository, "diff-tree", *shown, *first, "--end-of-options", commit.id))
    parts = iter(raw.split("\0"))
    for about in parts:
        if about.startswith(":"):
            old, new = next(parts), next(parts)
            if new == path:
                return old
    return None


def _connected(objects: Objects, found: Sequence[Commit], names: Sequence[str]) -> tuple[Commit, ...]:
    """The commits with what each parent had of the file; git tells of merges only what differs from all parents."""
    held: dict[str, str | None] = {}
    done = []
    for commit in reversed(found):
        parents = tuple(parent for parent in commit.parents if parent in held)
        before = tuple(held[parent] for parent in parents)
        if len(parents) > 1:
            blobs = {entry.path: entry.blob for entry in objects.tree(commit.id, *names)}
            name = next((name for name in names if name in blobs), names[0])
            touches: tuple[Touch, ...] = (Touch(name, before, blobs.get(name)),)
        else:
            touches = tuple(_one(touch, before) for touch in _joined(commit.touches))
        held[commit.id] = next((touch.new for touch in touches if touch.new), None)
        done.append(commit._replace(parents=parents, touches=touches))
    return tuple(reversed(done))


def _one(touch: Touch, before: tuple[str | None, ...]) -> Touch:
    """The touch against one parent: a merge may have others, that never had the file."""
    return touch._replace(old=(before or touch.old)[:1]) if len(touch.old) > 1 else touch


def _joined(touches: tuple[Touch, ...]) -> tuple[Touch, ...]:
    """What a commit did, where a file that went and came under another name was moved."""
    came = [each for each in touches if each.new and not any(each.old)]
    went = [each for each in touches if each.new is None]
    if len(came) != 1 or len(went) != 1:
        return touches
    return (Touch(came[0].path, went[0].old, came[0].new), went[0])
