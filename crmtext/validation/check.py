"""The check of a store, or of some of its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.answer import Problems
from crmtext.i18n import _
from crmtext.index import lookup
from crmtext.layout import RECORDS
from crmtext.problem import usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store


def check_store(
    store: Store,
    paths: Iterable[str] = (),
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    staged: bool = False,
) -> Problems:
    """Return the same as `check` of the disk or the staged files, by the index if there is one."""
    select, ignore, wanted = tuple(select), tuple(ignore), tuple(paths)
    known = None
    # The names of rules depend on the schema of the same side.
    if not (staged and (select or ignore)):
        select, ignore = (rules_named(names, store.schema) if names else () for names in (select, ignore))
        known = lookup.problems(store, select, ignore, staged=staged, paths=bool(wanted))
    if known is None:
        return check(store.index() if staged else store.worktree(), wanted, select=select, ignore=ignore)
    read = "index" if staged else "worktree"
    return _narrowed(Problems(read, known.checked, known.problems), known.ignored, known.paths, wanted)


def check(
    snapshot: Snapshot,
    paths: Iterable[str] = (),
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Problems:
    """Return the problems of a snapshot; with paths, only those of these records or of records below them."""
    select, ignore = (rules_named(names, snapshot.schema) for names in (select, ignore))
    problems, ignored = checks.problems_and_ignored(snapshot, select=select, ignore=ignore)
    documents = (*(customer.document for customer in snapshot.customers), *snapshot.broken)
    records = (document.path for document in documents)
    every = Problems(snapshot.read, snapshot.checked, problems)
    return _narrowed(every, ignored, records, tuple(paths))


def _narrowed(every: Problems, ignored: Iterable[Problem], records: Iterable[str], wanted: tuple[str, ...]) -> Problems:
    """The problems of these records."""
    if not wanted:
        return Problems(every.read, every.checked, every.problems, len(tuple(ignored)))
    count = len(covered(records, wanted))
    kept, left = (
        tuple(problem for problem in problems if any(covers(path, problem.place.path) for path in wanted))
        for problems in (every.problems, ignored)
    )
    return Problems(every.read, count, kept, len(left))


def covered(records: Iterable[str], paths: Iterable[str]) -> frozenset[str]:
    """The paths of records that are named or in a named folder. Raises CrmError for a name that matches none."""
    known = frozenset(records)
    matches: set[str] = set()
    for path in paths:
        below = {record for record in known if covers(path, record)}
        if not below and path not in (".", RECORDS):
            raise usage(
                "no-record",
                _("no record at '{path}'").format(path=path),
                _("give a file or folder in records/"),
            )
        matches |= below
    return frozenset(matches)


def rules_named(names: Iterable[str], schema: Schema) -> tuple[str, ...]:
    """The names of rules. Raises CrmError for an unknown one, which would look like a check without problems."""
    given = tuple(names)
    if not given:
        return ()
    from crmtext.checks.pages import misnamed

    for name, hint in misnamed(given, schema):
        raise usage("unknown-rule", _("unknown rule '{name}'").format(name=name), hint)
    return given


def covers(wanted: str, path: str) -> bool:
    """Whether a requested path is this record, or a folder above it."""
    return wanted in (".", path) or path.startswith(wanted + "/")
