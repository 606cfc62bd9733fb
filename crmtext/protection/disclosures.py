"""Disclosures: what was given to whom, and why. One file for each, so that two clones never conflict; never a value."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.disk import files, safe_read
from crmtext.git.reading import blobs_within
from crmtext.i18n import N_, _
from crmtext.layout import DISCLOSURES, is_disclosure
from crmtext.problem import Place, Problem, Severity
from crmtext.protection import disclosure_form
from crmtext.sources import Blobs, why_unread
from crmtext.text.edit.canonical import fresh
from crmtext.text.read.load import parse
from crmtext.text.size import too_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.store import Store

#: The ways of giving data to somebody: exports, answers to a request of access, views of a role, and mirrors that a
#: role may read.
KINDS: Mapping[str, str] = MappingProxyType({
    "outside-export": N_("outside export"),
    "sensitive-export": N_("export with sensitive values"),
    "subject-access": N_("subject access"),
    "role-view": N_("view of a role"),
    "mirror": N_("mirror"),
})  # fmt: skip
#: A disclosure of more customers than this names them by an expression, if one says exactly who they are.
MOST_IDS = 1_000
#: The largest file in bytes: the ids of 100,000 customers and more.
LARGEST = 4 * 1024 * 1024


class Disclosure(NamedTuple):
    """One disclosure. Its customers are named by id; or by `where`, which holds for them in `commit` on its day."""

    day: date
    #: The handle of the colleague who gave it.
    by: str
    #: One of `KINDS`.
    what: str
    #: The recipient.
    to: str
    purpose: str
    #: The legal basis; empty if nobody typed one.
    basis: str = ""
    #: The ids; None if `where` says who they are.
    customers: tuple[str, ...] | None = None
    where: str = ""
    #: The ids of customers that `where` holds for, but who were left out.
    left_out: tuple[str, ...] = ()
    #: The fields that the recipient sees, by path.
    fields: tuple[str, ...] = ()
    #: The commit that was read; empty in a store without commits.
    commit: str = ""
    #: The day that counted as today, if it was another one.
    as_of: date | None = None
    #: The file, relative to the store; empty for a new one.
    path: str = ""

    @property
    def today(self) -> date:
        """The day that counted as today for `where`."""
        return self.as_of or self.day


class Register(NamedTuple):
    """The disclosures of one side of a store, newest first, and the problems of files that can't be read as one."""

    disclosures: tuple[Disclosure, ...]
    problems: tuple[Problem, ...]


def text(disclosure: Disclosure) -> str:
    """Return the text of a disclosure's file."""
    values: dict[str, Any] = {
        "date": str(disclosure.day),
        **{name: getattr(disclosure, name) for name in ("by", "what", "to", "purpose", "basis")},
        "customers": None if disclosure.customers is None else list(disclosure.customers),
        "where": disclosure.where,
        "left_out": list(disclosure.left_out),
        "fields": list(disclosure.fields),
        "commit": disclosure.commit,
        "as_of": str(disclosure.as_of or ""),
    }
    kept = {name: value for name, value in values.items() if value or (name in ("customers", "fields") and value == [])}
    return fresh(kept, dates=frozenset({"date", "as_of"}))


def register(store: Store, side: Blobs | None = None) -> Register:
    """Return the disclosures of git's index or of a commit; by default of the work tree."""
    read = [parsed(raw, path) for path, raw in (_in_git(side) if side else _on_disk(store))]
    disclosures = [disclosure for disclosure, _problems in read if disclosure]
    disclosures.sort(key=lambda one: (one.day, one.path), reverse=True)
    return Register(tuple(disclosures), tuple(problem for _disclosure, problems in read for problem in problems))


def _on_disk(store: Store) -> Iterator[tuple[str, bytes | Problem]]:
    names = files.listed(store.root / DISCLOSURES, within=store.root)
    for path in sorted({*(f"{DISCLOSURES}/{name}" for name in names), *store.absent.entries}):
        if is_disclosure(path):
            content = safe_read.read(store.root, path, LARGEST)
            if content is None:
                content = store.absent.read(path, LARGEST)
            gone = Problem("unreadable", _("the file no longer exists"), Place(path))
            yield path, gone if content is None else content


def _in_git(side: Blobs) -> Iterator[tuple[str, bytes | Problem]]:
    wanted = [(entry, side.path(entry)) for entry in side.entries if is_disclosure(side.path(entry))]
    unread = {path: problem for entry, path in wanted if (problem := why_unread(entry, path))}
    contents = blobs_within(side.repository, [entry.blob for entry, path in wanted if path not in unread], LARGEST)
    for _entry, path in wanted:
        content = unread.get(path) or next(contents)
        yield path, too_large(path, content, LARGEST) if isinstance(content, int) else content


def parsed(raw: bytes | Problem, path: str) -> tuple[Disclosure | None, tuple[Problem, ...]]:
    """Return the disclosure in a file; None and the problems if it can't be read as one."""
    document = parse(raw, path, limit=LARGEST)
    problems = tuple(problem for problem in document.problems if problem.severity is Severity.ERROR)
    if document.data is not None and not problems:
        problems = disclosure_form.problems(document, KINDS)
    if problems:
        return None, problems
    data = document.data
    return Disclosure(
        day=date.fromisoformat(data["date"]),
        by=data["by"],
        what=data["what"],
        to=data["to"],
        purpose=data["purpose"],
        basis=data.get("basis", ""),
        customers=tuple(data["customers"]) if "customers" in data else None,
        where=data.get("where", ""),
        left_out=tuple(data.get("left_out", ())),
        fields=tuple(data.get("fields", ())),
        commit=data.get("commit", ""),
        as_of=date.fromisoformat(data["as_of"]) if "as_of" in data else None,
        path=path,
    ), ()
