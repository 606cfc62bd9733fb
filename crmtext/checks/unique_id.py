"""Records with the same id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.snapshot import Snapshot, claimed_id, is_named_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.text.document import Document

SCOPE = Scope.RELATED
#: Records with the same id or file name are related by the facts that all records have.
READS = ()


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report records whose id, or file name regardless of case, an earlier record already has.

    A record whose file is named by its id comes before one that took the id over.
    """
    every = (*(customer.document for customer in snapshot.customers), *snapshot.broken)
    documents = sorted(
        every, key=lambda document: (not is_named_by(document.path, claimed_id(document)), document.path)
    )
    first: dict[str, Document] = {}
    paths: dict[str, Document] = {}
    for document in documents:
        id_ = claimed_id(document).casefold()
        other = first.setdefault(id_, document)
        twin = paths.setdefault(document.path.casefold(), document)
        if other is not document and document.data is not None:
            message = _("duplicate id {id}, also used in {path}").format(id=claimed_id(document), path=other.path)
            yield document.problem(
                "unique-id",
                message,
                "/id",
                hint=_("give one of the two records another id, in the file and in the file name"),
            )
        elif twin is not document:
            message = _("the file name differs from {path} only in upper and lower case").format(path=twin.path)
            yield document.problem(
                "unique-id", message, "/id", hint=_("rename one of them; some systems can store only one")
            )
