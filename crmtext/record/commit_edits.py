"""The commit of what was edited by hand, once it is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.git.commit import commit as commit_files
from crmtext.git.commit import entries
from crmtext.git.plumbing import head
from crmtext.git.reading import changed_on_disk, changed_staged, read_blobs
from crmtext.i18n import _
from crmtext.journal import Part
from crmtext.problem import CrmError, Exit, Severity
from crmtext.record import committing
from crmtext.record.draft import Draft, How
from crmtext.settings import FILE
from crmtext.sources import RECORDS, SCHEMA, is_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.git.plumbing import Repository
    from crmtext.store import Store

#: What may be edited by hand: records, the settings, the schema.
_EDITED = (RECORDS, FILE, SCHEMA.partition("/")[0])


def commit_edits(store: Store, message: str) -> str | None:
    """Commit every uncommitted edit of records, settings and schema, and return the commit; None if there is none.

    Under `store.writing` only. Raises CrmError with the first error that the commit would bring.
    """
    repo = store.git()
    parts = tuple(_parts(store, repo, uncommitted(repo)))
    if not parts:
        return None
    _reject_errors_of_rules(store, parts)
    records = tuple(Draft.of(part) for part in parts if is_record(part.path))
    text = committing.message(store, records, How(message=message, action="edit"))
    commit = committing.decide(store, parts, text)
    content = {repo.prefix + part.path: part.after for part in parts}
    return commit_files(repo, content, commit.message, author=commit.author)


def uncommitted(repo: Repository) -> set[str]:
    """The paths, from the top of the repository, of records, settings and schema that differ from HEAD."""
    staged = {path for change in changed_staged(repo, renames=False) for path in (change.old, change.new) if path}
    folders = tuple(repo.prefix + each for each in _EDITED)
    return {
        path
        for path in {*staged, *changed_on_disk(repo, repo.prefix)}
        if any(path == folder or path.startswith(f"{folder}/") for folder in folders)
    }


def _parts(store: Store, repo: Repository, paths: Iterable[str]) -> Iterator[Part]:
    """What the commit does to each file: its bytes in HEAD and on the disk, line ends as git keeps them."""
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


def _reject_errors_of_rules(store: Store, parts: Iterable[Part]) -> None:
    """Raise the first error in the work tree if the settings or the schema changed: each record may be wrong now."""
    if not all(is_record(part.path) for part in parts):
        for problem in checks.run(store.worktree()):
            if problem.severity is Severity.ERROR:
                message = _("nothing committed: {reason}").format(reason=problem.message)
                raise CrmError(problem._replace(message=message), Exit.FOUND)
