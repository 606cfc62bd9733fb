"""Write a disclosure and commit it, and nothing else."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from crmtext.git.plumbing import head
from crmtext.git.reading import first_ignored
from crmtext.i18n import _, plural
from crmtext.layout import DISCLOSURES
from crmtext.problem import Place, cannot, usage
from crmtext.protection.disclosure_form import start_of_name
from crmtext.protection.disclosures import KINDS, parsed, text
from crmtext.record.change import commit as change_commit
from crmtext.record.change.write import WriteOptions, commit_lines, commits
from crmtext.storage import transaction
from crmtext.storage.commit import entries
from crmtext.storage.journal import Part, Transaction
from crmtext.text.explain.characters import reject_invisible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.protection.disclosures import Disclosure
    from crmtext.storage.journal import Commit
    from crmtext.store import Store

#: The command, as the trailer of the commit names it.
ACTION = "disclose"
#: The bytes of the random part of a name, and how many names are tried before it gets longer.
_BYTES, _TRIES = 2, 8


def one_line(typed: str) -> str:
    """Return a typed text on one line. Raises CrmError for invisible characters."""
    line = " ".join(typed.split())
    reject_invisible(line)
    return line


def check(disclosure: Disclosure) -> None:
    """Raise CrmError for a disclosure that its reader would reject, such as one whose purpose has an ID number."""
    path = f"{DISCLOSURES}/{start_of_name(disclosure.day, disclosure.by)}-0000.yaml"
    for problem in parsed(text(disclosure).encode(), path)[1]:
        raise usage(problem.rule, problem.message, _("nothing was written"))


def write(store: Store, disclosure: Disclosure, *, commit: bool | None = None) -> list[str]:
    """Write a disclosure, commit it if `commit` or else the settings say so, and return lines about it for the user.

    Unlike other changes it can't be undone. Raises CrmError if it can't be written; then nothing may be given.
    """
    check(disclosure)
    how = WriteOptions(action=ACTION, commit=commit)
    with store.writing():
        part = Part(_free_path(store, disclosure), None, text(disclosure).encode())
        planned = _commit(store, disclosure, part) if commits(store, how) else None
        says = f"{ACTION}: {part.path}"
        commit_id = transaction.do(store.home, Transaction(says, (part,), planned, final=True))
    given = _("given to {who}, for: {purpose}").format(who=disclosure.to, purpose=disclosure.purpose)
    written = _("disclosure: {path}").format(path=part.path)
    return [given, written, *commit_lines(store, (part.path,), how, commit_id, planned)]


def _free_path(store: Store, disclosure: Disclosure) -> str:
    """A path that neither the disk nor the last commit has."""
    start = start_of_name(disclosure.day, disclosure.by)
    return next(path for path in _paths(f"{DISCLOSURES}/{start}") if not _is_taken(store, path))


def _paths(start: str) -> Iterator[str]:
    length = _BYTES
    while True:
        for _time in range(_TRIES):
            yield f"{start}-{secrets.token_hex(length)}.yaml"
        length = min(length + 1, 2 * _TRIES)


def _is_taken(store: Store, path: str) -> bool:
    if (store.root / path).exists() or (store.root / path).is_symlink() or path in store.absent.entries:
        return True
    repo = store.repository
    return repo is not None and bool(entries(repo, head(repo), (repo.prefix + path,)).get(repo.prefix + path))


def _commit(store: Store, disclosure: Disclosure, part: Part) -> Commit:
    repo = store.git()
    if unwanted := first_ignored(repo, [repo.prefix + part.path]):
        message = _("git ignores '{path}' because of {line}").format(path=part.path, line=unwanted[1])
        raise cannot("ignored-by-git", message, _("remove that line; nothing was written"), Place(part.path))
    return change_commit.check_commit(store, (part,), _message(disclosure), judged=True)


def _message(disclosure: Disclosure) -> str:
    subject = f"{ACTION}: {_(KINDS[disclosure.what])}"
    if disclosure.customers is not None:
        count = plural("{n} customer", "{n} customers", len(disclosure.customers))
        subject = _("{what}, {count}").format(what=subject, count=count)
    return f"{subject}\n\nCrm-Action: {ACTION}\n"
