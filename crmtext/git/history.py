"""Commits and the files they touched, from one `git log`; renames of a file are followed."""

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

#: A larger mailmap is ignored.
_MAILMAP, _LARGEST = ".mailmap", 1024 * 1024
#: No other mailmap is read: the settings of a received repository may name any file, even a pipe.
_NO_MAILMAP = ("mailmap.file=", "mailmap.blob=")
#: Each field ends in NUL, the only byte that names and messages cannot contain.
_FIELDS = ("H", "P", "at", "an", "ae", "B")
#: The same with names from the mailmap; and the fields that only git knows, as the history may be cut.
_MAPPED, _STEP = ("H", "P", "at", "aN", "aE", "B"), ("H", "P")
#: A commit and its own date.
_ADDED = ("H", "ct")
#: Otherwise settings choose the encoding, and may run a program that checks signatures.
_LOG = ("log", "-z", "--encoding=UTF-8", "--no-show-signature", "--no-mailmap")
_SHOWN = ("--raw", "--root", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-merges=combined")


class Touch(NamedTuple):
    """The change of one file in a commit: its blob in each parent, and after; None if missing."""

    path: str
    old: tuple[str | None, ...]
    new: str | None


class Commit(NamedTuple):
    """A commit, and its changes of the requested files."""

    id: str
    #: The author's time in seconds since 1970; 0 if unknown.
    when: int
    author: str
    email: str
    parents: tuple[str, ...]
    message: str
    touches: tuple[Touch, ...] = ()

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.strip().partition("\n")[0]

    def day(self, zone: tzinfo | None) -> date:
        """The author's date in a time zone."""
        return clock.day_of(self.when, zone)


def touching(objects: Objects, start: str, path: str) -> tuple[Commit, ...]:
    """Return the commits that touched a file under any of its names, and the merges of them, newest first.

    Their parents are rewritten to commits of this list.
    """
    names = [path]
    known: set[tuple[str, str]] = set()
    while True:
        commits = _log(objects, start, names)
        came = [
            (commit, touch.path) for commit in commits for touch in commit.touches if touch.new and not any(touch.old)
        ]
        fresh = [(commit, name) for commit, name in came if (commit.id, name) not in known]
        known |= {(commit.id, name) for commit, name in fresh}
        former = {old for commit, name in fresh if (old := _former(objects, commit, name))}
        if former <= {*names}:
            return _connected(objects, commits, names)
        names += sorted(former.difference(names))


def touching_any(repo: Repository, start: str, folder: str) -> tuple[Commit, ...]:
    """Return the commits that touched files below a folder, newest first; merges with what differs from all parents."""
    fields = _MAPPED if _has_mailmap(repo) else _FIELDS
    asked = (*_LOG, _format(fields), "--date-order", "--full-history", *_SHOWN, "--end-of-options", start, "--", folder)
    return tuple(_commits(run(repo, *asked, config=_NO_MAILMAP), fields))


def order(repo: Repository, start: str) -> dict[str, int]:
    """Return the place of each commit in a history, newest first, no commit before one that is based on it."""
    ids = run(repo, "rev-list", "--date-order", "--end-of-options", start, "--").decode().split()
    return {id_: place for place, id_ in enumerate(ids)}


def deleted(repo: Repository, start: str, patterns: Iterable[str]) -> tuple[str, str] | None:
    """Return path and blob of the last deleted file that matches these globs, up to a commit; None if there is none."""
    globs = [f":(top,glob){pattern}" for pattern in patterns]
    asked = ("log", "-z", "-1", "--format=", "--diff-filter=D", "--raw", "--no-abbrev", "--no-renames")
    # All other calls set this to 1.
    output = run(repo, *asked, "--end-of-options", start, "--", *globs, env={"GIT_LITERAL_PATHSPECS": "0"})
    parts = os.fsdecode(output).lstrip("\n").split("\0")
    return (parts[1], parts[0].split()[2]) if len(parts) > 1 else None


class Step(NamedTuple):
    """A commit of a range."""

    id: str
    parents: tuple[str, ...]


def steps(repo: Repository, old: str | None, new: str, *known: str) -> tuple[Step, ...]:
    """Return the commits of a range, oldest first; without `old`, the whole history of `new`.

    Commits that the `known` ones have are left out, too.
    """
    ends = (*_ends(old, new), *(f"^{commit}" for commit in known))
    asked = ("rev-list", "--topo-order", "--reverse", "--parents", "--end-of-options", *ends, "--")
    lines = (line.split() for line in run(repo, *asked).decode().splitlines())
    return tuple(Step(id_, tuple(parents)) for id_, *parents in lines)


def _ends(old: str | None, new: str) -> tuple[str, ...]:
    # By three dots, so that git finds the merge base even if the clock of a commit was ahead.
    return (f"{old}...{new}", f"^{old}") if old else (new,)


def between(
    repo: Repository, old: str | None, new: str, known: str = "", *, touches: bool = False
) -> tuple[Commit, ...]:
    """Return the commits of a range, oldest first; without `old`, the whole history of `new`.

    Commits that `known` refs have are left out: all refs (`--all`), or those of a remote (`--remotes=origin`). With
    `touches`, each commit has the files that differ from every parent.
    """
    apart = ("--not", known, "--not") if known else ()
    asked = (*_LOG, _format(_FIELDS), "--topo-order", "--reverse", *(_SHOWN if touches else ("--no-patch",)), *apart)
    return tuple(_commits(run(repo, *asked, "--end-of-options", *_ends(old, new), "--"), _FIELDS))


class Addition(NamedTuple):
    """A file that a commit added: when it was committed, in seconds since 1970, and the file's blob."""

    commit: str
    when: int
    path: str
    blob: str


def additions(repo: Repository, old: str | None, new: str, endings: tuple[str, ...]) -> Iterator[Addition]:
    """Yield the files with these endings that a commit has, but none of its parents.

    Commits that `old` has, too, are left out.
    """
    # The endings are compared here: with a pathspec git takes ten times as long.
    asked = (*_LOG, _format(_ADDED), *_SHOWN, "--diff-filter=A", "--end-of-options", new, *([f"^{old}"] if old else []))
    for (commit, when), touches in _parsed(run(repo, *asked, "--"), _ADDED):
        for touch in touches:
            if touch.new and touch.path.endswith(endings):
                # A damaged commit has no date.
                yield Addition(commit, int(when or 0), touch.path, touch.new)


def mentioning(repo: Repository, start: str, words: Iterable[str]) -> tuple[Commit, ...]:
    """Return the commits up to one whose messages have a line that begins with one of these words, newest first.

    Lines may be indented, as `git merge --squash` writes them.
    """
    asked = (*_LOG, _format(_FIELDS), "--date-order", "--no-patch", "--basic-regexp")
    lines = (f"--grep=^[[:blank:]]*{word}" for word in words)
    return tuple(_commits(run(repo, *asked, *lines, "--end-of-options", start, "--"), _FIELDS))


def commits_of(repo: Repository, ids: Iterable[str]) -> dict[str, Commit]:
    """Return the commits with these ids."""
    data = "".join(f"{id_}\n" for id_ in ids).encode()
    asked = (*_LOG, _format(_FIELDS), "--no-walk=unsorted", "--no-patch", "--stdin")
    return {commit.id: commit for commit in _commits(run(repo, *asked, data=data), _FIELDS)}


def _log(objects: Objects, start: str, names: Sequence[str]) -> tuple[Commit, ...]:
    repo = objects.repository
    # By default git leaves out the side of a merge whose changes were dropped.
    every = ("--date-order", "--full-history", "--simplify-merges")
    fields = _MAPPED if _has_mailmap(repo) else _STEP if objects.by_library else _FIELDS
    asked = (*_LOG, _format(fields), *every, *_SHOWN, "--end-of-options", start, "--", *names)
    commits = tuple(_commits(run(repo, *asked, config=_NO_MAILMAP), fields))
    if fields is not _STEP:
        return commits
    written = objects.commits(commit.id for commit in commits)
    return tuple(written[commit.id]._replace(parents=commit.parents, touches=commit.touches) for commit in commits)


def _format(fields: Sequence[str]) -> str:
    return "--format=" + "".join(f"%{field}%x00" for field in fields)


def _has_mailmap(repo: Repository) -> bool:
    """Whether the work tree has a mailmap: a regular file within the limit."""
    try:
        about = (repo.top or repo.git_dir).joinpath(_MAILMAP).lstat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size <= _LARGEST


def _commits(output: bytes, fields: Sequence[str]) -> Iterator[Commit]:
    for header, touches in _parsed(output, fields):
        yield _commit(header, touches)


def _parsed(output: bytes, fields: Sequence[str]) -> Iterator[tuple[list[str], tuple[Touch, ...]]]:
    """The fields of each commit, and its changes."""
    parts = output.split(b"\0")
    at = 0
    while len(parts) - at > len(fields):
        header, at = parts[at : at + len(fields)], at + len(fields)
        touches = []
        # An empty line follows, and pairs of change and path; the next commit begins with an id.
        while at < len(parts) and (about := parts[at].strip(b"\n"))[:1] in (b"", b":"):
            if about:
                at += 1
                touches.append(_touch(about.decode(), os.fsdecode(parts[at])))
            at += 1
        yield [field.decode(errors="replace") for field in header], tuple(touches)


def _commit(header: Sequence[str], touches: tuple[Touch, ...]) -> Commit:
    commit, parents, *more = header
    when, author, email, message = more or ("", "", "", "")
    # A damaged commit has no date.
    return Commit(commit, int(when or 0), author, email, tuple(parents.split()), message, touches)


def _touch(about: str, path: str) -> Touch:
    colons = len(about) - len(about.lstrip(":"))
    words = about.lstrip(":").split(" ")
    blobs = [None if not blob.strip("0") else blob for blob in words[colons + 1 : 2 * colons + 2]]
    return Touch(path, tuple(blobs[:-1]), blobs[-1])


def _former(objects: Objects, commit: Commit, path: str) -> str | None:
    """The name in the parent of a file that a commit added or renamed."""
    if objects.by_library and not objects.commits((commit.id,))[commit.id].parents:
        return None
    shown = ("-r", "-z", "--raw", "--no-abbrev", "--find-renames=50%", "-l2000", "--diff-filter=R", "--no-commit-id")
    # Compared with the real parent: `commit.parents` are rewritten to commits that touched the file.
    first = ("--root", "--diff-merges=first-parent")
    raw = os.fsdecode(run(objects.repository, "diff-tree", *shown, *first, "--end-of-options", commit.id))
    parts = iter(raw.split("\0"))
    for about in parts:
        if about.startswith(":"):
            old, new = next(parts), next(parts)
            if new == path:
                return old
    return None


def _connected(objects: Objects, commits: Sequence[Commit], names: Sequence[str]) -> tuple[Commit, ...]:
    """The commits with the file's blob in each parent; git shows a merge only if the file differs from all parents."""
    held: dict[str, str | None] = {}
    done = []
    for commit in reversed(commits):
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
    """The touch compared with one parent: the others of a merge may not have the file."""
    return touch._replace(old=(before or touch.old)[:1]) if len(touch.old) > 1 else touch


def _joined(touches: tuple[Touch, ...]) -> tuple[Touch, ...]:
    """The touches of a commit; one added and one deleted file are a rename."""
    came = [touch for touch in touches if touch.new and not any(touch.old)]
    went = [touch for touch in touches if touch.new is None]
    if len(came) != 1 or len(went) != 1:
        return touches
    return (Touch(came[0].path, went[0].old, came[0].new), went[0])
