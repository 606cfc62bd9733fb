"""Errors that many records at once bring between records: ids held twice, references that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import checks
from crmtext.checks.scope import Scope, with_errors
from crmtext.importers.plan.links import Linking
from crmtext.model import Customer
from crmtext.problem import Severity, unknown
from crmtext.snapshot import Snapshot
from crmtext.validation.change import problems_in_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.importers.plan.links import Link
    from crmtext.problem import Problem
    from crmtext.record.change.draft import Draft
    from crmtext.store import Store


def new_errors(store: Store, snapshot: Snapshot, drafts: Sequence[Draft]) -> Iterator[Problem]:
    """Yield the errors that these records bring into the records of a snapshot.

    The checks see all records at once, which for many takes less than looking up for each what it may affect.
    """
    changed = [draft for draft in drafts if draft.before]
    yield from _errors(problems_in_records(store, [(draft.before, draft.after) for draft in changed]))
    linking = Linking(store.schema)
    gone = {draft.before.path for draft in changed if draft.before}
    before = [linking.link(customer.document) for customer in snapshot.customers]
    after = [linking.link(draft.after) for draft in drafts if draft.after]
    names = with_errors(Scope.RELATED)
    counts = checks.rule_filter(store.settings)

    def errors_of(links: Sequence[Link]) -> list[Problem]:
        # Only warnings can be ignored by a comment, so nobody has to look for one in all the texts.
        return [one for one in _errors(checks.run_checks(_of(snapshot, links), names)) if counts(one.rule)]

    now = errors_of([*(link for link in before if link.path not in gone), *after])
    # Mostly there are none, and nobody has to ask which of them were there before.
    if now:
        yield from checks.ordered(unknown(now, errors_of(before)))


def _errors(problems: Iterable[Problem]) -> Iterator[Problem]:
    return (problem for problem in problems if problem.severity is Severity.ERROR)


def _of(snapshot: Snapshot, links: Sequence[Link]) -> Snapshot:
    customers = sorted(map(Customer, links), key=lambda customer: (customer.id, customer.path))
    return Snapshot(
        "worktree", snapshot.schema, snapshot.settings, snapshot.today, customers, snapshot.broken, snapshot.problems
    )
