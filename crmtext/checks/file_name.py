"""File names that don't begin with the id of their record."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.snapshot import is_named_by
from crmtext.terminal.width import printable
from crmtext.text.explain.characters import first_invisible
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

SCOPE = Scope.RELATED
#: Records with the same id are related by the facts that all records have.
READS = ()

_MAX_NAME = 200
_RESERVED = lazy.pattern(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z", re.IGNORECASE)
_UNSAFE = lazy.pattern(r'[<>:"|?*\\\x00-\x1f\x7f]|[. ]\Z|\A-')


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Report file names that don't begin with the id, or that some systems don't allow.

    If another record has the id, unique-id reports that, and this check recommends no file name.
    """
    rightful = {customer.id for customer in snapshot.customers if is_named_by(customer.path, customer.id)}
    for customer in snapshot.customers:
        yield from wrong(customer.document, customer.id, taken=customer.id in rightful)


def wrong(document: Document, id_: str, *, taken: bool = False) -> Iterator[Problem]:
    """The problems of a file name. If the id is `taken` by another record, the id is wrong, not the file name."""
    if not taken and not is_named_by(document.path, id_):
        name = document.path.rpartition("/")[2]
        message = _("the id is {id}, but the file name is {name}").format(id=id_, name=name)
        yield document.problem(
            "file-name",
            message,
            "/id",
            hint=_("rename the file to {name}, or fix the id").format(name=id_ + ".yaml"),
        )
    bad = next(filter(_is_bad, document.path.split("/")), "")
    if bad:
        message = _("some systems do not allow the file name '{name}'").format(name=printable(bad))
        yield document.problem(
            "file-name",
            message,
            "/id",
            hint=_better(bad, id_),
        )


# All records are in a few folders.
@lru_cache(maxsize=1 << 8)
def _is_bad(part: str) -> bool:
    """Whether some systems don't allow the name of a file or folder."""
    if _UNSAFE.search(part) or first_invisible(part) or _RESERVED.match(part):
        return True
    return len(os.fsencode(part)) > _MAX_NAME


def _better(name: str, id_: str) -> str:
    """A hint at a better name."""
    if _RESERVED.match(name):
        return _("Windows reserves the name '{name}' for a device: choose another").format(name=name.partition(".")[0])
    if _UNSAFE.search(name):
        return _("rename it; use only letters, digits, '-' and '_'")
    return _("shorten it: {name} is enough; at most {n} bytes, three for each Chinese character").format(
        name=id_ + ".yaml", n=_MAX_NAME
    )
