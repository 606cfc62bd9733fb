"""Commits of given files only, independent of what the user has staged or changed.

The files map paths from the top of the work tree to their new bytes; None deletes.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmtext.disk import files
from crmtext.disk.files import sweep
from crmtext.git.config import clone_runs_program, config_get, identity, no_identity, programs
from crmtext.git.merge import contains
from crmtext.git.plumbing import Repository, attempt, head, merge_in_progress, merged_heads, resolve, run
from crmtext.git.reading import Entry, blob_of, changed_staged, tree
from crmtext.i18n import _
from crmtext.problem import CrmError, Place, cannot
from crmtext.storage import checkout, fsync, move_head
from crmtext.storage.user_index import NOTHING, change, index_changed, left_note, locked, uninterrupted, unlock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    Files = Mapping[str, bytes | None]
    Blobs = Mapping[str, str | None]
    #: Staged content of the committed files, without and with the change: it stays staged.
    Staged = Mapping[str, tuple[bytes, bytes]]

#: A command line takes no more paths than this; for more the whole tree is listed.
_MANY = 200
#: For a temporary index: it need not survive a power cut, nor be split as the user's may be.
_PASSING = ("core.fsync=all,-index", "core.splitIndex=false")


def commit(
    repo: Repository,
    files: Files,
    message: str,
    *,
    author: tuple[str, str] | None = None,
    when: datetime | None = None,
    staged: Staged = MappingProxyType({}),
) -> str:
    """Commit these files and nothing else, and return the new commit, or HEAD if it has them already.

    Without files, the commit changes nothing: its message is what counts.

    Under `files.lock(repo.git_dir, …)` only. With `when`, the author is the committer as well, at that time. The user's
    staged work stays staged; it must not touch these paths, unless `staged` has both together.
    """
    finish(repo)
    refuse_unfinished(repo)
    parent = head(repo)
    blobs = _blobs(repo, files)
    old = entries(repo, parent, files)
    changed = {path: blob for path, blob in blobs.items() if blob != (old[path].blob if path in old else None)}
    if files and not changed and parent is not None:
        return parent
    mine = {path: after for path, (_before, after) in staged.items() if path in changed}
    new = {path: data for path, data in files.items() if path in changed and data is not None}
    _write_blobs(repo, (*new.values(), *mine.values()))
    tree_id = _tree(repo, parent, _index_lines(repo, old, changed))
    id_ = _commit_object(repo, (parent,) if parent else (), tree_id, message, _signature(author, when))
    move = move_head.HeadMove(parent, id_)
    lines = _index_lines(repo, old, {**changed, **_blobs(repo, mine)})
    # Before the note: after a power cut the commit of the note must exist.
    fsync.sync_objects(repo)
    with locked(repo, move.note + lines):
        _refuse_staged(repo, blobs, staged)
        _settle(repo, move, lines)
    return move.commit


def commit_on_branch(repo: Repository, files: Files, message: str, branch: str, author: tuple[str, str]) -> str:
    """Commit these files on a new branch that starts at HEAD, and return the commit.

    HEAD, git's index and the work tree stay as they are.
    """
    id_ = commit_object(repo, head(repo), files, message, author)
    # The lock is for its note: a killed git leaves the lock of the branch.
    with locked(repo, move_head.branch_note(branch)):
        move_head.create_branch(repo, branch, id_)
    return id_


def commit_object(repo: Repository, parent: str | None, files: Files, message: str, author: tuple[str, str]) -> str:
    """Return a commit of these files on top of another one, synced to the disk, which no branch points to yet."""
    old = entries(repo, parent, files)
    _write_blobs(repo, tuple(data for data in files.values() if data is not None))
    tree_id = _tree(repo, parent, _index_lines(repo, old, _blobs(repo, files)))
    id_ = _commit_object(repo, (parent,) if parent else (), tree_id, message, _signature(author, None))
    fsync.sync_objects(repo)
    return id_


def merge(repo: Repository, tree_id: str, parents: tuple[str, str], message: str) -> str:
    """Return a merge commit by the user, which no branch points to yet."""
    return _commit_object(repo, parents, tree_id, message, {})


def finish_merge(repo: Repository) -> str:
    """Commit the merge in progress as it is staged, and return the commit: HEAD's if that holds the merge already.

    Under `files.lock(repo.git_dir, …)` only, with no conflict left in git's index.
    """
    finish(repo)
    parent, theirs = resolve(repo, "HEAD"), merged_heads(repo)
    id_ = parent
    # A writer that was killed after it moved HEAD leaves git's files of the merge.
    if not all(contains(repo, parent, other) for other in theirs):
        text = run(repo, "stripspace", "--strip-comments", data=files.read(repo.git_dir / "MERGE_MSG") or b"")
        tree_id = run(repo, "write-tree").decode().strip()
        message = text.decode(errors="replace") or f"Merge {theirs[0][:8]}"
        id_ = _commit_object(repo, (parent, *theirs), tree_id, message, {})
        move = move_head.HeadMove(parent, id_)
        fsync.sync_objects(repo)
        with locked(repo, move.note):
            _settle(repo, move, b"")
    # MERGE_HEAD last: it marks a merge in progress.
    for name in ("AUTO_MERGE", "MERGE_MODE", "MERGE_MSG", "MERGE_HEAD"):
        (repo.git_dir / name).unlink(missing_ok=True)
    return id_


def finish(repo: Repository) -> str | None:
    """Finish the commit of a killed writer, under the same lock as `commit`."""
    sweep(repo.git_dir)
    note = left_note(repo)
    if note is None:
        return None
    step = checkout.CheckoutStep.noted(note)
    if step or note == NOTHING:
        if step:
            checkout.finish(repo, step)
        unlock(repo)
        return None
    if branch := move_head.noted_branch(repo, note):
        move_head.release_branch(repo, branch)
        unlock(repo)
        return None
    line, _end, lines = note.partition(b"\n")
    try:
        move = move_head.HeadMove.noted(line)
    except ValueError:
        # A received folder may contain a lock that only begins like ours.
        return None
    move_head.release(repo)
    finished = head(repo) == move.parent and not _staged_else(repo, _blobs_of(lines)) and _is_whole(repo, move)
    if finished:
        fsync.sync_objects(repo, everything=True)
        _settle(repo, move, lines)
    unlock(repo)
    return move.commit if finished else None


def _is_whole(repo: Repository, move: move_head.HeadMove) -> bool:
    """Whether all objects of a commit exist: a power cut may have lost some."""
    known = (f"^{move.parent}",) if move.parent else ()
    return attempt(repo, "rev-list", "--objects", "--quiet", move.commit, *known)[0] == 0


def _settle(repo: Repository, move: move_head.HeadMove, lines: bytes) -> None:
    """Move HEAD to the new commit, and update the user's index."""
    with uninterrupted():
        with index_changed(repo, lines):
            move_head.carry_out(repo, move)
        fsync.sync_head(repo)


