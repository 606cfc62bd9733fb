"""File names that don't begin with the id of their record."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.snapshot import is_named_by
from crmtext.terminal.width import printable
from crmtext.text.explain.characters import unseen
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

SCOPE = Scope.RELATED
#: Who has the id as well is a fact of every record.
READS = ()

_MAX_NAME = 200
_RESERVED = lazy.pattern(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z", re.IGNORECASE)
_UNSAFE = lazy.pattern(r'[<>:"|?*\\\x00-\x1f\x7f]|[. ]\Z|\A-')


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """A problem at each record whose file has another name, or one that some systems cannot have.

    Where the id is another record's, of which unique-id speaks, its file name is no name to recommend.
    """
    rightful = {each.id for each in snapshot.customers if is_named_by(each.path, each.id)}
    for customer in snapshot.customers:
        yield from wrong(customer.document, customer.id, taken=customer.id in rightful)


def wrong(document: Document, id_: str, *, taken: bool = False) -> Iterator[Problem]:
    """What is wrong with a record's file name; where its id is `taken`, it may be another one."""
    if not taken and not is_named_by(document.path, id_):
        name = document.path.rpartition("/")[2]
        message = _("the id is {id}, but the file name is {name}").format(id=id_, name=name)
        yield document.problem(
            "file-name",
            message,
            "/id",
            hint=_("rename the file to {name}, or correct the id").format(name=id_ + ".yaml"),
        )
    bad = next(
        (
            part
            for part in document.path.split("/")
            if _UNSAFE.search(part) or unseen(part) or _RESERVED.match(part) or len(os.fsencode(part)) > _MAX_NAME
        ),
        "",
    )
    if bad:
        message = _("some systems do not allow the file name '{name}'").format(name=printable(bad))
        yield document.problem(
            "file-name",
            message,
            "/id",
            hint=_better(bad, id_),
        )


def _better(name: str, id_: str) -> str:
    """What to call it instead."""
    if _RESERVED.match(name):
        return _("Windows reserves the name '{name}' for a device: choose another").format(name=name.partition(".")[0])
    if _UNSAFE.search(name):
        return _("rename it with letters, digits, '-' and '_' only")
    return _("shorten it: {name} is enough; at most {n} bytes, three for each Chinese character").format(
        name=id_ + ".yaml", n=_MAX_NAME
    )
