"""Change a customer's id or file name; references in other records follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _, plural
from crmtext.problem import Problem, Severity
from crmtext.record import ids
from crmtext.record.change import references
from crmtext.record.change.draft import Draft, draft, moved
from crmtext.record.change.write import WriteOptions, check_and_write, writing
from crmtext.record.input.find_record import reread, target
from crmtext.snapshot import claimed_id
from crmtext.text.edit.rewrite import Set
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from crmtext.answer import Change
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.document import Document


class Name(NamedTuple):
    """Arguments of `crmtext rename`: a new id or `allot` for a random one; `slug` for the file name, None keeps it."""

    id: str = ""
    allot: bool = False
    slug: str | None = None
    #: Whether to make the file name from the customer's name.
    from_name: bool = False


def run(store: Store, typed: str, name: Name, how: WriteOptions) -> Change:
    """Rename a customer; without options, name its file after its id."""
    record = target(store, typed)
    with writing(store, how):
        document, snapshot = reread(store, record), store.worktree()
        old = claimed_id(document)
        if name.allot:
            new = ids.new_id(snapshot, snapshot.today)
        else:
            new = ids.free_id(snapshot, name.id) if name.id and name.id != old else old
        if name.slug is not None:
            slug = ids.read_slug(name.slug)
        else:
            slug = ids.slug_of(document.data) if name.from_name else ids.own_slug(document.path, old)
        path = f"{document.path.rpartition('/')[0]}/{ids.file_name(new, slug)}"
        after = _with_id(document, new, store)
        following, also = _following(snapshot, document, old, new)
        drafts = (*moved(store, document, after, path), *following)
        return check_and_write(store, drafts, _summary(document, path, new, len(following)), how, also=also)


def _with_id(document: Document, new: str, store: Store) -> Document:
    if document.data.get("id") == new:
        return document
    after = draft(document, [Set("/id", new, [field.key for field in store.schema.fields])], store.schema).after
    assert after is not None  # noqa: S101 - a draft of operations has both sides
    return after


def _following(
    snapshot: Snapshot, document: Document, old: str, new: str
) -> tuple[tuple[Draft, ...], tuple[Problem, ...]]:
    """Return the records whose references follow; none if another record has the old id: it may be the target."""
    if new == old:
        return (), ()
    twin = references.with_same_id(snapshot, old, document.path)
    referring = references.referring_to(snapshot, {old}, document.path)
    if twin is None:
        return tuple(references.follow(record, new, snapshot.schema) for record in referring), ()
    message = _("references to {id} were not changed, because {path} has the same id").format(id=old, path=twin.path)
    return (), (Problem("reference", message, severity=Severity.WARNING),) if referring else ()


def _summary(document: Document, path: str, new: str, following: int) -> str:
    name = customer_name(document)
    if path == document.path and new == document.data.get("id"):
        return _("{name}: nothing to change").format(name=name)
    summary = _("Renamed {name}: {path}").format(name=name, path=path)
    if not following:
        return summary
    return summary + _("; ") + plural("{n} reference updated", "{n} references updated", following)
