"""Bundles: all branches and tags of a repository in one file, and a repository made of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git.plumbing import Repository, ask, attempt, create, run
from crmtext.i18n import _
from crmtext.problem import cannot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: The refs in a bundle.
_FOLDERS = ("refs/heads", "refs/tags")
_FIRST = re.compile(rb"# v[23] git bundle\n")
_FORMAT = b"@object-format="
_REF = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (HEAD|refs/(?:heads|tags)/[^\n]+)\n")
#: The most bytes of a line, and lines, before the objects.
_LINE, _LINES = 8192, 1_000_000
_TRIES = 3


class Refs(NamedTuple):
    """Where HEAD, the branches and the tags of a repository point."""

    #: The branch that is checked out, such as `refs/heads/main`; empty if HEAD is detached.
    branch: str
    commit: str
    #: The ids by name; an annotated tag's own id.
    names: Mapping[str, str]


class BundleError(ValueError):
    """The file isn't a bundle of a whole repository."""


def refs(repo: Repository) -> Refs | None:
    """Return HEAD, the branches and the tags; None before the first commit."""
    commit = ask(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
    branch = ask(repo, "symbolic-ref", "--quiet", "HEAD") or ""
    lines = run(repo, "for-each-ref", "--format=%(objectname) %(refname)", *_FOLDERS).decode("utf-8", "surrogateescape")
    names = {name: id_ for id_, _blank, name in (line.partition(" ") for line in lines.splitlines())}
    return Refs(branch if branch in names else "", commit, names) if commit else None


def write(repo: Repository, path: Path) -> Refs | None:
    """Write HEAD, the branches and the tags with all their objects to a file; None before the first commit."""
    for _time in range(_TRIES):
        if (now := refs(repo)) is None:
            return None
        # HEAD by name: a bundle without it restores to a branch that doesn't exist.
        run(repo, "bundle", "create", "--quiet", str(path), "HEAD", "--branches", "--tags")
        if header(path).names == {"HEAD": now.commit, **now.names}:
            return now
        if refs(repo) == now:
            raise cannot("git-failed", _("git did not put all branches and tags into the bundle"))
    message = _("branches or tags changed while they were read")
    raise cannot("changed-meanwhile", message, _("nothing was written; run the command again"))


class Header(NamedTuple):
    """The first lines of a bundle."""

    object_format: str
    names: Mapping[str, str]


def header(path: Path) -> Header:
    """Return the object format and the refs of a bundle, HEAD among them.

    Raises BundleError for a bundle that lacks objects: one that builds on other commits, or of a partial clone.
    """
    names: dict[str, str] = {}
    object_format = "sha1"
    with path.open("rb") as file:
        if not _FIRST.fullmatch(file.readline(_LINE)):
            raise BundleError("no bundle")
        for _number in range(_LINES):
            line = file.readline(_LINE)
            if line == b"\n":
                return Header(object_format, names)
            if line.startswith(_FORMAT) and not names:
                object_format = line.removeprefix(_FORMAT).strip().decode("ascii", "replace")
            elif match := _REF.fullmatch(line):
                names[match[2].decode("utf-8", "surrogateescape")] = match[1].decode()
            else:
                break
    raise BundleError("no bundle of a whole repository")


def unpack(path: Path, folder: Path, branch: str) -> Repository:
    """Make a repository of a bundle in a new folder, without files: the same refs, HEAD at a branch or detached.

    Raises BundleError, or CrmError if git can't read it.
    """
    first = header(path)
    head = first.names.get("HEAD", "")
    if first.object_format not in ("sha1", "sha256") or not head or (branch and first.names.get(branch) != head):
        raise BundleError("no HEAD")
    folder.mkdir()
    repo = create(folder, first.object_format)
    run(repo, "bundle", "unbundle", str(path))
    created = (f"create {name}\0{id_}\0" for name, id_ in first.names.items() if name != "HEAD")
    run(repo, "update-ref", "-z", "--stdin", data="".join(created).encode("utf-8", "surrogateescape"))
    if branch:
        run(repo, "symbolic-ref", "HEAD", branch)
    else:
        run(repo, "update-ref", "--no-deref", "HEAD", head)
    return repo


def trouble(repo: Repository, *, thorough: bool) -> str:
    """Return what git finds wrong with the objects of a repository; empty if all are there and, `thorough`, intact."""
    how = () if thorough else ("--connectivity-only",)
    code, output, words = attempt(repo, "fsck", "--full", "--no-dangling", "--no-progress", *how)
    lines = (output + words).decode("utf-8", "replace").splitlines()
    return next((line.strip() for line in lines if line.strip()), _("it failed without a message")) if code else ""


def check_out_head(repo: Repository) -> None:
    """Write the files of HEAD to the empty work tree of a new repository."""
    run(repo, "read-tree", "-m", "-u", "HEAD")
