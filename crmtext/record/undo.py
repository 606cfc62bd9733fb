"""Undoing the tool's own last change, as long as nothing else has touched it since."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from crmtext import journal, transaction
from crmtext.answer import Change
from crmtext.git.commit import entries, refuse_unfinished
from crmtext.git.plumbing import head
from crmtext.git.reading import blob_of
from crmtext.i18n import _
from crmtext.problem import CrmError, cannot
from crmtext.record import committing, sparse
from crmtext.record.draft import Draft, How, committed, unpushed, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtext.journal import Commit, Done, Part, Transaction
    from crmtext.store import Store


def run(store: Store, how: How) -> Change:
    """Undo the last change: a commit by a commit that takes it back, another one in the work tree."""
    own = store.home.own
    with writing(store, how):
        done = journal.last(own)
        if done is None:
            raise cannot("nothing-to-undo", _("there is no change to undo: crmtext has written nothing here"))
        if done.transaction.settles:
            raise _decided(done.transaction)
        _refuse_changed(store, done)
        parts = _turned(_parts(done.transaction))
        drafts = tuple(map(Draft.of, parts))
        changed = tuple((each.id, each.path) for each in drafts)
        if how.dry_run:
            return Change(changed, _("nothing was written"), "".join(each.diff for each in drafts))
        wanted = how.commit if how.commit is not None else done.commit is not None or bool(how.message)
        commit = _commit(store, done, drafts, how) if wanted else None
        summary = _("undone: {what}").format(what=done.transaction.says)
        placed = sparse.placed(store.absent, parts, committed=commit is not None)
        made = transaction.do(store.home, journal.Transaction(summary, placed.parts, commit, done.name))
        sparse.reveal(store.absent, placed)
        if commit is None:
            sparse.hide(store.repository, placed)
    notes = (*store.notes, *sparse.told(placed))
    lines = (summary, *([committed(made, commit)] if made and commit else ()), *unpushed(store))
    return Change(changed, "\n".join(lines), commit=made, problems=notes)


def _parts(what: Transaction) -> tuple[Part, ...]:
    """What was done to each file, on the disk or, where a sparse checkout keeps it off the disk, in the commit."""
    on_disk = {part.path for part in what.parts}
    return (*what.parts, *(part for part in (what.commit.parts if what.commit else ()) if part.path not in on_disk))


def _turned(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(part._replace(before=part.after, after=part.before) for part in reversed(parts))


def _refuse_changed(store: Store, done: Done) -> None:
    states = {part: _content(store, part) for part in _parts(done.transaction)}
    if all(content == part.after for part, content in states.items()):
        return
    _refuse_moved(store, done.transaction, [part for part, content in states.items() if content is None])
    if all(content == part.before for part, content in states.items()):
        journal.forget(store.home.own, done.name)
        message = _("the last change is undone already: {what}").format(what=done.transaction.says)
        raise cannot("nothing-to-undo", message, _("crmtext undo again undoes the one before it"))
    raise _changed(done.transaction, [part.path for part, content in states.items() if content != part.after])


def _refuse_moved(store: Store, what: Transaction, gone: Sequence[Part]) -> None:
    """Refuse where a file that was written stands under another name now: deleting it there is not ours."""
    for part in gone:
        name = PurePosixPath(part.path).name
        for path, raw in store.disk.records():
            if part.after and (raw == part.after or PurePosixPath(path).name == name):
                message = _("'{path}' was moved to {new} since the last change").format(path=part.path, new=path)
                hint = _("the last change was: {what}; move the file back and undo again, or take it out: crmtext rm")
                raise cannot("changed-since", message, hint.format(what=what.says))


def _content(store: Store, part: Part) -> bytes | None:
    try:
        return store.read_file(part.path)
    except CrmError:
        return b"" if part.after is None else None


def _changed(what: Transaction, paths: Sequence[str]) -> CrmError:
    message = _("'{path}' has changed since the last change, and undoing that would undo more").format(path=paths[0])
    hint = _("the last change was: {what}; take it back by hand, or with git").format(what=what.says)
    return cannot("changed-since", message, hint)


def _decided(what: Transaction) -> CrmError:
    message = _("the last change decided a conflict, which is not undone: {what}").format(what=what.says)
    hint = _("as long as the merge is not committed: git checkout -m -- {path} shows the conflict again")
    return cannot("nothing-to-undo", message, hint.format(path=what.settles[0]))


def _commit(store: Store, done: Done, drafts: Sequence[Draft], how: How) -> Commit | None:
    """The commit that takes it back; None where HEAD does not have it."""
    repo = store.git()
    refuse_unfinished(repo)
    parts = _turned(done.transaction.commit.parts if done.transaction.commit else done.transaction.parts)
    found = entries(repo, head(repo), [repo.prefix + part.path for part in parts])
    blobs = {part: found[repo.prefix + part.path].blob if repo.prefix + part.path in found else None for part in parts}
    if all(blob == blob_of(repo, part.after) for part, blob in blobs.items()):
        return None
    if others := [part.path for part, blob in blobs.items() if blob != blob_of(repo, part.before)]:
        raise _changed(done.transaction, others)
    staged = _turned(done.transaction.commit.staged if done.transaction.commit else ())
    return committing.decide(store, parts, _message(store, done, drafts, how), staged)


def _message(store: Store, done: Done, drafts: Sequence[Draft], how: How) -> str:
    """The user's own, else the undone commit's subject, else what is told of the change."""
    if done.transaction.commit and not how.message:
        subject = done.transaction.commit.message.partition("\n")[0]
        return f"undo: {subject}\n\n{committing.trailers(drafts, how.action)}"
    return committing.message(store, drafts, how)