def refuse_unfinished(repo: Repository) -> None:
    """Raise CrmError if there is no work tree, or if a merge or the like is in progress."""
    if repo.top is None:
        raise cannot("no-work-tree", _("this repository has no work tree"), _("run the command in a clone of it"))
    if (what := merge_in_progress(repo)) is None:
        return
    hint = _("finish it with git {what} --continue, or abort it with git {what} --abort").format(what=what)
    raise cannot("merge-in-progress", _("a {what} is in progress").format(what=_(what)), hint)


def refuse_staged(repo: Repository, files: Files, staged: Staged) -> None:
    """Raise CrmError if the user has staged other changes at one of these paths; call before writing anything."""
    refuse_unfinished(repo)
    _refuse_staged(repo, _blobs(repo, files), staged)


def _refuse_staged(repo: Repository, blobs: Blobs, staged: Staged) -> None:
    if path := _staged_else(repo, blobs, staged):
        raise staged_there(path)


def staged_there(path: str) -> CrmError:
    """The error for staged changes that are not committed."""
    message = _("'{path}' has staged changes that are not committed").format(path=path)
    return cannot("staged-changes", message, _("commit them first, or run: git restore --staged"), Place(path))


def _staged_else(repo: Repository, blobs: Blobs, staged: Staged = MappingProxyType({})) -> str | None:
    for theirs in changed_staged(repo, renames=False):
        path = theirs.new or theirs.old or ""
        known = {blob_of(repo, content) for content in staged.get(path, ())}
        if path in blobs and (theirs.new_blob if theirs.new else None) not in {blobs[path], *known}:
            return path
    return None


