"""Undo crmtext's own last change, as long as nothing else has changed the files since."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from crmtext.answer import Change
from crmtext.git.merge import contains
from crmtext.git.plumbing import head
from crmtext.git.reading import blob_of, changed_on_disk, changed_staged
from crmtext.git.upstream import unpushed
from crmtext.i18n import _, speaking
from crmtext.merge.driver import Contract
from crmtext.merge.merge_texts import merge
from crmtext.problem import CrmError, cannot
from crmtext.record.change import commit as change_commit
from crmtext.record.change import sparse
from crmtext.record.change.draft import Draft
from crmtext.record.change.write import WriteOptions, committed, writing
from crmtext.storage import journal, transaction
from crmtext.storage.commit import entries, refuse_unfinished
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import clip
from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtext.storage.journal import Commit, Done, Part, Transaction
    from crmtext.store import Store

_WIDTH = 60


def run(store: Store, how: WriteOptions, of_import: Callable[[Store, WriteOptions, Done], Change]) -> Change:
    """Undo the last change: a commit by a new commit, another change in the work tree.

    `of_import` undoes an import, of which the journal has only the commit.
    """
    own = store.home.own
    with writing(store, how):
        done = journal.last(own)
        if done is None:
            raise cannot("nothing-to-undo", _("nothing to undo: crmtext has made no changes in this clone"))
        if done.transaction.in_commit:
            return of_import(store, how, done)
        if done.transaction.settles:
            raise _decided_conflict(done.transaction)
        _refuse_changed(store, done)
        parts = _reversed(_parts(done.transaction))
        drafts = tuple(map(Draft.of, parts))
        changed = tuple((draft.id, draft.path) for draft in drafts)
        if how.dry_run:
            return Change(changed, _("nothing was written"), "".join(draft.diff for draft in drafts))
        wanted = how.commit if how.commit is not None else done.commit is not None or bool(how.message)
        commit = _commit(store, done, drafts, how) if wanted else None
        summary = _("Undone: {what}").format(what=done.transaction.says)
        placed = sparse.placed(store.absent, parts, committed=commit is not None)
        commit_id = transaction.do(store.home, journal.Transaction(summary, placed.parts, commit, done.name))
        sparse.reveal(store.absent, placed)
        if commit is None:
            sparse.hide(store.repository, placed)
    notes = (*store.notes, *sparse.warnings(placed))
    lines = (summary, *([committed(commit_id, commit)] if commit_id and commit else ()), *unpushed(store.repository))
    return Change(changed, "\n".join(lines), commit=commit_id, problems=notes)


def _parts(what: Transaction) -> tuple[Part, ...]:
    """Return the change of each file, on the disk or, outside of a sparse checkout, in the commit."""
    on_disk = {part.path for part in what.parts}
    return (*what.parts, *(part for part in (what.commit.parts if what.commit else ()) if part.path not in on_disk))


def _reversed(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(part._replace(before=part.after, after=part.before) for part in reversed(parts))


def _refuse_changed(store: Store, done: Done) -> None:
    states = {part: _content(store, part) for part in _parts(done.transaction)}
    if all(content == part.after for part, content in states.items()):
        return
    _refuse_moved(store, done.transaction, [part for part, content in states.items() if content is None])
    if all(content == part.before for part, content in states.items()):
        journal.forget(store.home.own, done.name)
        message = _("the last change is already undone: {what}").format(what=done.transaction.says)
        raise cannot("nothing-to-undo", message, _("to undo the change before it, run crmtext undo again"))
    raise _changed(store, done)


def _refuse_moved(store: Store, what: Transaction, gone: Sequence[Part]) -> None:
    """Raise CrmError if a written file was moved since: it must not be deleted under its new name."""
    for part in gone:
        name = PurePosixPath(part.path).name
        for path, raw in store.disk.records():
            if part.after and (raw == part.after or PurePosixPath(path).name == name):
                message = _("'{path}' was moved to {new} since the last change").format(path=part.path, new=path)
                hint = _("the last change was: {what}; move the file back and undo again, or remove it: crmtext rm")
                raise cannot("changed-since", message, hint.format(what=what.says))


def _content(store: Store, part: Part) -> bytes | None:
    try:
        return store.read_file(part.path)
    except CrmError:
        return b"" if part.after is None else None


def _changed(store: Store, done: Done) -> CrmError:
    what = clip(done.transaction.says, _WIDTH)
    message = _("not undone, because the record has changed since: {what}").format(what=what)
    return cannot(
        "changed-since", message, _("to undo only that change: {command}").format(command=_command_for(store, done))
    )


def _command_for(store: Store, done: Done) -> str:
    """Return the command that takes back the last change and keeps later ones."""
    parts = _parts(done.transaction)
    if done.commit and _reverts(store, done.commit, parts):
        return f"git revert --no-edit {done.commit[:8]}"
    changed = next((changed for changed in parts if _content(store, changed) != changed.after), parts[0])
    id_ = quoted(Draft.of(changed).id or changed.path)
    if changed.before is None:
        return f"crmtext rm {id_}"
    old, new = (parse(raw or b"", changed.path).data for raw in (changed.before, changed.after))
    if changed.after is not None and (fields := _restoring_assignments(old, new)):
        return " ".join(("crmtext set", id_, *map(quoted, fields)))
    return f"crmtext edit {id_}"


def _reverts(store: Store, commit: str, parts: Sequence[Part]) -> bool:
    """Whether git can revert a commit: nothing is staged or edited, and later changes are in other fields."""
    repo = store.git()
    files = {repo.prefix + part.path for part in parts}
    if changed_staged(repo) or files & {*changed_on_disk(repo)} or not contains(repo, head(repo) or commit, commit):
        return False
    for part in parts:
        now = _content(store, part)
        if not (part.before and part.after and now):
            return False
        if now != part.after:
            before, after, text = (raw.decode("utf-8", "replace") for raw in (part.before, part.after, now))
            contract = Contract(str(store.root / part.path))
            if merge(after, text, before, contract.keys, valid=contract.valid).conflicts:
                return False
    return True


def _restoring_assignments(old: Any, new: Any, above: str = "") -> list[str]:
    """Return the assignments for `set` that restore old values; empty if more than single values changed."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return []
    assignments: list[str] = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if isinstance(was, dict) and isinstance(now, dict):
            below = _restoring_assignments(was, now, f"{above}{key}.")
        else:
            below = [] if isinstance(was or now, (dict, list)) else [f"{above}{key}={'' if was is None else was}"]
        if not below:
            return []
        assignments += below
    return assignments


