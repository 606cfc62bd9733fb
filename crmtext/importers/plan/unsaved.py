"""Uncommitted work that an import would take away, and that undoing its commit would not bring back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.plumbing import head
from crmtext.git.reading import read_blobs
from crmtext.i18n import _, plural
from crmtext.layout import RECORDS
from crmtext.merge.comments import comments
from crmtext.problem import usage
from crmtext.record.change.write import commits
from crmtext.record.rm import unheld
from crmtext.storage.commit import entries
from crmtext.terminal.quoting import quoted
from crmtext.text.tree import parsed
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections import Counter

    from crmtext.importers.plan.result import Plan
    from crmtext.record.change.draft import Draft
    from crmtext.record.change.write import WriteOptions

#: Above this number of records the hint names their folder.
_NAMED = 3


def reject_unsaved(plan: Plan, how: WriteOptions) -> None:
    """Raise CrmError for uncommitted changes that the import's commit would take away.

    Without a commit, `undo` has the texts; a commit on a branch leaves the work tree alone; and a value that differs
    from the last commit stops the commit itself.
    """
    if plan.store.repository is None or how.branch or not commits(plan.store, how):
        return
    drafts = {draft.path: draft for draft in plan.drafts if draft.before and draft.path.startswith(f"{RECORDS}/")}
    dirty = unheld(plan.store, [draft.before for draft in drafts.values() if draft.before]) if drafts else ()
    repo = plan.store.git()
    held = entries(repo, head(repo), [repo.prefix + document.path for document in dirty])
    paths = sorted(
        document.path
        for document in dirty
        if (entry := held.get(repo.prefix + document.path)) is None
        or _loses(drafts[document.path], next(read_blobs(repo, [entry.blob]))[1])
    )
    if paths:
        message = plural(
            "{paths} has uncommitted changes that undo could not bring back",
            "{paths} have uncommitted changes that undo could not bring back",
            len(paths),
            paths=_(", ").join(few(paths, _NAMED)),
        )
        files = " ".join(map(quoted, paths)) if len(paths) <= _NAMED else RECORDS
        command = f"git add {files} && git commit {files}"
        raise usage("not-committed", message, _("commit them first: {command}").format(command=command))


def _loses(draft: Draft, committed: bytes) -> bool:
    """Whether a change deletes a record, or comments that the last commit doesn't have."""
    if draft.after is None or draft.before is None:
        return True
    before, after = _comments(draft.before.text), _comments(draft.after.text)
    return bool((before - after) & (before - _comments(committed.decode("utf-8", "replace"))))


def _comments(text: str) -> Counter[str]:
    return comments(text, (parsed(text) or [None])[0])
