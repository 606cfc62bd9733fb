"""Undo of an import, however old: records untouched since go, others keep what people did since."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.answer import Change
from crmtext.git.merge import contains
from crmtext.git.upstream import unpushed
from crmtext.i18n import _, bracketed, plural, speaking
from crmtext.importers.past.imports import MAPPING, RECORDS, UNDONE, Past
from crmtext.importers.undoing import edits, fates, records
from crmtext.importers.undoing.beside import with_others
from crmtext.importers.undoing.fates import Kept
from crmtext.importers.undoing.meant import meant, refuse_undone
from crmtext.problem import cannot
from crmtext.record.change import commit as change_commit
from crmtext.record.change import sparse
from crmtext.record.change.draft import Draft
from crmtext.record.change.write import committed, writing
from crmtext.snapshot import claimed_id
from crmtext.sources import is_record
from crmtext.storage import journal, transaction
from crmtext.storage.commit import refuse_unfinished
from crmtext.storage.journal import Commit, Transaction
from crmtext.text.read.load import peek
from crmtext.validation.change import reject_errors
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.importers.past.imports import Import
    from crmtext.importers.undoing.edits import Edit
    from crmtext.importers.undoing.fates import Fate
    from crmtext.record.change.write import WriteOptions
    from crmtext.storage.journal import Done
    from crmtext.store import Store


def run(store: Store, typed: str, how: WriteOptions) -> Change:
    """Undo the import that a typed commit made, or bring back one that such a commit undid."""
    store.git()
    with writing(store, how._replace(commit=how.commit is not False)):
        past = Past(store.git())
        done = meant(store, typed, past)
        refuse_undone(store, done, past)
        last = journal.last(store.home.own)
        undoes = last.name if last and last.transaction.in_commit == done.commit.id else ""
        return _undo(store, done, past, how, undoes)


def last_change(store: Store, how: WriteOptions, last: Done) -> Change:
    """Undo the last change of this clone if it was an import. Under `writing` only."""
    repo, past = store.git(), Past(store.git())
    if contains(repo, "HEAD", last.transaction.in_commit):
        done = meant(store, last.transaction.in_commit, past)
        if past.undone_by(done) is None:
            return _undo(store, done, past, how, last.name)
    if not how.dry_run:
        journal.forget(store.home.own, last.name)
    message = _("the last change is already undone: {what}").format(what=last.transaction.says)
    raise cannot("nothing-to-undo", message, _("to undo the change before it, run crmtext undo again"))


def _undo(store: Store, done: Import, past: Past, how: WriteOptions, undoes: str) -> Change:
    wanted = records.written(store.git(), done)
    if done.source:
        wanted = with_others(store, wanted, past.beside(done))
    around = records.around(store, wanted, done.commit.id)
    decided = tuple(_with_mapping(fate, done, past) for fate in fates.fates(store, wanted, around))
    changing = [fate for fate in decided if fate.now != fate.then]
    kept = [fate for fate in decided if fate.kept]
    since = edits.edits(store, done.commit.id, [fate for fate in kept if is_record(fate.path)])
    changed = tuple((fate.written.id, fate.path) for fate in changing)
    document = {"undone": done.commit.id, "kept": [_document(fate, since.get(fate.path, ())) for fate in kept]}
    lines = (*_counts(wanted, decided), *_kept_lines(kept, since))
    if how.dry_run:
        diff = "".join(Draft.of(fate.part).diff for fate in changing)
        return Change(changed, "\n".join((*lines, _("nothing was written"))), diff, document=document)
    # An import that only decided conflicts wrote nothing; its decisions can be undone.
    if wanted and not changing and not _is_shared(decided):
        message = _("nothing is left to undo of: {what}").format(what=done.commit.subject)
        raise cannot("nothing-to-undo", message, "\n".join(lines[1:]) or _("its customers are all removed"))
    commit = _commit(store, done, wanted, decided, how) if how.commit is not False else None
    summary = _("Undone: {what}").format(what=done.commit.subject)
    placed = sparse.placed(store.absent, [fate.part for fate in changing], committed=commit is not None)
    if commit:
        whole = Transaction(summary, placed.parts, commit, undoes, brief=True)
    else:
        whole = Transaction(summary, placed.parts, message=_message(store, done, how))
    commit_id = transaction.do(store.home, whole)
    sparse.reveal(store.absent, placed)
    ending = (*([committed(commit_id, commit)] if commit_id and commit else ()), *unpushed(store.repository))
    notes = (*store.notes, *sparse.warnings(placed))
    return Change(changed, "\n".join((summary, *lines, *ending)), "", commit_id, notes, document)


def _is_shared(decided: Sequence[Fate]) -> bool:
    """Whether other imports keep customers, which go when those are undone, too: this undoing counts already."""
    return any(fate.kept is Kept.IMPORTED for fate in decided)


def _with_mapping(fate: Fate, done: Import, past: Past) -> Fate:
    """The fate; a saved mapping stays if a later import of its source is in effect."""
    if is_record(fate.path) or fate.now == fate.then:
        return fate
    other = next((one for one in past.later(done) if one.source == done.source), None)
    return fate._replace(then=fate.now, kept=Kept.REFERRED, why=other.commit.id[:8]) if other else fate


def _commit(
    store: Store, done: Import, wanted: Sequence[records.Written], decided: Sequence[Fate], how: WriteOptions
) -> Commit | None:
    """Return the commit; None if HEAD has none of the import. Raises CrmError if it isn't allowed."""
    refuse_unfinished(store.git())
    parts = fates.in_head(store, wanted, decided)
    if wanted and not parts and not _is_shared(decided):
        return None
    reject_errors(store, tuple(part for part in parts if part.after is not None and is_record(part.path)))
    staged = tuple(fates.in_index(store, decided))
    return change_commit.check_commit(store, parts, _message(store, done, how), staged, judged=True)


