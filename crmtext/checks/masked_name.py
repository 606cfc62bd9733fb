"""Masked names that replace a full one of the previous commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

SCOPE = Scope.HISTORY

#: Names of people; masked lists show companies in full.
PATHS = ("name", "short_name", "aliases[]", "contacts[].name", "company.legal_representative")
# As masked lists write it: 张*, 张*三, 欧阳*, J***, J. D***, 李XX, 李某某.
_FORM = lazy.pattern(
    r"[\u3400-\u9fff]{1,2}(?:[*＊]+[\u3400-\u9fff]?|[xXｘＸ×]{1,3}|[某]{1,2})|[A-Za-z](?:\. ?[A-Za-z])?[*＊]+"
)


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report masked names that replace a full name of the previous commit."""
    earlier = snapshot.earlier()
    for side in (earlier.sides or (earlier,)) if earlier else ():
        for before in side.customers:
            if now := snapshot.successor(before):
                yield from over(before.document, now.document, snapshot.schema)


def over(before: Document, now: Document, schema: Schema) -> Iterator[Problem]:
    """Report the masked names of a record that replace a full one."""
    for path in PATHS:
        names = [str(value) for _pointer, value in schema.values(now.data, path)]
        if not any(map(is_masked, names)):
            continue
        gone = [str(value) for _pointer, value in schema.values(before.data, path) if str(value) not in names]
        for pointer, value in schema.values(now.data, path):
            full = next((name for name in gone if name[:1] == str(value)[:1] and not is_masked(name)), "")
            if full and is_masked(str(value)):
                gone.remove(full)
                message = _("the masked name '{name}' replaced '{full}'").format(name=value, full=full)
                yield now.problem("masked-name", message, pointer, hint=_("enter the full name"))


def is_masked(name: str) -> bool:
    """Whether a name is masked as in masked lists."""
    return _FORM.fullmatch(name.strip()) is not None