def _decided_conflict(what: Transaction) -> CrmError:
    message = _("the last change resolved a conflict and can't be undone: {what}").format(what=what.says)
    hint = _("to restore the conflict before the merge is committed: git checkout -m -- {path}")
    return cannot("nothing-to-undo", message, hint.format(path=what.settles[0]))


def _commit(store: Store, done: Done, drafts: Sequence[Draft], how: WriteOptions) -> Commit | None:
    """Return the commit that takes the change back; None if HEAD does not contain it."""
    repo = store.git()
    refuse_unfinished(repo)
    parts = _reversed(done.transaction.commit.parts if done.transaction.commit else done.transaction.parts)
    paths = [repo.prefix + part.path for part in parts]
    in_head = entries(repo, head(repo), paths)
    blobs = {part: in_head[path].blob if path in in_head else None for part, path in zip(parts, paths, strict=True)}
    if all(blob == blob_of(repo, part.after) for part, blob in blobs.items()):
        return None
    if any(blob != blob_of(repo, part.before) for part, blob in blobs.items()):
        raise _changed(store, done)
    staged = _reversed(done.transaction.commit.staged if done.transaction.commit else ())
    return change_commit.check_commit(store, parts, _message(store, done, drafts, how), staged)


def _message(store: Store, done: Done, drafts: Sequence[Draft], how: WriteOptions) -> str:
    """Return the user's own message, else the undone commit's subject, else a summary of the change."""
    if done.transaction.commit and not how.message:
        subject = done.transaction.commit.message.partition("\n")[0]
        with speaking(store.settings.language or "en"):
            title = _("undo: {what}").format(what=subject)
        return f"{title}\n\n{change_commit.trailers(drafts, how.action)}"
    return change_commit.message(store, drafts, how)