def _message(store: Store, done: Import, how: WriteOptions) -> str:
    with speaking(store.settings.language or "en"):
        title = how.message.strip() or _("undo: {what}").format(what=done.commit.subject)
    lines = ["Crm-Action: undo", f"{UNDONE}: {done.commit.id}"]
    if done.source and done.records:
        lines.append(f"{RECORDS}: {done.records}")
    if done.mapping:
        lines.append(f"{MAPPING}: {done.mapping}")
    return f"{title}\n\n" + "\n".join(lines) + "\n"


def _counts(wanted: Sequence[records.Written], decided: Sequence[Fate]) -> Iterator[str]:
    """Yield how many customers were removed, changed back, brought back, kept, and gone before."""
    customers = [fate for fate in decided if is_record(fate.path)]
    removed = sum(fate.then is None for fate in customers)
    restored = sum(fate.now is None for fate in customers)
    changed = sum(None not in (fate.now, fate.then) and fate.now != fate.then for fate in customers)
    kept = sum(fate.now == fate.then for fate in customers)
    gone = sum(is_record(one.path) for one in wanted) - len(customers)
    parts = [
        plural("{n} customer removed", "{n} customers removed", removed) if removed else "",
        plural("{n} customer brought back", "{n} customers brought back", restored) if restored else "",
        plural("{n} changed back", "{n} changed back", changed) if changed else "",
        plural("{n} kept", "{n} kept", kept) if kept else "",
        plural("{n} already gone", "{n} already gone", gone) if gone else "",
    ]
    yield _(", ").join(filter(None, parts)) or _("no customer changed")


def _kept_lines(kept: Sequence[Fate], since: Mapping[str, Sequence[Edit]]) -> Iterator[str]:
    shared = Counter(fate.why for fate in kept if fate.kept is Kept.IMPORTED)
    for commit, n in shared.items():
        yield plural(
            "{n} customer kept: {commit} imported it, too",
            "{n} customers kept: {commit} imported them, too",
            n,
            commit=commit,
        )
    for fate in kept:
        if fate.kept is Kept.IMPORTED:
            continue
        if not is_record(fate.path):
            message = _("{path} kept: {commit} uses it") if fate.why else _("{path} kept: changed since")
            if fate.kept is Kept.FOREIGN:
                message = _("{path} kept: not written by the import")
            yield message.format(path=fate.path, commit=fate.why)
            continue
        document = peek(fate.now or b"", fate.path)
        name = bracketed(customer_name(document), claimed_id(document))
        messages = {
            Kept.EDITED: _("{customer} kept, edited since:") if fate.now == fate.then else _("{customer} keeps edits:"),
            Kept.MERGED: _("{customer} kept: another record was merged into it"),
            Kept.REFERRED: _("{customer} kept: {why} refers to it"),
            Kept.RULE: _("{customer} keeps its values: {why}"),
        }
        yield messages[fate.kept or Kept.EDITED].format(customer=name, why=fate.why)
        if fate.kept is Kept.EDITED:
            yield from (f"  {_edit_line(edit)}" for edit in since.get(fate.path, ()))


def _edit_line(edit: Edit) -> str:
    fields = _(", ").join(edit.fields)
    if edit.day is None:
        return _("not committed: {fields}").format(fields=fields)
    return _("{date} {who}: {fields}").format(date=edit.day, who=edit.by, fields=fields)


def _document(fate: Fate, since: Sequence[Edit]) -> dict[str, object]:
    entries = [
        {"commit": edit.commit, "date": edit.day and edit.day.isoformat(), "by": edit.by, "fields": list(edit.fields)}
        for edit in since
    ]
    record = peek(fate.now or b"", fate.path) if is_record(fate.path) else None
    id_, name = (claimed_id(record), customer_name(record)) if record else ("", "")
    return {"id": id_, "name": name, "path": fate.path, "why": str(fate.kept), "edits": entries}
