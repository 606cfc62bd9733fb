"""Remove a customer's record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.git.plumbing import head
from crmtext.git.reading import blob_of, changed_staged
from crmtext.i18n import _, plural
from crmtext.problem import usage
from crmtext.record.change import references
from crmtext.record.change.draft import Draft
from crmtext.record.change.write import WriteOptions, check_and_write, writing
from crmtext.record.input.find_record import reread, target
from crmtext.snapshot import claimed_id
from crmtext.storage.commit import entries
from crmtext.wording.values import customer_name, few

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmtext.answer import Change
    from crmtext.record.change.references import Referring
    from crmtext.store import Store
    from crmtext.text.document import Document

_MOST = 10


def run(store: Store, typed: str, how: WriteOptions, *, force: bool) -> Change:
    """Remove a customer if nothing is lost by it; with `force` in any case, together with references to it."""
    record = target(store, typed)
    with writing(store, how):
        document, snapshot = reread(store, record), store.worktree()
        id_ = claimed_id(document)
        # References stay valid if another record has the same id.
        twin = references.with_same_id(snapshot, id_, document.path)
        ids = {id_, *map(str, document.data.get("merged_from") or ())}
        referring = () if twin else references.referring_to(snapshot, ids, document.path)
        if not force:
            _refuse_loss(store, document, referring)
        drafts = (Draft(document, None), *(references.drop(record, store.schema) for record in referring))
        return check_and_write(store, drafts, _summary(store, document, len(referring)), how)


def held(store: Store, document: Document) -> bool:
    """Whether the last commit holds the record exactly as it is."""
    return not unheld(store, (document,))


def unheld(store: Store, documents: Iterable[Document]) -> tuple[Document, ...]:
    """Return the records that the last commit doesn't hold exactly as they are."""
    repo, wanted = store.repository, tuple(documents)
    if repo is None or head(repo) is None:
        return wanted
    paths = [repo.prefix + document.path for document in wanted]
    in_head = entries(repo, head(repo), paths)
    changes = changed_staged(repo, paths[0] if len(paths) == 1 else "", renames=False)
    staged = {path for change in changes for path in (change.old, change.new)}

    def is_held(path: str, document: Document) -> bool:
        # Compare the bytes: git's own answer may be wrong for a file marked as unchanged.
        texts = {document.text.encode(), document.text.replace("\r\n", "\n").encode()}
        entry = in_head.get(path)
        return entry is not None and path not in staged and entry.blob in {blob_of(repo, text) for text in texts}

    return tuple(document for path, document in zip(paths, wanted, strict=True) if not is_held(path, document))


def _refuse_loss(store: Store, document: Document, referring: Sequence[Referring]) -> None:
    name = customer_name(document)
    if referring:
        rows = few((f"{claimed_id(record.document)}  {customer_name(record.document)}" for record in referring), _MOST)
        count = plural("{n} customer", "{n} customers", len(referring))
        message = _("{name} is referred to by {customers}").format(name=name, customers=count)
        raise usage(
            "still-referred", message, _("to remove the references as well, use --force:") + "\n" + "\n".join(rows)
        )
    if not held(store, document):
        message = _("{path} has uncommitted changes; removing it cannot be undone").format(path=document.path)
        raise usage("not-committed", message, _("commit it first, or remove it anyway with --force"))


def _summary(store: Store, document: Document, referring: int) -> str:
    summary = _("Removed {name}: {path}").format(name=customer_name(document), path=document.path)
    if referring:
        summary += _("; ") + plural("{n} reference removed", "{n} references removed", referring)
    return summary + (_("; git's history still has it") if held(store, document) else "")