def _blobs(repo: Repository, files: Files) -> Blobs:
    return {path: blob_of(repo, data) for path, data in files.items()}


def entries(repo: Repository, commit_id: str | None, paths: Iterable[str]) -> dict[str, Entry]:
    """A commit's files by path, those of these paths among them."""
    wanted = tuple(paths)
    return {entry.path: entry for entry in tree(repo, commit_id, *(wanted if len(wanted) <= _MANY else ()))}


def _index_lines(repo: Repository, old: Mapping[str, Entry], changed: Blobs) -> bytes:
    """The input of `update-index --index-info`."""
    lines = []
    for path, blob in changed.items():
        executable = path in old and old[path].mode == "100755"
        mode = "0" if blob is None else "100755" if executable else "100644"
        lines.append(os.fsencode(f"{mode} {blob or '0' * len(repo.empty_tree)}\t{path}\0"))
    return b"".join(lines)


def _blobs_of(lines: bytes) -> Blobs:
    """The blobs in the input of `update-index --index-info`."""
    records = (line.partition("\t") for line in os.fsdecode(lines).split("\0")[:-1])
    return {path: None if about[:2] == "0 " else about.partition(" ")[2] for about, _tab, path in records}


def _write_blobs(repo: Repository, contents: Sequence[bytes]) -> None:
    if len(contents) == 1:
        run(repo, "hash-object", "-w", "--stdin", data=contents[0])
    elif contents:
        stream = (b"blob\ndata %d\n%s\n" % (len(data), data) for data in contents)
        run(repo, "fast-import", "--quiet", "--done", data=b"".join((*stream, b"done\n")))


def _tree(repo: Repository, parent: str | None, lines: bytes) -> str:
    """The tree of the parent with these lines applied, built in a temporary index."""
    with files.temporary(repo.git_dir / "index") as index:
        env = {"GIT_INDEX_FILE": str(index)}
        run(repo, "read-tree", parent or "--empty", env=env, config=_PASSING)
        change(repo, index, lines, _PASSING)
        return run(repo, "write-tree", env=env, config=_PASSING).decode().strip()


def _commit_object(repo: Repository, parents: Iterable[str], tree_id: str, message: str, env: Mapping[str, str]) -> str:
    data, signing = message.rstrip("\n").encode() + b"\n", _signing(repo)
    before = [word for parent in parents for word in ("-p", parent)]
    try:
        # In the C locale, gpg does not find a key by a Chinese name.
        env = {"LC_ALL": "C.UTF-8", **env}
        return run(repo, "commit-tree", *signing, *before, tree_id, data=data, env=env).decode().strip()
    except CrmError as error:
        if identity(repo) is None:
            raise no_identity() from None
        if signing:
            hint = _("signing failed: check your key (git config user.signingKey), or use --no-commit")
            raise cannot("git-failed", error.problem.message, hint) from None
        raise


def _signing(repo: Repository) -> tuple[str, ...]:
    if config_get(repo, "commit.gpgSign", kind="bool") != "true":
        return ()
    if own := [(key, program) for key, program in programs(repo) if key.startswith("gpg.")]:
        raise clone_runs_program(_("this clone's own git config sets a signing program: {key} = {program}"), *own[0])
    return ("-S",)


def _signature(author: tuple[str, str] | None, when: datetime | None) -> dict[str, str]:
    env: dict[str, str] = {}
    roles = ("AUTHOR", "COMMITTER") if when else ("AUTHOR",)
    for role in roles:
        if author:
            env |= {f"GIT_{role}_NAME": author[0], f"GIT_{role}_EMAIL": author[1]}
        if when:
            env[f"GIT_{role}_DATE"] = f"@{int(when.timestamp())} {when:%z}"
    return env
