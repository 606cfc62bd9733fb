"""Giving a customer another id or file name; references in other records follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Problem, Severity
from crmtext.record import ids
from crmtext.record.change import references
from crmtext.record.change.draft import Draft, draft, moved
from crmtext.record.change.write import WriteOptions, settle, writing
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
    """What was typed: a new id, or that one is to be allotted; words for the file's name, or None to keep them."""

    id: str = ""
    allot: bool = False
    slug: str | None = None
    #: Whether the file's name is to be made from the customer's.
    from_name: bool = False


def run(store: Store, typed: str, name: Name, how: WriteOptions) -> Change:
    """Rename the customer that is meant; with nothing typed, its file after its id."""
    found = target(store, typed)
    with writing(store, how):
        document, snapshot = reread(store, found), store.worktree()
        old = claimed_id(document)
        new = _id(snapshot, old, name)
        path = f"{document.path.rpartition('/')[0]}/{ids.file_name(new, _slug(document, old, name))}"
        after = _with_id(document, new, store)
        following, also = _following(snapshot, document, old, new)
        drafts = (*moved(store, document, after, path), *following)
        return settle(store, drafts, _summary(document, path, new, len(following)), how, also=also)


def _id(snapshot: Snapshot, old: str, name: Name) -> str:
    if name.allot:
        return ids.new_id(snapshot, snapshot.today)
    return ids.free_id(snapshot, name.id) if name.id and name.id != old else old


def _slug(document: Document, old: str, name: Name) -> str:
    if name.slug is not None:
        return ids.read_slug(name.slug)
    return ids.slug_of(document.data) if name.from_name else ids.own_slug(document.path, old)


def _with_id(document: Document, new: str, store: Store) -> Document:
    if document.data.get("id") == new:
        return document
    after = draft(document, [Set("/id", new, [field.key for field in store.schema.fields])], store.schema).after
    assert after is not None  # noqa: S101 - a draft of operations has both sides
    return after


def _following(
    snapshot: Snapshot, document: Document, old: str, new: str
) -> tuple[tuple[Draft, ...], tuple[Problem, ...]]:
    """The records whose references follow; none if another record has the old id too, for it may be the one meant."""
    if new == old:
        return (), ()
    twin = references.twin(snapshot, old, document.path)
    found = references.to(snapshot, {old}, document.path)
    if twin is None:
        return tuple(_follow(each, new, snapshot) for each in found), ()
    message = _("references to {id} were not changed, because {path} has the same id").format(id=old, path=twin.path)
    return (), (Problem("reference", message, severity=Severity.WARNING),) if found else ()


def _follow(found: references.Referring, new: str, snapshot: Snapshot) -> Draft:
    try:
        return references.follow(found, new, snapshot.schema)
    except CrmError as error:
        problem = error.problem
        message = _("the reference in {path} could not be updated: {reason}").format(
            path=found.document.path, reason=problem.message
        )
        raise CrmError(Problem(problem.rule, message, hint=problem.hint), error.exit_code) from None


def _summary(document: Document, path: str, new: str, following: int) -> str:
    name = customer_name(document)
    if path == document.path and new == document.data.get("id"):
        return _("{name}: nothing to change").format(name=name)
    said = _("Renamed {name}: {path}").format(name=name, path=path)
    if not following:
        return said
    return said + _("; ") + plural("{n} reference updated", "{n} references updated", following)
