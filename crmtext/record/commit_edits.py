"""Commit valid manual edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.git.plumbing import head
from crmtext.git.reading import changed_on_disk, changed_staged, read_blobs
from crmtext.layout import RECORDS, SCHEMA_FOLDER, SETTINGS
from crmtext.problem import Severity
from crmtext.record.change import commit as change_commit
from crmtext.record.change.draft import Draft
from crmtext.record.change.write import WriteOptions
from crmtext.sources import is_record
from crmtext.storage.commit import commit as commit_files
from crmtext.storage.commit import entries
from crmtext.storage.journal import Part
from crmtext.validation.change import new_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.git.plumbing import Repository
    from crmtext.problem import Problem
    from crmtext.store import Store

#: Files that users edit by hand: records, settings, schema.
_EDITED = (RECORDS, SETTINGS, SCHEMA_FOLDER)


def commit_edits(store: Store, message: str) -> tuple[str | None, tuple[Problem, ...]]:
    """Commit every uncommitted edit of records, settings and schema; return the commit, or the errors it would add.

    Under `store.writing` only.
    """
    repo = store.git()
    parts = tuple(_parts(store, repo, uncommitted(repo)))
    if not parts:
        return None, ()
    if wrong := _errors(store, parts):
        return None, wrong
    records = tuple(Draft.of(part) for part in parts if is_record(part.path))
    text = change_commit.message(store, records, WriteOptions(message=message, action="edit"))
    commit = change_commit.check_commit(store, parts, text, judged=True)
    content = {repo.prefix + part.path: part.after for part in parts}
    return commit_files(repo, content, commit.message, author=commit.author), ()


def uncommitted(repo: Repository) -> set[str]:
    """Return the paths of records, settings and schema that differ from HEAD, from the top of the repository."""
    staged = {path for change in changed_staged(repo, renames=False) for path in (change.old, change.new) if path}
    folders = tuple(repo.prefix + path for path in _EDITED)
    return {
        path
        for path in {*staged, *changed_on_disk(repo, repo.prefix)}
        if any(path == folder or path.startswith(f"{folder}/") for folder in folders)
    }


def _parts(store: Store, repo: Repository, paths: Iterable[str]) -> Iterator[Part]:
    """Yield each file's bytes in HEAD and on the disk, with line ends as git keeps them."""
    wanted = sorted(paths)
    held = entries(repo, head(repo), wanted)
    before = dict(read_blobs(repo, {entry.blob for entry in held.values()}))
    for path in wanted:
        name = path.removeprefix(repo.prefix)
        raw = store.read_file(name)
        after = None if raw is None else raw.replace(b"\r\n", b"\n")
        old = before[held[path].blob] if path in held else None
        if after != old:
            yield Part(name, old, after)


def _errors(store: Store, parts: Sequence[Part]) -> tuple[Problem, ...]:
    """Return the errors that the edits add; all errors of the work tree if the settings or the schema changed."""
    records = tuple(part for part in parts if is_record(part.path))
    every = checks.run(store.worktree()) if len(records) < len(parts) else ()
    return tuple(problem for problem in every if problem.severity is Severity.ERROR) or new_errors(store, records)
