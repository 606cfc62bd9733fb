"""Questions that the customers of the store answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtext.importers.findings import Findings
    from crmtext.importers.incoming import Incoming
    from crmtext.model import Customer
    from crmtext.schema import Schema


def drop(
    findings: Findings,
    matched: Sequence[tuple[Incoming, Customer]],
    schema: Schema,
    keeps_status: Callable[[Incoming, Customer], bool],
) -> None:
    """Forget questions about fields that the customer in the store has already; an entry of a list may be new.

    `keeps_status` says whether a customer keeps its status, whatever the files say.
    """
    rows = {at for customer, _known in matched for at in customer.rows}
    for key, question in list(findings.questions.items()):
        about, _colon, path = key.partition(":")
        if about == "default" and path in schema.by_path:
            lacking = {
                at
                for one, known in matched
                if _lacks(one, known, path) and not keeps_status(one, known)
                for at in one.rows
            }
            left = [at for at in question.rows if at not in rows or at in lacking]
        elif about == "person":
            # A customer of the store has an owner; a new item may have none.
            left = [at for at in question.rows if at not in rows or (at, "owner") not in findings.unread]
            if number := len(question.rows) - len(left):
                findings.notes.append(
                    plural(
                        "{question}: {n} row of a customer of the store, which keeps its owner",
                        "{question}: {n} rows of customers of the store, which keep their owner",
                        number,
                        question=question.text,
                    )
                )
        else:
            continue
        if left:
            findings.questions[key] = question._replace(rows=left)
        else:
            del findings.questions[key]


def _lacks(one: Incoming, known: Customer, path: str) -> bool:
    """Whether a customer of the store lacks a field of a status that the files may give it."""
    top, _dot, key = path.partition(".")
    have = known.data.get(top)
    return bool(key) and "status" not in one.assumed and not (isinstance(have, dict) and key in have)
